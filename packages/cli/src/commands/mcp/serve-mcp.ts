import { systemClock } from "@ottla/base/node";
import { expertServer, type ExpertServerOptions, PlanStore, RunningCalls } from "@ottla/expert/mcp";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import packageJson from "../../../package.json" with { type: "json" };
import type { CommandContext, RunCommand } from "../../command.ts";

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
  const cluster = isNamed ? new LazyCluster(context, approvals) : undefined;
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
