import { readFileSync } from "node:fs";
import { OttlaError, parseJavaProperties } from "@ottla/base";
import { type LogLevel, lineLogger } from "@ottla/base/node";
import { type BrokerOptions, type RunningBroker, startBroker } from "@ottla/broker";
import { assignmentsOf } from "./assignments.ts";
import { type CommandContext, UsageError } from "./command.ts";

const MAX_BROKERS = 100;

/** What a command decides of its broker, beside what `--config`, `--set`, `--brokers` and `--log-level` say. */
export interface BrokerPlan extends Pick<BrokerOptions, "host" | "port" | "memory" | "defaults"> {
  readonly logLevel: LogLevel;
}

/** The broker properties of `--config` with those of `--set` over them. Throws {@link UsageError}. */
export function brokerProperties({ options }: CommandContext): Map<string, string> {
  const assignments = assignmentsOf(options.texts("set"));
  const file = options.text("config");
  return new Map([...(file === undefined ? [] : parseJavaProperties(readConfigFile(file))), ...assignments]);
}

/** Starts a broker on the machine's own disk and network. Undefined: it was asked to stop before it was ready. */
export async function startBrokerProcess(
  context: CommandContext,
  properties: ReadonlyMap<string, string>,
  { logLevel, ...plan }: BrokerPlan,
): Promise<RunningBroker | undefined> {
  const { options, stderr, signal } = context;
  const logger = lineLogger(stderr, (options.text("log-level") as LogLevel | undefined) ?? logLevel);
  const brokers = options.integer("brokers", 1, MAX_BROKERS) ?? 1;
  try {
    return await startBroker({
      ...plan,
      brokers,
      settings: Object.fromEntries(properties),
      logger,
      onProgress: progressLine(context),
      signal,
    });
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

/** Shows recovery on a terminal when it takes long enough to be noticed. */
function progressLine({ stderr, options }: CommandContext): NonNullable<BrokerOptions["onProgress"]> {
  const isShown = stderr.isTTY && !options.has("json");
  return ({ opened, total }) => {
    if (isShown && total >= 1000 && (opened % 500 === 0 || opened === total))
      stderr.write(`\rOpening partitions: ${opened} of ${total}${opened === total ? "\n" : ""}`);
  };
}
