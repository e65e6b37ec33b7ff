import type { Serde } from "../serdes/serde.ts";
import { lending } from "../serdes/lent-bytes.ts";
import { readsAsWritten, sharedKeys } from "../serdes/shared-bytes.ts";
import { StreamsError } from "../streams-error.ts";
import type { StoreContext } from "./store-builder.ts";
import { reasonOf } from "../thrown.ts";
import { writtenBytes } from "../serdes/written-bytes.ts";

/** What every store with serdes has: its name, whether it is open, and bytes for its keys and values. Errors of serdes are told with the store's name. */
export abstract class TypedStore<K, V> {
  readonly name: string;
  readonly #key: Serde<K>;
  readonly #value: Serde<V>;
  readonly #topic: string;
  /** Whether what is read of a key's bytes is the very key, so that it need not be read. */
  protected readonly readsKeysAsWritten: boolean;
  protected readonly context: StoreContext;
  #isOpen = true;

  constructor(name: string, key: Serde<K>, value: Serde<V>, context: StoreContext) {
    this.name = name;
    this.#key = sharedKeys(key);
    this.readsKeysAsWritten = readsAsWritten(key);
    this.#value = lending(value);
    this.#topic = context.changelogTopic;
    this.context = context;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  protected markClosed(): void {
    this.#isOpen = false;
  }

  /** Throws when the store is closed (`STREAMS_CLOSED`) or the key is null (`STREAMS_NULL_KEY`). */
  protected keyBytes(key: K): Uint8Array {
    this.checkOpen();
    if (key === null || key === undefined)
      throw new StreamsError("STREAMS_NULL_KEY", `Store ${this.name} was given a null key, which none of its entries can have.`);
    try {
      return writtenBytes(this.#key.serialize(this.#topic, key, this.context.record.headers));
    } catch (cause) {
      throw this.#failed("write", "key", this.#key.name, cause);
    }
  }

  /** Valid until it is called again. */
  protected valueBytes(value: V): Uint8Array {
    try {
      return writtenBytes(this.#value.serialize(this.#topic, value, this.context.record.headers));
    } catch (cause) {
      throw this.#failed("write", "value", this.#value.name, cause);
    }
  }

  protected keyFrom(bytes: Uint8Array): K {
    try {
      return this.#key.deserialize(this.#topic, bytes, this.context.record.headers);
    } catch (cause) {
      throw this.#failed("read", "key", this.#key.name, cause);
    }
  }

  protected valueFrom(bytes: Uint8Array): V {
    try {
      return this.#value.deserialize(this.#topic, bytes, this.context.record.headers);
    } catch (cause) {
      throw this.#failed("read", "value", this.#value.name, cause);
    }
  }

  protected checkOpen(): void {
    if (!this.#isOpen) throw new StreamsError("STREAMS_CLOSED", `Store ${this.name} is closed: it belongs to a task that has ended.`);
  }

  #failed(verb: "read" | "write", what: "key" | "value", serde: string, cause: unknown): StreamsError {
    const reason = reasonOf(cause);
    const code = verb === "read" ? "STREAMS_DESERIALIZATION" : "STREAMS_SERIALIZATION";
    return new StreamsError(code, `Store ${this.name} cannot ${verb} a ${what} with serde ${serde}: ${reason}`, { cause });
  }
}
