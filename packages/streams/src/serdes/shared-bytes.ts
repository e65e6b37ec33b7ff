import type { Headers } from "../record.ts";
import { bigint, integer, long, short, string } from "./primitive-serdes.ts";
import type { AnySerde, Serde } from "./serde.ts";

/** Longer bytes are made each time: only so much of a text is compared, and held for the next one. */
const REMEMBERED_BYTES_MAX = 1_024;

/**
 * Remembers the last value and its bytes: a record's key is written for a read, a put and a sink, one after another, and each gets the same bytes; what was written a moment ago need not be
 * read. For serdes whose bytes hang on nothing but the value, and values on nothing but the bytes, and of types that cannot change.
 */
class LastBytes<T> implements Serde<T> {
  readonly name: string;
  readonly #serde: Serde<T>;
  #value: T | undefined;
  #bytes: Uint8Array | undefined;

  constructor(serde: Serde<T>) {
    this.name = serde.name;
    this.#serde = serde;
  }

  serialize(topic: string, value: T, headers: Headers): Uint8Array {
    if (value === this.#value && this.#bytes !== undefined) return this.#bytes;
    const bytes = this.#serde.serialize(topic, value, headers);
    if (bytes.length <= REMEMBERED_BYTES_MAX) {
      // What is read of the bytes of −0 is 0.
      this.#value = value === 0 ? (0 as T) : value;
      this.#bytes = bytes;
    }
    return bytes;
  }

  deserialize(topic: string, bytes: Uint8Array, headers: Headers): T {
    return bytes === this.#bytes ? (this.#value as T) : this.#serde.deserialize(topic, bytes, headers);
  }

  forget(): void {
    this.#value = undefined;
    this.#bytes = undefined;
  }
}

/** Doubles are not among them, whose 0 and −0 are the same number and have other bytes; nor UUIDs, which are read in small letters however they were written. */
const remembered: readonly unknown[] = [string, long, integer, short, bigint];
const ofKeys = new Map(remembered.map((serde) => [serde, new LastBytes(serde as AnySerde)]));
const ofValues = new Map(remembered.map((serde) => [serde, new LastBytes(serde as AnySerde)]));

/** Whether what it reads of a value's bytes is that very value; of −0, which no topic gives, it is 0. */
export function readsAsWritten(serde: object): boolean {
  return ofKeys.has(serde);
}

/** The serde for keys, between parts of the library that never change bytes: keys that are the same one after another may have the very same bytes. */
export function sharedKeys<T>(serde: Serde<T>): Serde<T> {
  return (ofKeys.get(serde) as Serde<T> | undefined) ?? serde;
}

/** Likewise for values, so that a record's value does not displace its key. */
export function sharedValues<T>(serde: Serde<T>): Serde<T> {
  return (ofValues.get(serde) as Serde<T> | undefined) ?? serde;
}

/** To be called when bytes go to somebody who may change them. */
export function forgetSharedBytes(): void {
  for (const last of ofKeys.values()) last.forget();
  for (const last of ofValues.values()) last.forget();
}
