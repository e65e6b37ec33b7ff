import { boxedTime } from "../../boxed-time.ts";
import { type Headers, noHeaders } from "../../record.ts";
import type { FoundValue, TakesWindowsBack } from "../../stores/found-value.ts";
import { TakenWindows } from "../../stores/window/window-bytes.ts";
import { FEW } from "../many-results.ts";

/** A record, and what is closed when it comes. */
export interface Sliding {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: Headers;
  readonly closeTimeMs: number;
}

/** Puts windows down. */
interface SlidingOwner {
  initial(): unknown;
  update(record: Sliding, startMs: number, old: unknown, foundMs: number): void;
  /** The window that begins right after the record. */
  beginRight(record: Sliding, right: unknown, rightMs: number): void;
}

type Stage = "windows" | "between" | "left" | "right" | "done";

/**
 * What a record does to its key's sliding windows, where these are few: they are taken down before the first is put. The same steps as those of a walk over the store, on one object for all records, so that they make no garbage.
 */
export class SlidingSteps {
  readonly #owner: SlidingOwner;
  readonly #store: TakesWindowsBack;
  readonly #differenceMs: number;
  readonly #taken = new TakenWindows(FEW);
  readonly #found: FoundValue = { value: null, timestamp: boxedTime };
  readonly #record: { -readonly [Field in keyof Sliding]: Sliding[Field] } = {
    key: null,
    value: null,
    timestamp: boxedTime,
    headers: noHeaders,
    closeTimeMs: 0.5,
  };
  #stage: Stage = "done";
  #seen = 0;
  #left: unknown = null;
  #hasLeft = false;
  #right: unknown = null;
  /** −1: there is none. */
  #rightMs = boxedTime;
  #hasRight = false;
  /** Of the newest record before this one; −1: none is known. */
  #previousMs = -1;

  constructor(owner: SlidingOwner, store: TakesWindowsBack, differenceMs: number) {
    this.#owner = owner;
    this.#store = store;
    this.#differenceMs = differenceMs;
  }

  /** False: they are not few, or the store has to be walked. */
  begin(key: unknown, value: unknown, timestamp: number, headers: Headers, closeTimeMs: number): boolean {
    const taken = this.#taken;
    taken.fromMs = Math.max(0, timestamp - 2 * this.#differenceMs);
    taken.toMs = timestamp + 1;
    if (!this.#store.takeBack(key, taken)) return false;
    const record = this.#record;
    record.key = key;
    record.value = value;
    record.timestamp = timestamp;
    record.headers = headers;
    record.closeTimeMs = closeTimeMs;
    this.#stage = "windows";
    this.#seen = 0;
    this.#left = null;
    this.#hasLeft = false;
    this.#right = null;
    this.#rightMs = -1;
    this.#hasRight = false;
    this.#previousMs = -1;
    return true;
  }

  /** Puts the next window down; false: there was none. */
  next(): boolean {
    if (this.#stage === "windows" && this.#nextTaken()) return true;
    const record = this.#record;
    const { timestamp } = record;
    const previousMs = this.#previousMs;
    if (this.#stage === "between") {
      this.#stage = "left";
      if (previousMs >= 0 && previousMs + 1 + this.#differenceMs >= timestamp && !this.#begins(previousMs + 1)) {
        this.#owner.update(record, previousMs + 1, this.#owner.initial(), timestamp);
        return true;
      }
    }
    if (this.#stage === "left") {
      this.#stage = "right";
      if (!this.#hasLeft) {
        const startMs = timestamp - this.#differenceMs;
        this.#owner.update(record, startMs, previousMs >= 0 && startMs <= previousMs ? this.#left : this.#owner.initial(), timestamp);
        return true;
      }
    }
    if (this.#stage === "right") {
      this.#stage = "done";
      if (!this.#hasRight && this.#rightMs > timestamp) this.#owner.beginRight(record, this.#right, this.#rightMs);
    }
    return false;
  }

  #nextTaken(): boolean {
    const record = this.#record;
    const found = this.#found;
    const { timestamp } = record;
    while (this.#seen < this.#taken.count && this.#store.readTaken(this.#taken, this.#seen, found)) {
      const { startMs } = this.#taken.at(this.#seen++);
      const endMs = startMs + this.#differenceMs;
      if (startMs === timestamp + 1) {
        this.#hasRight = true;
        continue;
      }
      if (endMs < timestamp) {
        this.#left = found.value;
        this.#previousMs = found.timestamp;
        break;
      }
      if (endMs === timestamp) {
        this.#hasLeft = true;
        this.#previousMs = found.timestamp;
        // When the newest record in there is of this time too, the windows around it stand already.
        this.#stage = found.timestamp >= timestamp ? "done" : "windows";
      } else if (this.#rightMs < 0) {
        this.#right = found.value;
        this.#rightMs = found.timestamp;
      }
      this.#owner.update(record, startMs, found.value, found.timestamp);
      return true;
    }
    this.#stage = "between";
    return false;
  }

  /** Whether one of the windows seen begins then. */
  #begins(startMs: number): boolean {
    for (let at = 0; at < this.#seen; at++) if (this.#taken.at(at).startMs === startMs) return true;
    return false;
  }
}
