import { copyInto } from "./copy-into.ts";
import type { Serde } from "./serde.ts";

/** Longer bytes are made each time. */
export const LENT_BYTES_MAX = 256;
/** A letter of UTF-16 has at most so many in UTF-8. */
const BYTES_OF_A_LETTER_MAX = 3;

/** Memory whose first bytes are lent to somebody, again and again. */
export class LentMemory {
  /** Larger than all that is lent: who keeps bytes tells by that that these are not its own. */
  readonly bytes = Buffer.allocUnsafeSlow(LENT_BYTES_MAX * BYTES_OF_A_LETTER_MAX + 1);
  readonly #views: (Buffer | undefined)[] = [];

  /** Its first bytes, at most {@link LENT_BYTES_MAX}: the same view each time, so that it costs nothing. */
  first(length: number): Buffer {
    return this.#views[length] ?? this.#view(length);
  }

  #view(length: number): Buffer {
    const view = this.bytes.subarray(0, length);
    this.#views[length] = view;
    return view;
  }
}

/** Bytes that begin with a key and have room for so many more: lent, if memory is given and has them. */
export function keyAndMore(key: Uint8Array, moreBytes: number, memory: LentMemory | undefined): Buffer {
  const length = key.length + moreBytes;
  const into = memory === undefined || length > LENT_BYTES_MAX ? Buffer.allocUnsafe(length) : memory.first(length);
  copyInto(into, 0, key);
  return into;
}

const lenders = new WeakMap<object, () => unknown>();

/** Says how a serde can lend its bytes. */
export function canLend<T>(serde: Serde<T>, lender: () => Serde<T>): void {
  lenders.set(serde, lender);
}

/** Whether it is one of ours that writes what it is given, and keeps nothing of it. */
export function lends(serde: object): boolean {
  return lenders.has(serde);
}

/**
 * The serde for one that uses bytes up before it writes the next ones: where the serde can do so, it writes all into the same memory, and what was written before is gone then. Whoever keeps
 * bytes copies them (`ownedBytes`).
 */
export function lending<T>(serde: Serde<T>): Serde<T> {
  const lender = lenders.get(serde);
  return lender === undefined ? serde : (lender() as Serde<T>);
}
