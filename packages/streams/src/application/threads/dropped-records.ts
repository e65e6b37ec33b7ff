import { systemClock } from "@ottla/base/node";
import type { DropReason } from "../../processors/operator.ts";

/** Dropped records are told of so often at most. */
const TELL_MS = 100;

/** Counts what came to nothing, and tells it from time to time. */
export class DroppedRecords {
  readonly #send: (counts: ReadonlyMap<DropReason, number>) => void;
  #counts = new Map<DropReason, number>();

  constructor(send: (counts: ReadonlyMap<DropReason, number>) => void) {
    this.#send = send;
  }

  note(reason: DropReason): void {
    if (this.#counts.size === 0) systemClock.schedule(TELL_MS, () => this.tell());
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  tell(): void {
    if (this.#counts.size === 0) return;
    this.#send(this.#counts);
    this.#counts = new Map();
  }
}
