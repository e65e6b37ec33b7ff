import { OttlaError } from "@ottla/base";

/** How many calls of one server run at once; more are refused, so that an agent in a loop does not press a cluster. */
export const CALLS_AT_ONCE = 8;

/** The calls of all connections of a server that run now. */
export class RunningCalls {
  #running = 0;

  /** Takes a place; what is returned gives it back. Errors: `TOO_MANY_CALLS`. */
  begin(): () => void {
    if (this.#running >= CALLS_AT_ONCE) throw new OttlaError("TOO_MANY_CALLS", `${CALLS_AT_ONCE} calls are running; wait for one of them.`);
    this.#running++;
    return () => void this.#running--;
  }
}
