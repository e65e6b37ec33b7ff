import { pipeline } from "node:stream/promises";
import { systemClock } from "@ottla/base/node";
import type { LookBesides, SnapshotOptions } from "@ottla/expert/collect";
import { expertServer, type ExpertServerOptions, PlanStore, RunningCalls } from "@ottla/expert/mcp";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import packageJson from "../../../package.json" with { type: "json" };
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { LOOK_BESIDES_OPTIONS as BESIDES } from "../doctor/look-option-specs.ts";
import { lookOptions } from "../doctor/look-options.ts";
import { LazyCluster } from "./lazy-cluster.ts";
import { BoundedMessages } from "./bounded-messages.ts";
import { approvalsFolder, FileApprovals } from "./file-approvals.ts";
import { serveHttp } from "./serve-http.ts";

/** Serves the expert until the agent goes or a signal comes. Nothing but the protocol is written to standard output. */
export const serveMcp: RunCommand = async (context) => {
  const { options } = context;
  const named = options.text("approvals");
  const folder = approvalsFolder(named);
  const isNamed = options.has("bootstrap-server") || context.env["OTTLA_BOOTSTRAP_SERVER"] !== undefined;
  const approvals = new FileApprovals(folder, named !== undefined);
  if (!isNamed && BESIDES.some(({ name }) => options.has(name)))
    throw new UsageError("What a look sees besides the brokers (--metrics, --connect-url, …) goes with --bootstrap-server.");
  const look = isNamed ? await lookOptions(context) : undefined;
  const cluster = look && new LazyCluster(context, approvals, (client) => besidesOf(look(client)));
  const server: ExpertServerOptions = {
    version: packageJson.version,
    cluster,
    plans: new PlanStore(),
    calls: new RunningCalls(),
    approvals,
    limits: {
      allowData: options.has("allow-data"),
      allowWrites: options.has("allow-writes"),
      writePrefixes: options.texts("write-prefix"),
    },
    nowMs: () => systemClock.nowMs(),
    clock: systemClock,
  };
  const port = options.integer("http", 0, 65_535);
  try {
    await (port === undefined ? stdio(context, server) : serveHttp(context, () => expertServer(server), port));
  } finally {
    await cluster?.close();
  }
  return 0;
};

/** What a look asks elsewhere; how it looks at the brokers is the tools' own. */
function besidesOf({ registry, metrics, readConnectors, authorizations, credentials }: SnapshotOptions): LookBesides {
  return {
    ...(registry && { registry }),
    ...(metrics && { metrics }),
    ...(readConnectors && { readConnectors }),
    ...(authorizations && { authorizations }),
    ...(credentials && { credentials }),
  };
}

/** More than the largest input of any tool takes, base64 and JSON's own marks included. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** Tells when it is over, whoever ended it: the agent, a failed pipe, or the protocol itself. */
class WatchedTransport extends StdioServerTransport {
  readonly #over = Promise.withResolvers<void>();
  readonly over = this.#over.promise;

  override async close(): Promise<void> {
    await super.close();
    this.#over.resolve();
  }
}

async function stdio({ signal, stderr, stdin, stdout }: CommandContext, options: ExpertServerOptions): Promise<void> {
  const messages = new BoundedMessages(MESSAGE_BYTES_MAX, (id) => {
    const message = `A message is larger than ${MESSAGE_BYTES_MAX} bytes and was not read; send less at a time.`;
    stderr.write(`ottla: ${message}\n`);
    if (id !== undefined) stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, error: { code: INVALID_REQUEST, message } })}\n`);
  });
  const transport = new WatchedTransport(messages, stdout, { maxBufferSize: 2 * MESSAGE_BYTES_MAX });
  const handle = serveStdio(() => expertServer(options), {
    transport,
    onerror: (error) => {
      stderr.write(`ottla: ${error.message}\n`);
    },
  });
  const stop = new AbortController();
  const fed = pipeline(stdin, messages, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([transport.over, aborted(signal)]);
  await handle.close();
  stop.abort();
  await fed;
}

/** As JSON-RPC numbers it. */
const INVALID_REQUEST = -32_600;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
