import type { AcknowledgementResult } from "./share-types.ts";

/** Failures that wait for a commit to be told; beyond them only their number is kept. */
const FAILURES_MAX = 1000;

/** What was acknowledged between two commits. */
export interface AcknowledgementRound {
  readonly number: number;
  outstanding: number;
  readonly failures: AcknowledgementResult[];
  failedCount: number;
}

/** Counts what was acknowledged and not answered, so that a commit knows when all of it is, and what became of it. */
export class AcknowledgementRounds {
  #current: AcknowledgementRound = emptyRound(1);
  /** Closed ones of which something is not answered, in order. */
  readonly #earlier = new Set<AcknowledgementRound>();
  readonly #waiting = new Map<AcknowledgementRound, () => void>();

  /** One more was acknowledged. */
  begin(): AcknowledgementRound {
    this.#current.outstanding++;
    return this.#current;
  }

  settle(round: AcknowledgementRound, result: AcknowledgementResult | undefined): void {
    round.outstanding--;
    if (result !== undefined) {
      round.failedCount++;
      const { failures } = round;
      const last = failures.at(-1);
      if (last !== undefined && last.topic === result.topic && last.partition === result.partition && last.error === result.error)
        (last.offsets as number[]).push(...result.offsets);
      else if (failures.length < FAILURES_MAX) failures.push({ ...result, offsets: [...result.offsets] });
    }
    if (round.outstanding > 0) return;
    this.#earlier.delete(round);
    this.#tell();
  }

  /** Resolves when all that was acknowledged so far is answered, with what failed of what no commit has told yet. */
  async close(): Promise<AcknowledgementRound> {
    const round = this.#current;
    this.#current = emptyRound(round.number + 1);
    if (round.outstanding > 0) this.#earlier.add(round);
    if (this.#earlier.size > 0) await new Promise<void>((resolve) => void this.#waiting.set(round, resolve));
    return round;
  }

  /** Whoever waits for rounds that are all answered. */
  #tell(): void {
    let firstOpen = Infinity;
    for (const { number } of this.#earlier) {
      firstOpen = number;
      break;
    }
    for (const [round, resolve] of this.#waiting) {
      if (round.number >= firstOpen) return;
      this.#waiting.delete(round);
      resolve();
    }
  }
}

function emptyRound(number: number): AcknowledgementRound {
  return { number, outstanding: 0, failures: [], failedCount: 0 };
}
