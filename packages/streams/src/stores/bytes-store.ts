import type { Serde } from "../serdes/serde.ts";
import type { FlushesInSteps, FlushWalk, GivesUpInSteps, TakesSteps } from "./flushes-in-steps.ts";
import { StreamsError } from "../streams-error.ts";
import type { StateStore } from "./store.ts";
import type { StoreContext } from "./store-builder.ts";
import { TypedStore } from "./typed-store.ts";

/** What the layers of bytes have in common, whatever their kind of store. */
export interface StoredInBytes {
  readonly isPersistent: boolean;
  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void;
  readonly judgeAsOf?: StateStore["judgeAsOf"];
  flush(): void;
  readonly beginFlush?: FlushesInSteps["beginFlush"];
  readonly giveUpTo?: GivesUpInSteps["giveUpTo"];
  close(): void;
}

/** A store with serdes on top of one of bytes, which it has for itself: restored, flushed and closed with it. */
export abstract class BytesStore<K, V, Bytes extends StoredInBytes> extends TypedStore<K, V> {
  protected bytes: Bytes;

  constructor(name: string, key: Serde<K>, value: Serde<V>, bytes: Bytes, context: StoreContext) {
    super(name, key, value, context);
    this.bytes = bytes;
  }

  /** What it keeps, as bytes: for those who ask from outside its task. */
  get stored(): Bytes {
    return this.bytes;
  }

  /** Puts something before what keeps the bytes, or takes it away again: for those who watch what is written. Only between records. */
  exchange(wrap: (bytes: Bytes) => Bytes): void {
    this.bytes = wrap(this.bytes);
  }

  get isPersistent(): boolean {
    return this.bytes.isPersistent;
  }

  /** Throws `STREAMS_INTERNAL_TOPIC` where no store of this kind wrote that key. */
  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.checkOpen();
    if (!this.mayHaveWritten(key)) throw writtenByOthers(this.name, this.context.changelogTopic, key);
    this.bytes.restore(key, value, timestamp);
  }

  /** Whether a key of its changelog may be one of its own. */
  protected mayHaveWritten(_key: Uint8Array): boolean {
    return true;
  }

  judgeAsOf(streamTimeMs: number): boolean {
    return this.bytes.judgeAsOf?.(streamTimeMs) ?? true;
  }

  flush(): void {
    this.bytes.flush();
  }

  beginFlush(): FlushWalk | undefined {
    return this.bytes.beginFlush?.();
  }

  giveUpTo(steps: TakesSteps): void {
    this.bytes.giveUpTo?.(steps);
  }

  close(): void {
    if (!this.isOpen) return;
    this.markClosed();
    this.bytes.close();
  }
}

const SHOWN_BYTES_MAX = 64;

function writtenByOthers(name: string, topic: string, key: Uint8Array): StreamsError {
  const shown = Buffer.from(key.subarray(0, SHOWN_BYTES_MAX)).toString("hex") + (key.length > SHOWN_BYTES_MAX ? "…" : "");
  return new StreamsError(
    "STREAMS_INTERNAL_TOPIC",
    `Topic ${topic} has a key that store ${name} cannot have written (${shown}): a store of another kind had this name. Give the store another name, or reset the application, which removes the topic.`,
    { place: { topic } },
  );
}
