import type { AcknowledgementResult } from "./share-types.ts";

/** Failures that wait for a commit to be told; beyond them only their number is kept. */
const FAILURES_MAX = 1000;

/** What was acknowledged between two commits. */
export interface AcknowledgementRound {
  outstanding: number;
  readonly failures: AcknowledgementResult[];
  failedCount: number;
}

/** Counts what was acknowledged and not answered, so that a commit knows when all of it is, and what became of it. */
export class AcknowledgementRounds {
  #current: AcknowledgementRound = emptyRound();
  /** Of commits that still wait. */
  readonly #earlier = new Set<AcknowledgementRound>();
  readonly #waiting = new Map<AcknowledgementRound, () => void>();

  /** Nothing is on its way. */
  get isIdle(): boolean {
    return this.#current.outstanding === 0 && this.#earlier.size === 0;
  }

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
    this.#current = emptyRound();
    if (round.outstanding > 0) this.#earlier.add(round);
    if (this.#earlier.size > 0) await new Promise<void>((resolve) => void this.#waiting.set(round, resolve));
    return round;
  }

  #tell(): void {
    if (this.#earlier.size > 0) return;
    for (const resolve of this.#waiting.values()) resolve();
    this.#waiting.clear();
  }
}

function emptyRound(): AcknowledgementRound {
  return { outstanding: 0, failures: [], failedCount: 0 };
}
