import { ClientError } from "../client-error.ts";
import type { AcquisitionLock, RecordHold } from "./record-hold.ts";
import type { ResolvedShareOptions } from "./resolve-share-options.ts";

/** Which locks of one leader are to be renewed next: those that the application asks for, then those whose half is over, until it turns out that the broker or the group does not renew. */
export class LockRenewals {
  readonly #options: Pick<ResolvedShareOptions, "renewLocks" | "lockHoldMaxMs">;
  readonly #onGivenUp: (reason: string) => void;
  /** What the application asked for. */
  #asked: RecordHold[] = [];
  #isGivenUp = false;

  /** `onGivenUp` is told why none can be renewed. */
  constructor(options: Pick<ResolvedShareOptions, "renewLocks" | "lockHoldMaxMs">, onGivenUp: (reason: string) => void) {
    this.#options = options;
    this.#onGivenUp = onGivenUp;
  }

  /** The application wants these, soon. */
  ask(holds: readonly RecordHold[]): void {
    if (this.#isGivenUp) reject(holds);
    else this.#asked.push(...holds);
  }

  /** It is to be renewed without being asked for. */
  isRenewable(lock: AcquisitionLock): boolean {
    const { renewLocks, lockHoldMaxMs } = this.#options;
    return !this.#isGivenUp && !lock.isGivenUp && renewLocks && renewalMs(lock) - lock.acquiredMs < lockHoldMaxMs;
  }

  /** What the next request is to renew; undefined: nothing. Those of one lock at a time: the broker refuses all of a partition where one is not locked any more. */
  next(locks: Iterable<AcquisitionLock>, nowMs: number): readonly RecordHold[] | undefined {
    const asked = this.#asked.filter(({ state }) => state === "held");
    const [first] = asked;
    if (first !== undefined) {
      this.#asked = asked.filter(({ lock }) => lock !== first.lock);
      return asked.filter(({ lock }) => lock === first.lock);
    }
    this.#asked = asked;
    const lock = [...locks].find((each) => renewalMs(each) <= nowMs && this.isRenewable(each));
    if (lock === undefined) return undefined;
    const holds = [...lock.holds].filter(({ acquiredMs }) => renewalMs(lock) - acquiredMs < this.#options.lockHoldMaxMs);
    lock.isGivenUp = holds.length < lock.holds.size;
    return holds;
  }

  /** None can be renewed, as `holds` have shown. */
  giveUp(reason: string, holds: readonly RecordHold[]): void {
    this.#isGivenUp = true;
    this.#onGivenUp(reason);
    reject(holds);
  }

  /** Nothing is locked any more. */
  clear(): void {
    this.#asked = [];
  }
}

/** `sinceMs`: when it was asked for; `acquiredMs`: since when this consumer has the youngest of what it locks. */
export function newLock(sinceMs: number, durationMs: number, acquiredMs = sinceMs): AcquisitionLock {
  // A broker that tells no time will have to say by itself when it has run out.
  const untilMs = durationMs > 0 ? sinceMs + durationMs : Infinity;
  return { sinceMs, untilMs, acquiredMs, isGivenUp: false, holds: new Set() };
}

/** When to renew it: half of the time is left for trouble. */
export function renewalMs({ sinceMs, untilMs }: AcquisitionLock): number {
  return sinceMs + (untilMs - sinceMs) / 2;
}

function reject(holds: readonly RecordHold[]): void {
  for (const hold of holds) {
    hold.renewal?.reject(cannotRenew());
    hold.renewal = undefined;
  }
}

function cannotRenew(): ClientError {
  return new ClientError(
    "UNSUPPORTED",
    "The lock cannot be renewed: the broker does not know how (Apache Kafka 4.2 and later do), or share.renew.acknowledge.enable of the group is false.",
  );
}
