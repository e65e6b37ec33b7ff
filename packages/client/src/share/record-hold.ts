import type { AcknowledgeCode } from "./acknowledgement-batches.ts";
import type { AcknowledgementRound } from "./acknowledgement-rounds.ts";

/** What one answer locked, or renewed: all of it runs out at the same moment. */
export interface AcquisitionLock {
  /** When it was asked for: the broker began it later, and ends it later than is thought here, so that nobody else has the record before this consumer knows (monotonic ms). */
  readonly sinceMs: number;
  /** From then on it is taken for lost. */
  readonly untilMs: number;
  /** Since when this consumer has the youngest of them, whatever was renewed. */
  readonly acquiredMs: number;
  /** All that is left of it was held for too long: it runs out. */
  isGivenUp: boolean;
  /** Of these nothing was said yet. */
  readonly holds: Set<RecordHold>;
}

/** One partition as it was fetched from one leader. */
export interface HoldPlace {
  readonly nodeId: number;
  readonly topicId: string;
  readonly topic: string;
  readonly partition: number;
}

export type HoldState =
  /** Nothing was said of it. */
  | "held"
  /** Said, and not answered yet. */
  | "acknowledged"
  | "settled"
  /** The group delivers it again. */
  | "lost";

/** Acquired offsets: one record, or the gap between two, of which nothing but that is said. */
export class RecordHold {
  readonly place: HoldPlace;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Since when this consumer has it, whatever was renewed (monotonic ms). */
  readonly acquiredMs: number;
  lock: AcquisitionLock;
  state: HoldState = "held";
  code: AcknowledgeCode | undefined;
  /** Where its outcome is told; undefined: to nobody, as of gaps. */
  round: AcknowledgementRound | undefined;
  /** Called when it is lost while nothing was said of it. */
  onLost: ((reason: Error) => void) | undefined;
  /** Who waits for a renewal. */
  renewal: PromiseWithResolvers<void> | undefined;

  constructor(place: HoldPlace, firstOffset: number, lastOffset: number, lock: AcquisitionLock) {
    this.place = place;
    this.firstOffset = firstOffset;
    this.lastOffset = lastOffset;
    this.acquiredMs = lock.sinceMs;
    this.lock = lock;
  }

  /** Under a new lock from now on. */
  renew(lock: AcquisitionLock): void {
    this.lock.holds.delete(this);
    this.lock = lock;
    lock.holds.add(this);
    this.renewal?.resolve();
    this.renewal = undefined;
  }

  /** Returns false when something was said of it before, or it is lost. */
  acknowledge(code: AcknowledgeCode): boolean {
    if (this.state !== "held") return false;
    this.lock.holds.delete(this);
    this.state = "acknowledged";
    this.code = code;
    return true;
  }

  /** Not this consumer's any more. */
  lose(reason: Error): void {
    this.lock.holds.delete(this);
    const wasHeld = this.state === "held";
    this.state = "lost";
    this.renewal?.reject(reason);
    this.renewal = undefined;
    if (wasHeld) this.onLost?.(reason);
    this.onLost = undefined;
  }
}
