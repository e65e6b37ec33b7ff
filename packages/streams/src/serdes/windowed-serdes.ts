import { partitionOfKey } from "@ottla/protocol/records";
import type { Windowed } from "../record.ts";
import { readInt64, writeInt64 } from "./int64-bytes.ts";
import { canLend, keyAndMore, LentMemory } from "./lent-bytes.ts";
import { refuse } from "./refuse.ts";
import type { Serde } from "./serde.ts";
import { sharedKeys } from "./shared-bytes.ts";
import { writtenBytes } from "./written-bytes.ts";

/** Where an int64 ends for a program that has numbers: a window that would end later ends here. */
const LARGEST_TIME = 2 ** 63;

/**
 * Keys of time and sliding windows of one size, as Java's TimeWindowedSerializer: the key's bytes and the window's start as int64. The end is not written; the reader has to know the size (`Infinity`: of unlimited windows).
 * Partitioners look at the inner key alone.
 */
export function timeWindowed<K>(inner: Serde<K>, windowSizeMs: number): Serde<Windowed<K>> {
  const isUnlimited = windowSizeMs === Number.POSITIVE_INFINITY;
  if (!isUnlimited && !(Number.isSafeInteger(windowSizeMs) && windowSizeMs > 0))
    refuse("timeWindowed", windowSizeMs, "a size of whole milliseconds above 0, or Infinity");
  const keys = sharedKeys(inner);
  const serde: Serde<Windowed<K>> = {
    name: `timeWindowed(${inner.name})`,
    ...sharedWith(inner, keys),
    serialize(topic, { key, window }, headers) {
      return timeWindowedKey(writtenBytes(keys.serialize(topic, key, headers)), window.startMs, undefined);
    },
    deserialize(topic, bytes, headers) {
      const at = bytes.length - 8;
      if (at < 0) throw new TypeError(`${bytes.length} bytes are too few for a windowed key.`);
      const startMs = readInt64(bytes, at);
      return {
        key: inner.deserialize(topic, bytes.subarray(0, at), headers),
        window: { startMs, endMs: isUnlimited ? windowSizeMs : Math.min(startMs + windowSizeMs, LARGEST_TIME) },
      };
    },
  };
  canLend(serde, () => {
    const memory = new LentMemory();
    return {
      ...serde,
      serialize: (topic, { key, window }: Windowed<K>, headers) =>
        timeWindowedKey(writtenBytes(keys.serialize(topic, key, headers)), window.startMs, memory),
    };
  });
  return serde;
}

/** Keys of sessions, as Java's SessionWindowedSerializer: the key's bytes, the session's end and its start, both int64. */
export function sessionWindowed<K>(inner: Serde<K>): Serde<Windowed<K>> {
  const keys = sharedKeys(inner);
  const serde: Serde<Windowed<K>> = {
    name: `sessionWindowed(${inner.name})`,
    ...sharedWith(inner, keys),
    serialize(topic, { key, window }, headers) {
      return sessionKey(writtenBytes(keys.serialize(topic, key, headers)), window.startMs, window.endMs);
    },
    deserialize(topic, bytes, headers) {
      const at = bytes.length - 16;
      if (at < 0) throw new TypeError(`${bytes.length} bytes are too few for a session's key.`);
      return {
        key: inner.deserialize(topic, bytes.subarray(0, at), headers),
        window: { startMs: readInt64(bytes, at + 8), endMs: readInt64(bytes, at) },
      };
    },
  };
  canLend(serde, () => {
    const memory = new LentMemory();
    return {
      ...serde,
      serialize: (topic, { key, window }: Windowed<K>, headers) =>
        sessionKey(writtenBytes(keys.serialize(topic, key, headers)), window.startMs, window.endMs, memory),
    };
  });
  return serde;
}

/** `key + int64 start`. */
function timeWindowedKey(key: Uint8Array, startMs: number, memory: LentMemory | undefined): Uint8Array {
  const into = keyAndMore(key, 8, memory);
  writeInt64(into, key.length, startMs);
  return into;
}

/** `key + int64 end + int64 start`: in topics, changelogs and stores alike. Lent, if memory for it is given. */
export function sessionKey(key: Uint8Array, startMs: number, endMs: number, memory?: LentMemory): Uint8Array {
  const into = keyAndMore(key, 16, memory);
  writeInt64(into, key.length, endMs);
  writeInt64(into, key.length + 8, startMs);
  return into;
}

/** What a windowed key has of its inner key. */
function sharedWith<K>(inner: Serde<K>, keys: Serde<K>): Pick<Serde<Windowed<K>>, "partitionOf" | "carriesSchemaId"> {
  return {
    partitionOf: (topic, { key }, headers, partitions) => partitionOfKey(writtenBytes(keys.serialize(topic, key, headers)), partitions),
    ...(inner.carriesSchemaId === undefined ? {} : { carriesSchemaId: inner.carriesSchemaId }),
  };
}
