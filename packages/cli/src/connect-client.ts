import { OttlaError } from "@ottla/base";
import { type Client, clientOptionsFromProperties, createClient, type Reachability } from "@ottla/client";
import { clientProperties } from "./client-properties.ts";
import { DEFAULT_BOOTSTRAP_SERVER } from "./cluster-options.ts";
import type { CommandContext } from "./command.ts";
import { shown } from "./output.ts";
import { endsInTime } from "./signal-grace.ts";

/** A person waits for an answer; a program that is to wait for a broker asks again. */
const REACH_TIMEOUT_MS = 5000;

/** What the first signal does to a client: `atOnce` breaks off every call; `inTime` leaves it to the command, which has something in hand. */
export type EndOfClient = "atOnce" | "inTime";

/** A client for the cluster that the command line names, once a broker of it has answered. Errors: `CLUSTER_UNREACHABLE`, the client's own. */
export async function connectClient(context: CommandContext, end: EndOfClient = "atOnce"): Promise<Client> {
  const { signal, stderr } = context;
  const properties = clientOptionsFromProperties(clientProperties(context));
  const { bootstrapServers, typed } = clusterAddress(context, properties.bootstrapServers);
  let isConnected = false;
  const onReachability = (change: Reachability): void => {
    if (!isConnected || signal.aborted) return;
    stderr.write(
      change.kind === "reachable"
        ? "ottla: The cluster answers again.\n"
        : shown`ottla: The cluster does not answer any more; reconnecting until it does. (${change.error.message.replace(/\.$/, "")})\n`,
    );
  };
  const client = createClient({
    clientId: "ottla-cli",
    ...properties,
    bootstrapServers,
    optionNames: { ...properties.optionNames, ...(typed !== undefined && { bootstrapServers: typed }) },
    onReachability,
    ...(end === "atOnce" && { signal }),
  });
  try {
    await client.admin().describeCluster({ timeoutMs: Math.min(REACH_TIMEOUT_MS, properties.apiTimeoutMs ?? REACH_TIMEOUT_MS), signal });
    isConnected = true;
    return client;
  } catch (error) {
    await client.close({ timeoutMs: 0 }).catch(() => {});
    throw unreachable(error, String(bootstrapServers));
  }
}

/** The cluster that the command line names, and the name of what was typed. */
export function clusterAddress<Servers>(
  { options, env }: CommandContext,
  ofFile: Servers | undefined,
): { readonly bootstrapServers: string | Servers; readonly typed: string | undefined } {
  const inEnvironment = env["OTTLA_BOOTSTRAP_SERVER"];
  return {
    bootstrapServers: options.text("bootstrap-server") ?? inEnvironment ?? ofFile ?? DEFAULT_BOOTSTRAP_SERVER,
    typed: options.has("bootstrap-server") ? "--bootstrap-server" : inEnvironment === undefined ? undefined : "OTTLA_BOOTSTRAP_SERVER",
  };
}

/** Runs `use` with a client and closes it whatever happens. */
export async function withClient<Result>(
  context: CommandContext,
  use: (client: Client) => Promise<Result>,
  end: EndOfClient = "atOnce",
): Promise<Result> {
  const client = await connectClient(context, end);
  try {
    return await use(client);
  } finally {
    // What ended the command is worth more than what its client says at the end.
    await endsInTime(
      client.close().catch(() => {}),
      context.signal,
    );
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
