/** Asks for another division of the tasks when those that wait for their state may have it by now (Java's probing rebalance). */
export class ProbingRebalance {
  #dueMs: number | undefined;
  #nonce = 0;

  /** Another one with each time it is due: the coordinator passes over a member that joins again as it was. */
  get nonce(): number {
    return this.#nonce;
  }

  /** A division says when this member is to ask for the next one; undefined: it is not. */
  told(inMs: number | undefined, nowMs: number): void {
    this.#dueMs = inMs === undefined ? undefined : nowMs + inMs;
  }

  /** True once for each time. */
  isDue(nowMs: number): boolean {
    if (this.#dueMs === undefined || nowMs < this.#dueMs) return false;
    this.#dueMs = undefined;
    this.#nonce++;
    return true;
  }
}
