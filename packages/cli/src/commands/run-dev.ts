import { resolve } from "node:path";
import { serveUntilStopped, startBrokerProcess } from "../broker-process.ts";
import { type CommandContext, type RunCommand, UsageError } from "../command.ts";

const PARTS: readonly string[] = ["broker"];

/** What makes a broker pleasant to develop against; `--config` and `--set` go before. */
const DEVELOPMENT_DEFAULTS: readonly string[] = ["group.initial.rebalance.delay.ms=0", "offsets.topic.replication.factor=1", "ottla.replication.factor.clamp=true"];

export const runDev: RunCommand = async (context) => {
  const { options } = context;
  checkParts(options.text("only") ?? "broker");
  const host = options.text("host") ?? "127.0.0.1";
  const startedMs = performance.now();
  const broker = await startBrokerProcess(context, {
    defaults: DEVELOPMENT_DEFAULTS,
    forced: [`listeners=PLAINTEXT://${host.includes(":") ? `[${host}]` : host}:${port(context)}`],
    dataDirectory: resolve(options.text("data-dir") ?? ".ottla"),
    ...(options.has("memory") && { disk: new (await import("@ottla/base/simulated")).MemoryDisk() }),
    logLevel: "warn",
  });
  if (options.has("demo")) {
    const { runDemo } = await import("../demo/run-demo.ts");
    await runDemo(context, broker.bootstrap);
  }
  const tookMs = Math.round(performance.now() - startedMs);
  await serveUntilStopped(context, broker, options.has("demo") ? "" : `Kafka broker ready at ${broker.bootstrap} (${tookMs} ms). Ctrl-C stops it.\n`);
  return 0;
};

function checkParts(only: string): void {
  const unknown = only.split(",").find((part) => !PARTS.includes(part.trim()));
  if (unknown !== undefined) throw new UsageError(`--only names "${unknown}"; the parts are ${PARTS.join(", ")}.`);
}

function port({ options }: CommandContext): number {
  const given = options.number("port") ?? 9092;
  if (!Number.isInteger(given) || given < 0 || given > 65535) throw new UsageError(`--port is ${given}; it must be a whole number from 0 to 65535.`);
  return given;
}
