import { type LogLevel, lineLogger } from "@ottla/base/node";
import type { CommandContext } from "./command.ts";
import { type PartPlan, PartRunner } from "./parts/part-runner.ts";

/** What a server runs, and what it tells of itself. */
export interface ServedParts {
  /** Where parts listen that have no address of their own. */
  readonly host: string;
  readonly logLevel: LogLevel;
  /** Started one after the other, before the ready line. */
  readonly parts: readonly PartPlan[];
  /** Started behind the ready line. */
  readonly afterReady?: readonly PartPlan[];
  /** What stands in the ready line beside the addresses. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** Told when all parts accept connections; with `--json` the ready line stands for it. */
  greeting(addresses: Readonly<Record<string, string>>): string;
}

/**
 * Starts parts, prints the ready line, waits for a signal, stops them in reverse order. A signal during the start ends it in the same way. With `--json`, standard output
 * has the ready line and nothing else.
 */
export async function serveParts(
  context: CommandContext,
  { host, logLevel, parts, afterReady = [], told = {}, greeting }: ServedParts,
): Promise<0> {
  const { options, stdout, stderr, signal } = context;
  const isJson = options.has("json");
  const say = (sentence: string): void => void stderr.write(`ottla: ${sentence}\n`);
  const logger = lineLogger(stderr, (options.text("log-level") as LogLevel | undefined) ?? logLevel);
  const runner = new PartRunner({ host, logger, out: isJson ? stderr : stdout, say, signal });
  // The timers of a broker do not keep the process alive, and its sockets need not be there.
  const awake = setInterval(() => {}, 2 ** 30);
  try {
    for (const { part } of parts) part.prepare?.();
    for (const plan of parts) await runner.start(plan);
    if (signal.aborted) return 0;
    const { bootstrap, ...others } = runner.addresses;
    const ready = { ready: true, pid: process.pid, bootstrap, ...others, ...told };
    stdout.write(isJson ? `${JSON.stringify(ready)}\n` : greeting(runner.addresses));
    for (const plan of afterReady) await runner.start(plan);
    if (!signal.aborted) await new Promise((wake) => signal.addEventListener("abort", wake, { once: true }));
    if (!isJson && stderr.isTTY) stderr.write("\nStopping …\n");
    return 0;
  } finally {
    await Promise.all(parts.map(async ({ part }) => part.discard?.()));
    await runner.stop();
    clearInterval(awake);
  }
}
