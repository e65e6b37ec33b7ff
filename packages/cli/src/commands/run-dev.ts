import { networkInterfaces } from "node:os";
import type { RunningBroker } from "@ottla/broker";
import { type BrokerPlan, brokerProperties, serveUntilStopped, startBrokerProcess } from "../broker-process.ts";
import { type CommandContext, type RunCommand, UsageError } from "../command.ts";

const PORT_MAX = 65_535;
const PARTS: readonly string[] = ["broker"];

export const runDev: RunCommand = async (context) => {
  const { options } = context;
  checkParts(options.text("only") ?? "broker");
  const startedMs = performance.now();
  const { place, plan, properties } = planDev(context);
  const broker = await startBrokerProcess(context, properties, plan);
  if (broker === undefined) return 0;
  const tookMs = Math.round(performance.now() - startedMs);
  const greeting = `Kafka broker ready at ${broker.bootstrap} after ${tookMs} ms, data ${place}.${options.has("demo") ? "\n\n" : " Ctrl-C stops it.\n"}`;
  await serveUntilStopped(context, broker, greeting, options.has("demo") ? () => showDemo(context, broker) : undefined);
  return 0;
};

/** Where to listen and to keep data: what the command line's own options say goes before the properties. */
function planDev(context: CommandContext): { place: string; plan: BrokerPlan; properties: ReadonlyMap<string, string> } {
  const { options } = context;
  const dataDirectory = options.text("data-dir");
  if (dataDirectory === "") throw new UsageError("--data-dir is empty; name a directory, or use --memory.");
  if (dataDirectory !== undefined && options.has("memory")) throw new UsageError("--data-dir and --memory exclude each other; give one.");
  const properties = brokerProperties(context);
  const addressOption = ["host", "port"].find((name) => options.has(name));
  if (addressOption !== undefined && options.texts("set").some((setting) => /^\s*listeners\s*=/.test(setting)))
    throw new UsageError(`--${addressOption} and --set listeners both say where to listen; give one.`);
  if (addressOption !== undefined) properties.delete("listeners");
  const address = { host: options.text("host") ?? "127.0.0.1", port: options.integer("port", 0, PORT_MAX) ?? 9092 };
  const directory = dataDirectory ?? properties.get("log.dirs") ?? properties.get("log.dir") ?? ".ottla";
  properties.set("log.dirs", directory);
  return {
    place: options.has("memory") ? "in memory" : `in ${directory}`,
    plan: {
      ...(!properties.has("listeners") && address),
      ...(options.has("memory") && { memory: true }),
      logLevel: "warn",
    },
    properties,
  };
}

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
