import { readInt32 } from "../../serdes/int64-bytes.ts";
import { canLend, LENT_BYTES_MAX, LentMemory, lending } from "../../serdes/lent-bytes.ts";
import type { Headers } from "../../record.ts";
import type { Serde } from "../../serdes/serde.ts";

/** What the right side of a foreign-key join is to do with a subscription; the numbers stand in the bytes. */
export const Instruction = {
  deleteKeyNoPropagate: 0,
  deleteKeyAndPropagate: 1,
  propagateNullIfNoForeignValue: 2,
  propagateOnlyIfForeignValue: 3,
} as const;
export type Instruction = (typeof Instruction)[keyof typeof Instruction];

/** What the left side of a foreign-key join sends to the right one, under the foreign key. */
export interface Subscription<K> {
  /** Of the left value's bytes; null when the left value is gone. */
  readonly hash: Uint8Array | null;
  readonly instruction: Instruction;
  readonly primaryKey: K;
  /** The partition to answer to. Null when an application older than KIP-775 wrote it. */
  readonly primaryPartition: number | null;
}

/** What the right side answers, under the primary key. */
export interface SubscriptionResponse<V> {
  /** Which left value the answer is for: others are stale. */
  readonly hash: Uint8Array | null;
  readonly foreignValue: V | null;
  /** Where to send it; not written. */
  readonly primaryPartition: number | null;
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
  const write = (
    topic: string,
    { hash, instruction, primaryKey: key, primaryPartition }: Subscription<K>,
    headers: Headers,
    memory: LentMemory | undefined,
  ): Uint8Array => {
    const keyBytes = lentKey.serialize(keyTopicOf(topic), key, headers);
    const hashBytes = hash === null ? 0 : HASH_BYTES;
    const into = room(2 + hashBytes + keyBytes.length + 4, memory);
    into[0] = hash === null ? VERSION | NO_HASH : VERSION;
    into[1] = instruction;
    if (hash !== null) into.set(hash, 2);
    into.set(keyBytes, 2 + hashBytes);
    into.writeInt32BE(primaryPartition ?? 0, into.length - 4);
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
      return {
        hash: hasHash ? hashIn(bytes, 2) : null,
        instruction,
        primaryKey: primaryKey.deserialize(keyTopicOf(topic), bytes.subarray(keyAt, end), headers),
        primaryPartition: version === 0 ? null : readInt32(bytes, end),
      };
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
  const write = (
    topic: string,
    { hash, foreignValue: value }: SubscriptionResponse<V>,
    headers: Headers,
    memory: LentMemory | undefined,
  ): Uint8Array => {
    const valueBytes = value === null ? undefined : lentValue.serialize(topic, value, headers);
    const valueAt = hash === null ? 1 : 1 + HASH_BYTES;
    const into = room(valueAt + (valueBytes?.length ?? 0), memory);
    into[0] = hash === null ? RESPONSE_VERSION | NO_HASH : RESPONSE_VERSION;
    if (hash !== null) into.set(hash, 1);
    if (valueBytes !== undefined) into.set(valueBytes, valueAt);
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
      return {
        hash: hasHash ? hashIn(bytes, 1) : null,
        foreignValue: bytes.length === valueAt ? null : foreignValue.deserialize(topic, bytes.subarray(valueAt), headers),
        primaryPartition: null,
      };
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

/** A copy: who reads may be lent the bytes. */
function hashIn(bytes: Uint8Array, at: number): Uint8Array {
  const hash = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) hash[i] = bytes[at + i]!;
  return hash;
}

function versionOf(bytes: Uint8Array, newest: number, what: string): number {
  if (bytes.length === 0) throw new TypeError(`No bytes are no ${what}.`);
  const version = bytes[0]! & 0x7f;
  if (version > newest) throw new TypeError(`A ${what} of version ${version} is newer than this program, which knows ${newest}.`);
  return version;
}
