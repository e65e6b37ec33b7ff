import { readFileSync } from "node:fs";
import { OttlaError, parseJavaProperties } from "@ottla/base";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { DEFAULT_BOOTSTRAP_SERVER } from "./cluster-options.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** A person waits for an answer; a program that is to wait for a broker asks again. */
const REACH_TIMEOUT_MS = 5000;

/** The properties of `--command-config`; empty without the option. */
export function commandConfig({ options }: CommandContext): Map<string, string> {
  const file = options.text("command-config");
  if (file === undefined) return new Map();
  try {
    return parseJavaProperties(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(
      `The properties file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check --command-config.`,
    );
  }
}

/** A client for the cluster that the command line names, once a broker of it has answered. Errors: `CLUSTER_UNREACHABLE`, the client's own. */
export async function connectClient(context: CommandContext): Promise<Client> {
  const properties = clientOptionsFromProperties(commandConfig(context));
  const bootstrapServers =
    context.options.text("bootstrap-server") ??
    context.env["OTTLA_BOOTSTRAP_SERVER"] ??
    properties.bootstrapServers ??
    DEFAULT_BOOTSTRAP_SERVER;
  const client = createClient({ clientId: "ottla-cli", ...properties, bootstrapServers });
  try {
    await client.admin().describeCluster({ timeoutMs: Math.min(REACH_TIMEOUT_MS, properties.apiTimeoutMs ?? REACH_TIMEOUT_MS) });
    return client;
  } catch (error) {
    await client.close();
    throw unreachable(error, String(bootstrapServers));
  }
}

/** Runs `use` with a client and closes it whatever happens. */
export async function withClient<Result>(context: CommandContext, use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await connectClient(context);
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** The root of the trouble in one sentence. */
function unreachable(error: unknown, bootstrapServers: string): unknown {
  if (!(error instanceof OttlaError) || (error.code !== "CALL_TIMEOUT" && error.code !== "NO_BROKER_REACHABLE")) return error;
  let root: Error = error;
  while (root.cause instanceof Error && root.cause instanceof OttlaError) root = root.cause;
  const why = root === error ? "" : ` (${root.message.replace(/\.$/, "")})`;
  return new OttlaError(
    "CLUSTER_UNREACHABLE",
    `No broker answers at ${bootstrapServers}${why}; start one with "ottla dev", or name yours with --bootstrap-server.`,
    { cause: error },
  );
}
