import { boxedTime } from "../../boxed-time.ts";
import type { TakesSessions } from "../../stores/found-value.ts";
import { TakenSessions } from "../../stores/session/session-bytes.ts";
import { FEW } from "../many-results.ts";

/** Merges sessions, takes them away, and puts them down. */
interface SessionOwner {
  initial(): unknown;
  merge(key: unknown, one: unknown, other: unknown): unknown;
  late(): void;
  remove(key: unknown, startMs: number, endMs: number, value: unknown): void;
  /** The record's own, of what was merged. */
  put(key: unknown, startMs: number, endMs: number, merged: unknown, value: unknown): void;
}

/** What a record does to its key's sessions, where few become one. The same steps as those of a walk over the store, on one object for all records, so that they make no garbage. */
export class SessionSteps {
  readonly #owner: SessionOwner;
  readonly #store: TakesSessions;
  readonly #gapMs: number;
  readonly #taken = new TakenSessions(FEW);
  readonly #values: unknown[] = [];
  #key: unknown;
  #value: unknown;
  #merged: unknown;
  #startMs = boxedTime;
  #endMs = boxedTime;
  /** How many were taken away. */
  #removed = 0;
  #count = 0;
  #isDone = true;

  constructor(owner: SessionOwner, store: TakesSessions, gapMs: number) {
    this.#owner = owner;
    this.#store = store;
    this.#gapMs = gapMs;
  }

  /** False: they are not few, or the store has to be walked. */
  begin(key: unknown, value: unknown, timestamp: number, closeTimeMs: number): boolean {
    const taken = this.#taken;
    taken.earliestEndMs = timestamp - this.#gapMs;
    taken.latestStartMs = timestamp + this.#gapMs;
    if (!this.#store.takeKey(key, taken)) return false;
    this.#key = key;
    this.#value = value;
    this.#isDone = false;
    let startMs = timestamp;
    let endMs = timestamp;
    let merged = this.#owner.initial();
    for (let at = 0; at < taken.count; at++) {
      const session = taken.at(at);
      const other = this.#store.takenValue(taken, at);
      this.#values[at] = other;
      merged = this.#owner.merge(key, merged, other);
      if (session.startMs < startMs) ({ startMs } = session);
      if (session.endMs > endMs) ({ endMs } = session);
    }
    this.#merged = merged;
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#removed = 0;
    // A session of this one moment that is there already is overwritten, not taken away.
    this.#count = startMs === timestamp && endMs === timestamp ? 0 : taken.count;
    if (endMs < closeTimeMs) {
      this.#isDone = true;
      this.#owner.late();
    }
    return true;
  }

  /** Takes the next session away, or puts the record's down; false: that was done, or is now. */
  next(): boolean {
    if (this.#isDone) return false;
    const at = this.#removed;
    if (at < this.#count) {
      this.#removed++;
      const { startMs, endMs } = this.#taken.at(at);
      this.#owner.remove(this.#store.takenKey(this.#taken, at, this.#key), startMs, endMs, this.#values[at]);
      return true;
    }
    this.#isDone = true;
    this.#owner.put(this.#key, this.#startMs, this.#endMs, this.#merged, this.#value);
    return false;
  }
}
