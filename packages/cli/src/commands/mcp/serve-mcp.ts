import { systemClock } from "@ottla/base/node";
import type { LookBesides, SnapshotOptions } from "@ottla/expert/collect";
import { expertServer, type ExpertServerOptions, PlanStore, RunningCalls } from "@ottla/expert/mcp";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import packageJson from "../../../package.json" with { type: "json" };
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { LOOK_BESIDES_OPTIONS as BESIDES } from "../doctor/look-option-specs.ts";
import { lookOptions } from "../doctor/look-options.ts";
import { LazyCluster } from "./lazy-cluster.ts";
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

async function stdio({ signal, stderr, stdin, stdout }: CommandContext, options: ExpertServerOptions): Promise<void> {
  const handle = serveStdio(() => expertServer(options), {
    transport: new StdioServerTransport(stdin, stdout),
    onerror: (error) => {
      stderr.write(`ottla: ${error.message}\n`);
    },
  });
  await new Promise<void>((resolve) => {
    stdin.once("end", resolve);
    stdin.once("close", resolve);
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await handle.close();
}
