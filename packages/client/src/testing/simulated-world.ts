import { silentLogger } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import type { ClientDeps } from "../deps.ts";

/** Net, clock and chance that belong to one test. */
export interface SimulatedWorld extends ClientDeps {
  readonly net: SimulatedNet;
  readonly clock: SimulatedClock;
  /** Lets simulated time pass until the promise is settled, and gives its outcome. Fails when nothing is left that could settle it. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** As {@link settle}, until the condition holds. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** Lets this much simulated time pass, with all that happens in it. */
  pass(ms: number): Promise<void>;
}

const STEPS_MAX = 3000;
/** Promise chains and simulated sockets take several turns of the loop between two timers. */
const TURNS_PER_TIMER = 150;

export function makeWorld(seed = 1): SimulatedWorld {
  const clock = new SimulatedClock();
  const net = new SimulatedNet();
  const takeTurns = async () => {
    for (let turn = 0; turn < TURNS_PER_TIMER; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const until = async (what: string, holds: () => boolean) => {
    for (let step = 0; step < STEPS_MAX; step++) {
      await takeTurns();
      if (holds()) return;
      if (clock.nextDueMs !== undefined) clock.advance(clock.nextDueMs - clock.monotonicMs());
    }
    throw new Error(`Waited in vain for: ${what}`);
  };
  return {
    net,
    clock,
    random: new SeededRandom(seed),
    logger: silentLogger,
    readFile: () => Promise.reject(new Error("No files in a simulated world.")),
    until,
    async pass(ms) {
      const untilMs = clock.monotonicMs() + ms;
      await takeTurns();
      while (clock.nextDueMs !== undefined && clock.nextDueMs <= untilMs) {
        clock.advance(clock.nextDueMs - clock.monotonicMs());
        await takeTurns();
      }
      clock.advance(untilMs - clock.monotonicMs());
    },
    async settle(promise) {
      let isSettled = false;
      promise.then(
        () => (isSettled = true),
        () => (isSettled = true),
      );
      await until("a promise to settle", () => isSettled);
      return promise;
    },
  };
}
