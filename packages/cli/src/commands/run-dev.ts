import { resolve } from "node:path";
import type { RunningBroker } from "@ottla/broker";
import { serveUntilStopped, startBrokerProcess } from "../broker-process.ts";
import { type CommandContext, type RunCommand, UsageError } from "../command.ts";

const PARTS: readonly string[] = ["broker"];

/** What makes a broker pleasant to develop against; `--config` and `--set` go before. */
const DEVELOPMENT_DEFAULTS: readonly string[] = [
  "group.initial.rebalance.delay.ms=0",
  "offsets.topic.replication.factor=1",
  "ottla.replication.factor.clamp=true",
];

export const runDev: RunCommand = async (context) => {
  const { options } = context;
  checkParts(options.text("only") ?? "broker");
  const host = options.text("host") ?? "127.0.0.1";
  if (options.text("data-dir") === "") throw new UsageError("--data-dir is empty; name a directory, or use --memory.");
  const startedMs = performance.now();
  const broker = await startBrokerProcess(context, {
    defaults: DEVELOPMENT_DEFAULTS,
    forced: [`listeners=PLAINTEXT://${host.includes(":") ? `[${host}]` : host}:${port(context)}`],
    dataDirectory: resolve(options.text("data-dir") ?? ".ottla"),
    ...(options.has("memory") && { disk: new (await import("@ottla/base/simulated")).MemoryDisk() }),
    logLevel: "warn",
  });
  if (broker === undefined) return 0;
  const tookMs = Math.round(performance.now() - startedMs);
  const place = options.has("memory") ? "in memory" : `in ${options.text("data-dir") ?? ".ottla"}`;
  const greeting = `Kafka broker ready at ${broker.bootstrap} after ${tookMs} ms, data ${place}.${options.has("demo") ? "\n\n" : " Ctrl-C stops it.\n"}`;
  await serveUntilStopped(context, broker, greeting, options.has("demo") ? () => showDemo(context, broker) : undefined);
  return 0;
};

/** The demonstration, and what to try next. With `--json` standard output is for the ready line alone. */
async function showDemo(context: CommandContext, { bootstrap }: RunningBroker): Promise<() => Promise<void>> {
  const out = context.options.has("json") ? context.stderr : context.stdout;
  const { runDemo } = await import("../demo/run-demo.ts");
  const { tryNext } = await import("../demo/try-next.ts");
  const demo = await runDemo(context, bootstrap, out);
  if (!context.signal.aborted) out.write(tryNext(bootstrap, !context.options.has("memory")));
  return () => demo.stop();
}

function checkParts(only: string): void {
  const unknown = only.split(",").find((part) => !PARTS.includes(part.trim()));
  if (unknown !== undefined) throw new UsageError(`--only names "${unknown}"; the parts are ${PARTS.join(", ")}.`);
}

function port({ options }: CommandContext): number {
  const given = options.number("port") ?? 9092;
  if (!Number.isInteger(given) || given < 0 || given > 65535)
    throw new UsageError(`--port is ${given}; it must be a whole number from 0 to 65535.`);
  return given;
}
