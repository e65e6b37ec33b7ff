import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { whyFromOutside } from "@ottla/streams/operate";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { askInstance, isUrl, noInstance } from "./ask-instance.ts";

interface Told {
  readonly code: string;
  readonly text: string;
}

export const whyNothing: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [application] = positionals as [string];
  const reasons = isUrl(application) ? await reasonsOf(context, application) : await askCluster(context, application);
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

async function reasonsOf({ signal }: CommandContext, url: string): Promise<readonly Told[]> {
  const { reasons } = await askInstance(url, "/v1/why", signal);
  if (Array.isArray(reasons)) return reasons as Told[];
  throw noInstance(url, "it says no reasons");
}
