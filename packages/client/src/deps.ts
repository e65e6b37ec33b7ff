import { open } from "node:fs/promises";
import { type Clock, type Logger, type Net, OttlaError, type Random, silentLogger } from "@ottla/base";
import { nodeNet, systemClock, systemRandom } from "@ottla/base/node";

/** What a client needs of the world. Every part has a real default; tests pass simulated ones. */
export interface ClientDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The bytes of a file (certificates and keys); rejects where it has more than `bytesMax`. */
  readonly readFile: (path: string, bytesMax: number) => Promise<Buffer>;
}

/** Node takes a longer time for no time at all. */
const TIMER_MS_MAX = 0x7fffffff;

/** As the system clock, but a pending call keeps the process alive: a program that awaits a retry must not end before it. */
const holdingClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  monotonicMs: () => systemClock.monotonicMs(),
  schedule(delayMs, run) {
    const dueMs = systemClock.monotonicMs() + delayMs;
    // The composition root of a library: the one place here that may touch a real timer.
    const arm = (): NodeJS.Timeout => setTimeout(onTimer, Math.min(TIMER_MS_MAX, Math.max(0, dueMs - systemClock.monotonicMs())));
    const onTimer = (): void => {
      if (dueMs - systemClock.monotonicMs() > 1) timer = arm();
      else run();
    };
    let timer = arm();
    return { cancel: () => clearTimeout(timer) };
  },
  nextTurn: (run) => systemClock.nextTurn(run),
};

async function readFile(path: string, bytesMax: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > bytesMax) throw new OttlaError("FILE_TOO_LARGE", `it has ${size} bytes, more than ${bytesMax}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The real world, with whatever the caller wants otherwise. */
export function resolveDeps(given: Partial<ClientDeps> = {}): ClientDeps {
  return {
    net: given.net ?? nodeNet,
    clock: given.clock ?? holdingClock,
    random: given.random ?? systemRandom,
    logger: given.logger ?? silentLogger,
    readFile: given.readFile ?? readFile,
  };
}
