import { copyInto } from "../../serdes/copy-into.ts";
import { readInt32, writeInt32 } from "../../serdes/int64-bytes.ts";
import { canLend, LENT_BYTES_MAX, LentMemory, lending, lends } from "../../serdes/lent-bytes.ts";
import { Hash } from "../../serdes/murmur3.ts";
import type { Headers } from "../../record.ts";
import { LentValue } from "../change.ts";
import type { Serde } from "../../serdes/serde.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** What the right side of a foreign-key join is to do with a subscription; the numbers stand in the bytes. */
export const Instruction = {
  deleteKeyNoPropagate: 0,
  deleteKeyAndPropagate: 1,
  propagateNullIfNoForeignValue: 2,
  propagateOnlyIfForeignValue: 3,
} as const;
export type Instruction = (typeof Instruction)[keyof typeof Instruction];

/** What the left side of a foreign-key join sends to the right one, under the foreign key. */
export class Subscription<K> extends LentValue {
  /** Of the left value's bytes; null when the left value is gone. */
  hash: Hash | null;
  instruction: Instruction;
  primaryKey: K;
  /** The partition to answer to. Null when an application older than KIP-775 wrote it. */
  primaryPartition: number | null;

  constructor(hash: Hash | null, instruction: Instruction, primaryKey: K, primaryPartition: number | null) {
    super();
    this.hash = hash;
    this.instruction = instruction;
    this.primaryKey = primaryKey;
    this.primaryPartition = primaryPartition;
  }

  override kept(): Subscription<K> {
    return new Subscription(keptHash(this.hash), this.instruction, this.primaryKey, this.primaryPartition);
  }
}

/** What the right side answers, under the primary key. */
export class SubscriptionResponse<V> extends LentValue {
  /** Which left value the answer is for: others are stale. */
  hash: Hash | null;
  foreignValue: V | null;
  /** Where to send it; not written. */
  primaryPartition: number | null;

  constructor(hash: Hash | null, foreignValue: V | null, primaryPartition: number | null) {
    super();
    this.hash = hash;
    this.foreignValue = foreignValue;
    this.primaryPartition = primaryPartition;
  }

  override kept(): SubscriptionResponse<V> {
    return new SubscriptionResponse(keptHash(this.hash), this.foreignValue, this.primaryPartition);
  }
}

function keptHash(hash: Hash | null): Hash | null {
  if (hash === null) return null;
  const kept = new Hash();
  kept.take(hash);
  return kept;
}

const VERSION = 1;
const RESPONSE_VERSION = 0;
const HASH_BYTES = 16;
const NO_HASH = 0x80;

/**
 * As Java's SubscriptionWrapperSerde, version 1: a byte (the highest bit: no hash; the rest: version), the instruction, 16 bytes of hash, the primary key, the primary partition as int32.
 * The primary key is written under another topic's name, as in Java: the one that `primaryKeyTopicOf` gives for the topic or changelog.
 */
export function subscriptionSerde<K>(primaryKey: Serde<K>, primaryKeyTopicOf: (topic: string) => string): Serde<Subscription<K>> {
  // Each serde is called with the one name of its application over and over.
  let lastTopic: string | undefined;
  let lastKeyTopic = "";
  const keyTopicOf = (topic: string): string => {
    if (topic !== lastTopic) {
      lastTopic = topic;
      lastKeyTopic = primaryKeyTopicOf(topic);
    }
    return lastKeyTopic;
  };
  const lentKey = lending(primaryKey);
  const readKey = new ReadPart(primaryKey);
  const write = (
    topic: string,
    { hash, instruction, primaryKey: key, primaryPartition }: Subscription<K>,
    headers: Headers,
    memory: LentMemory | undefined,
  ): Uint8Array => {
    const keyBytes = writtenBytes(lentKey.serialize(keyTopicOf(topic), key, headers));
    const hashBytes = hash === null ? 0 : HASH_BYTES;
    const into = room(2 + hashBytes + keyBytes.length + 4, memory);
    into[0] = hash === null ? VERSION | NO_HASH : VERSION;
    into[1] = instruction;
    if (hash !== null) hash.writeTo(into, 2);
    copyInto(into, 2 + hashBytes, keyBytes);
    writeInt32(into, into.length - 4, primaryPartition ?? 0);
    return into;
  };
  const serde: Serde<Subscription<K>> = {
    name: `subscription(${primaryKey.name})`,
    serialize: (topic, subscription, headers) => write(topic, subscription, headers, undefined),
    deserialize(topic, bytes, headers) {
      const version = versionOf(bytes, VERSION, "subscription");
      const instruction = bytes[1] as Instruction;
      const hasHash = (bytes[0]! & NO_HASH) === 0;
      const keyAt = hasHash ? 2 + HASH_BYTES : 2;
      const end = version === 0 ? bytes.length : bytes.length - 4;
      if (end < keyAt || instruction > 3) throw new TypeError(`${bytes.length} bytes are no subscription of a foreign-key join.`);
      const hash = hasHash ? new Hash().readFrom(bytes, 2) : null;
      const key = primaryKey.deserialize(keyTopicOf(topic), readKey.partOf(bytes, keyAt, end), headers);
      return new Subscription(hash, instruction, key, version === 0 ? null : readInt32(bytes, end));
    },
  };
  canLend(serde, () => {
    const memory = new LentMemory();
    return { ...serde, serialize: (topic, subscription, headers) => write(topic, subscription, headers, memory) };
  });
  return serde;
}

