import type { Clock } from "@ottla/base";
import { RegistryError } from "../registry-error.ts";

/** As many wait for their turn; who comes then is told to come again. */
const MAX_WAITING = 1_000;
/** How long one may wait for its turn while those before it wait for the cluster. */
const TURN_MS = 15_000;

/** Carries out one after the other, in the order in which they came. */
export class Turns {
  readonly #clock: Clock;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What has waited too long is not carried out, also when its turn comes.
   * @throws RegistryError `REGISTRY_BUSY`, `REGISTRY_NOT_READY`: nothing was done
   */
  async take<T>(run: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING)
      throw new RegistryError("REGISTRY_BUSY", `More than ${MAX_WAITING} changes wait for their turn; come again.`);
    this.#waiting++;
    try {
      return await this.#inTurn(run);
    } finally {
      this.#waiting--;
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = this.#clock.schedule(TURN_MS, () => {
        isLate = true;
        reject(
          new RegistryError("REGISTRY_NOT_READY", "Changes before this one wait for the cluster; it was not carried out. Send it again."),
        );
      });
      this.#last = this.#last.then(async () => {
        if (isLate) return;
        timer.cancel();
        await run().then(resolve, reject);
      });
    });
  }
}
