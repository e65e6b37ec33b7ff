import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Disk, OttlaError } from "@ottla/base";
import { type LogLevel, lineLogger, nodeDisk, nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import { type BrokerOptions, type RunningBroker, readStartUpProperties, startBroker } from "@ottla/broker";
import { assignmentsOf } from "./assignments.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** Kafka's default where `log.dirs` is not set. */
const DEFAULT_LOG_DIR = "/tmp/kafka-logs";
const MAX_BROKERS = 100;

/** How one broker process is to be started. */
export interface BrokerPlan {
  /** Properties that go before the file's but behind `--set`. */
  readonly defaults: readonly string[];
  /** Properties that nothing overrides. */
  readonly forced: readonly string[];
  /** Undefined: the first of `log.dirs`. */
  readonly dataDirectory?: string;
  readonly disk?: Disk;
  readonly logLevel: LogLevel;
}

/**
 * Starts a broker from a command line's `--config`, `--set` and `--brokers`, on the machine's own disk and network. Undefined: it was asked to stop before it was ready.
 */
export async function startBrokerProcess(context: CommandContext, plan: BrokerPlan): Promise<RunningBroker | undefined> {
  const { options, stderr, signal } = context;
  assignmentsOf(options.texts("set"));
  const file = options.text("config");
  const logger = lineLogger(stderr, (options.text("log-level") as LogLevel | undefined) ?? plan.logLevel);
  const startUp = readStartUpProperties(file === undefined ? "" : readConfigFile(file), [
    ...plan.defaults,
    ...options.texts("set"),
    ...plan.forced,
  ]);
  for (const name of startUp.unknown) logger.warn("a property is not known and is ignored", { name });
  const brokers = options.number("brokers") ?? 1;
  if (!Number.isInteger(brokers) || brokers < 1 || brokers > MAX_BROKERS)
    throw new UsageError(`--brokers is ${brokers}; it must be a whole number from 1 to ${MAX_BROKERS}.`);
  const dataDirectory = plan.dataDirectory ?? firstLogDir(startUp.settings);
  const settings = new Map(startUp.settings).set("log.dirs", dataDirectory);
  const deps = { clock: systemClock, disk: plan.disk ?? nodeDisk, net: nodeNet, random: systemRandom, logger };
  try {
    return await startBroker(deps, { dataDirectory, settings, brokers, onProgress: progressLine(context), signal });
  } catch (error) {
    if (error instanceof OttlaError && error.code === "START_STOPPED") return undefined;
    throw error;
  }
}

/** What goes on beside a broker; returns how to end it. */
export type BesideBroker = () => Promise<() => Promise<void>>;

/** Prints the ready line, lets `beside` run, waits for a signal, stops everything. */
export async function serveUntilStopped(
  context: CommandContext,
  broker: RunningBroker,
  greeting: string,
  beside?: BesideBroker,
): Promise<void> {
  const { options, stdout, stderr, signal } = context;
  stdout.write(options.has("json") ? `${JSON.stringify({ ready: true, pid: process.pid, bootstrap: broker.bootstrap })}\n` : greeting);
  // The broker's timers do not keep the process alive, and its sockets need not be there.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    const endBeside = await beside?.();
    if (!signal.aborted) await new Promise((wake) => signal.addEventListener("abort", wake, { once: true }));
    if (!options.has("json") && stderr.isTTY) stderr.write("\nStopping …\n");
    await endBeside?.();
  } finally {
    clearInterval(awake);
    await broker.stop();
  }
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The properties file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check --config.`);
  }
}

function firstLogDir(settings: ReadonlyMap<string, string>): string {
  const [first = DEFAULT_LOG_DIR] = (settings.get("log.dirs") ?? settings.get("log.dir") ?? DEFAULT_LOG_DIR).split(",");
  return resolve(first.trim());
}

/** Shows recovery on a terminal when it takes long enough to be noticed. */
function progressLine({ stderr, options }: CommandContext): NonNullable<BrokerOptions["onProgress"]> {
  const isShown = stderr.isTTY && !options.has("json");
  return ({ opened, total }) => {
    if (isShown && total >= 1000 && (opened % 500 === 0 || opened === total))
      stderr.write(`\rOpening partitions: ${opened} of ${total}${opened === total ? "\n" : ""}`);
  };
}
