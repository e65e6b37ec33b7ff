import { createHash } from "node:crypto";

/** Whether a record of this name may start. */
export type Seen = "new" | "handled" | "inHand";

/** What was handled within a time, by name; bounded in number, the oldest forgotten first. A name that is in hand is neither new nor handled. */
export class DeduplicationWindow {
  readonly #windowMs: number;
  readonly #entriesMax: number;
  /** When each was handled (monotonic ms), in that order. */
  readonly #handled = new Map<string, number>();
  /** Who waits for the end of each that is in hand. */
  readonly #inHand = new Map<string, (() => void)[]>();

  constructor(windowMs: number, entriesMax: number) {
    this.#windowMs = windowMs;
    this.#entriesMax = entriesMax;
  }

  /** "new": it is in hand from now on, until {@link end}. "inHand": `onEnd` is called when the other one has ended. */
  begin(name: string, nowMs: number, onEnd: () => void): Seen {
    this.#forgetOld(nowMs);
    if (this.#handled.has(name)) return "handled";
    const waiting = this.#inHand.get(name);
    if (waiting !== undefined) {
      waiting.push(onEnd);
      return "inHand";
    }
    this.#inHand.set(name, []);
    return "new";
  }

  end(name: string, isHandled: boolean, nowMs: number): void {
    const waiting = this.#inHand.get(name) ?? [];
    this.#inHand.delete(name);
    if (isHandled) {
      this.#handled.delete(name);
      this.#handled.set(name, nowMs);
      if (this.#handled.size > this.#entriesMax) this.#forgetFirst();
    }
    for (const run of waiting) run();
  }

  #forgetOld(nowMs: number): void {
    for (const [name, atMs] of this.#handled) {
      if (nowMs - atMs <= this.#windowMs) return;
      this.#handled.delete(name);
    }
  }

  #forgetFirst(): void {
    for (const name of this.#handled.keys()) {
      this.#handled.delete(name);
      return;
    }
  }
}

/** Longer ones are known by their digest. */
const NAME_BYTES_MAX = 64;

/**
 * What the window knows a record by: equal keys of two topics are two records, since a topic has no part in what the other's keys mean. A key may have a MiB; a window of 100,000 of them
 * must not have 100 GB.
 */
export function deduplicationName(topic: string, value: Buffer): string {
  if (value.length <= NAME_BYTES_MAX) return `${topic} ${value.toString("latin1")}`;
  // No short one has that letter.
  return `${topic}\u0100${createHash("sha256").update(value).digest("base64")}`;
}
