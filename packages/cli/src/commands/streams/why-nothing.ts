import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { whyFromOutside } from "@ottla/streams/operate";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";

/** An instance asks its cluster, which may take five seconds. */
const ANSWER_MS = 10_000;

interface Told {
  readonly code: string;
  readonly text: string;
}

export const whyNothing: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [application] = positionals as [string];
  const reasons = /^https?:\/\//.test(application) ? await askInstance(context, application) : await askCluster(context, application);
  if (options.has("json")) printJson(context, reasons);
  else if (reasons.length === 0) stdout.write("Nothing is known that keeps anything from coming out.\n");
  else for (const { code, text } of reasons) stdout.write(shown`${code}: ${text}\n`);
  return 0;
};

function askCluster(context: CommandContext, applicationId: string): Promise<readonly Told[]> {
  return withClient(context, async (client) => {
    try {
      return await whyFromOutside(client.admin(), applicationId, systemClock.nowMs());
    } catch (error) {
      if (!(error instanceof OttlaError) || error.code !== "GROUP_ID_NOT_FOUND") throw error;
      throw new OttlaError("NO_APPLICATION", `There is no application "${applicationId}"; "ottla streams list" shows those there are.`);
    }
  });
}

async function askInstance({ signal }: CommandContext, url: string): Promise<readonly Told[]> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(new URL("/v1/why", url), { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    body = await answer.json();
  } catch (error) {
    signal.throwIfAborted();
    throw new OttlaError("INSTANCE_SILENT", `No instance answers at ${url}: ${rootOf(error)}. It has to serve HTTP: app.serve({ port }).`, {
      cause: error,
    });
  }
  const { reasons } = (body ?? {}) as { readonly reasons?: unknown };
  if (answer.ok && Array.isArray(reasons)) return reasons as Told[];
  throw new OttlaError("INSTANCE_SILENT", `What answers at ${url} is no instance of a streams application (status ${answer.status}).`);
}

function rootOf(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  return root instanceof Error ? root.message : String(root);
}
