import type { Serde } from "../serdes/serde.ts";
import type { FlushesInSteps, FlushWalk, GivesUpInSteps, TakesSteps } from "./flushes-in-steps.ts";
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

  restore(key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    this.checkOpen();
    this.bytes.restore(key, value, timestamp);
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
