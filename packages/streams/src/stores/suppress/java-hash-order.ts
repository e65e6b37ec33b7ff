import { ByteTable, type Keyed } from "../bytes/byte-table.ts";

const FIRST_BUCKETS = 16;
const LOAD_FACTOR = 0.75;
/** A set that was large once: below this part of its buckets it is not worth going through them. */
const FEW_OF_BUCKETS = 16;

/** A key in the set. */
interface Member extends Keyed {
  readonly spread: number;
}

/**
 * A set of keys that is walked over in the order of Java's HashSet of Bytes: by bucket, and in one bucket as they came. The number of buckets doubles as the set grows and stays when it is
 * emptied. The order of a suppress buffer's changelog records hangs on it.
 */
export class JavaHashOrder {
  #members: Member[] = [];
  readonly #table = new ByteTable<Member>();
  #buckets = FIRST_BUCKETS;

  add(key: Uint8Array): void {
    if (this.#table.get(key) !== undefined) return;
    const hash = javaHash(key);
    const member: Member = { key, hash: 0, spread: hash ^ (hash >>> 16) };
    this.#table.insert(member);
    this.#members.push(member);
    while (this.#members.length > this.#buckets * LOAD_FACTOR) this.#buckets *= 2;
  }

  /** All keys, and the set is empty. */
  take(): Uint8Array[] {
    const members = this.#members;
    this.#members = [];
    this.#table.clear();
    const mask = this.#buckets - 1;
    if (members.length * FEW_OF_BUCKETS < this.#buckets) {
      // A sort is stable: in one bucket they stay as they came.
      return members.sort((a, b) => (a.spread & mask) - (b.spread & mask)).map(({ key }) => key);
    }
    return inBucketOrder(members, mask);
  }
}

/** Stable as well, and holds the loop for a tenth of what comparing many does. */
function inBucketOrder(members: readonly Member[], mask: number): Uint8Array[] {
  const places = new Uint32Array(mask + 2);
  for (const { spread } of members) places[(spread & mask) + 1]!++;
  for (let bucket = 1; bucket <= mask; bucket++) places[bucket]! += places[bucket - 1]!;
  const sorted = [...members];
  for (const member of members) sorted[places[member.spread & mask]!++] = member;
  return sorted.map(({ key }) => key);
}

/** As java.util.Arrays.hashCode of signed bytes. */
function javaHash(bytes: Uint8Array): number {
  let hash = 1;
  for (let i = 0; i < bytes.length; i++) hash = (Math.imul(31, hash) + ((bytes[i]! << 24) >> 24)) | 0;
  return hash;
}