/** As Java's SubscriptionResponseWrapperSerde: a byte (the highest bit: no hash; the rest: version 0), 16 bytes of hash, the foreign value; nothing follows for null. */
export function subscriptionResponseSerde<V>(foreignValue: Serde<V>): Serde<SubscriptionResponse<V>> {
  const lentValue = lending(foreignValue);
  const readValue = new ReadPart(foreignValue);
  const write = (
    topic: string,
    { hash, foreignValue: value }: SubscriptionResponse<V>,
    headers: Headers,
    memory: LentMemory | undefined,
  ): Uint8Array => {
    const valueBytes = value === null ? undefined : writtenBytes(lentValue.serialize(topic, value, headers));
    const valueAt = hash === null ? 1 : 1 + HASH_BYTES;
    const into = room(valueAt + (valueBytes?.length ?? 0), memory);
    into[0] = hash === null ? RESPONSE_VERSION | NO_HASH : RESPONSE_VERSION;
    if (hash !== null) hash.writeTo(into, 1);
    if (valueBytes !== undefined) copyInto(into, valueAt, valueBytes);
    return into;
  };
  const serde: Serde<SubscriptionResponse<V>> = {
    name: `subscriptionResponse(${foreignValue.name})`,
    serialize: (topic, response, headers) => write(topic, response, headers, undefined),
    deserialize(topic, bytes, headers) {
      versionOf(bytes, RESPONSE_VERSION, "subscription response");
      const hasHash = (bytes[0]! & NO_HASH) === 0;
      const valueAt = hasHash ? 1 + HASH_BYTES : 1;
      if (bytes.length < valueAt) throw new TypeError(`${bytes.length} bytes are no response of a foreign-key join.`);
      const hash = hasHash ? new Hash().readFrom(bytes, 1) : null;
      const isThere = bytes.length > valueAt;
      const value = isThere ? foreignValue.deserialize(topic, readValue.partOf(bytes, valueAt, bytes.length), headers) : null;
      return new SubscriptionResponse(hash, value, null);
    },
  };
  canLend(serde, () => {
    const memory = new LentMemory();
    return { ...serde, serialize: (topic, response, headers) => write(topic, response, headers, memory) };
  });
  return serde;
}

function room(length: number, memory: LentMemory | undefined): Buffer {
  return memory === undefined || length > LENT_BYTES_MAX ? Buffer.allocUnsafe(length) : memory.first(length);
}

/** Shows a serde a part of some bytes: one of ours, which keeps nothing of it, in memory that is the same each time. */
class ReadPart {
  readonly #memory: LentMemory | undefined;

  constructor(serde: object) {
    this.#memory = lends(serde) ? new LentMemory() : undefined;
  }

  partOf(bytes: Uint8Array, from: number, to: number): Uint8Array {
    const length = to - from;
    if (this.#memory === undefined || length > LENT_BYTES_MAX) return bytes.subarray(from, to);
    const part = this.#memory.first(length);
    for (let at = 0; at < length; at++) part[at] = bytes[from + at]!;
    return part;
  }
}

function versionOf(bytes: Uint8Array, newest: number, what: string): number {
  if (bytes.length === 0) throw new TypeError(`No bytes are no ${what}.`);
  const version = bytes[0]! & 0x7f;
  if (version > newest) throw new TypeError(`A ${what} of version ${version} is newer than this program, which knows ${newest}.`);
  return version;
}
