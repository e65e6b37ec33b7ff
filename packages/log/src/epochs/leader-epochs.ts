import type { EpochEndOffset } from "../partition/log-outcomes.ts";

/** From this offset on, records were written under this epoch. */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

const UNDEFINED_EPOCH = -1;

/** The history of a partition's leader epochs: epochs and start offsets both ascend strictly (KIP-101, KIP-279). */
export class LeaderEpochs {
  #starts: EpochStart[];

  constructor(starts: readonly EpochStart[] = []) {
    this.#starts = [...starts];
  }

  get starts(): readonly EpochStart[] {
    return this.#starts;
  }

  /** −1 when there is none. */
  get latestEpoch(): number {
    return this.#starts.length === 0 ? UNDEFINED_EPOCH : this.#starts[this.#starts.length - 1]!.epoch;
  }

  /** Notes that `epoch` begins at `startOffset`; an epoch that wrote nothing gives way. Returns whether anything changed. */
  assign(epoch: number, startOffset: number): boolean {
    if (epoch <= this.latestEpoch) return false;
    while (this.#starts.length > 0 && this.#starts[this.#starts.length - 1]!.startOffset >= startOffset) this.#starts.pop();
    this.#starts.push({ epoch, startOffset });
    return true;
  }

  /** Takes another history in place of this one. */
  replace(starts: readonly EpochStart[]): void {
    this.#starts = [...starts];
  }

  /** The epoch a record was written under; −1 when the history does not go back so far. */
  epochAt(offset: number): number {
    let found = UNDEFINED_EPOCH;
    for (const start of this.#starts) {
      if (start.startOffset > offset) break;
      found = start.epoch;
    }
    return found;
  }

  /**
   * Where the largest epoch up to `epoch` ended: at the start of the next one, or at the end of the log for the latest. The leader's own
   * epoch counts as begun at the log's end where it has written nothing yet. Nobody knows the end of an epoch after it, nor of −1.
   */
  endOffsetFor(epoch: number, logEndOffset: number, leaderEpoch: number = this.latestEpoch): EpochEndOffset {
    const latestEpoch = Math.max(leaderEpoch, this.latestEpoch);
    if (epoch === UNDEFINED_EPOCH || epoch > latestEpoch) return { leaderEpoch: -1, endOffset: -1 };
    if (epoch === latestEpoch) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const next = this.#starts.findIndex((start) => start.epoch > epoch);
    const floor = next < 0 ? this.#starts.at(-1) : this.#starts[next - 1];
    return { leaderEpoch: floor?.epoch ?? epoch, endOffset: this.#starts[next]?.startOffset ?? logEndOffset };
  }

  /** Forgets what lies before the log's start; the epoch that holds it now begins there. Returns whether anything changed. */
  truncateBefore(logStartOffset: number): boolean {
    const kept = this.#starts.findLastIndex((start) => start.startOffset <= logStartOffset);
    if (kept < 0 || (kept === 0 && this.#starts[0]!.startOffset === logStartOffset)) return false;
    this.#starts = [{ epoch: this.#starts[kept]!.epoch, startOffset: logStartOffset }, ...this.#starts.slice(kept + 1)];
    return true;
  }

  /** Forgets epochs that begin at or after the log's end. Returns whether anything changed. */
  truncateAfter(logEndOffset: number): boolean {
    const before = this.#starts.length;
    while (this.#starts.length > 0 && this.#starts[this.#starts.length - 1]!.startOffset >= logEndOffset) this.#starts.pop();
    return this.#starts.length !== before;
  }
}
