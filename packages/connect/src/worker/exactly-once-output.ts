import type { Clock, Logger, Timer } from "@ottla/base";
import type { Producer, ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import { placeKey } from "../storage/place-json.ts";
import { Acks } from "./acks.ts";
import { inTime } from "./in-time.ts";
import { requirePlaces } from "./source-places.ts";
import type { SourceOutput } from "./source-output.ts";

/** Where transactions end: `count` records or `intervalMs` after its first record, at the end of a batch of the source; or only where the source says. */
export type TransactionBoundary =
  | { readonly kind: "batches"; readonly count: number; readonly intervalMs: number }
  | { readonly kind: "connector" };

/** What it stands on. */
export interface ExactlyOnceOptions {
  /** Of transactions, of this task's own id: an older one that still runs is fenced by the start. */
  readonly producer: Producer;
  /** What says an offset in the offsets topic. */
  readonly offsetRecords: (offsets: readonly SourceOffset[]) => readonly ProducerRecord[] | Promise<readonly ProducerRecord[]>;
  /** Told behind each commit, and not waited for by the next. */
  readonly acked: (offsets: readonly SourceOffset[]) => Promise<void>;
  readonly boundary: TransactionBoundary;
  /** Told of the first thing that cannot be mended, also where nobody adds anything more. */
  readonly onFailure: (error: Error) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CLOSE_MS = 5_000;

/** Records and their offsets in one transaction (KIP-618): after a crash a source goes on behind exactly what readers of committed records see. */
export class ExactlyOnceOutput implements SourceOutput {
  readonly #options: ExactlyOnceOptions;
  #offsets = new Map<string, SourceOffset>();
  #records = 0;
  #written = 0;
  #isOpen = false;
  /** Nothing was taken since a batch ended. */
  #isAtEnd = true;
  #isDue = false;
  #committing: Promise<void> | undefined;
  #failure: Error | undefined;
  #timer: Timer | undefined;

  readonly #acks: Acks;

  constructor(options: ExactlyOnceOptions) {
    this.#options = options;
    this.#acks = new Acks(options.acked, options.clock, options.logger);
  }

  get inFlight(): number {
    return this.#records;
  }

  get written(): number {
    return this.#written;
  }

  start(): Promise<void> {
    return this.#options.producer.initTransactions();
  }

  add(record: ProducerRecord | undefined, partition: SourcePlace, offset: SourcePlace): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#committing !== undefined) return this.#committing.then(() => this.add(record, partition, offset));
    if (!this.#isOpen) return this.#begin().then(() => this.add(record, partition, offset));
    this.#isAtEnd = false;
    this.#offsets.set(placeKey(partition), { partition, offset });
    if (record === undefined) return undefined;
    this.#records++;
    return this.#options.producer.enqueue(record);
  }

  batchEnds(ends: boolean): Promise<void> | undefined {
    this.#isAtEnd = true;
    if (!this.#isOpen) return undefined;
    const { boundary } = this.#options;
    const isOver = boundary.kind === "connector" ? ends : ends || this.#isDue || this.#records >= boundary.count;
    return isOver ? this.#commit() : undefined;
  }

  async finish(): Promise<void> {
    await this.#committing;
    // What a source has not said to be whole is not written.
    if (this.#isOpen && this.#isAtEnd && this.#options.boundary.kind === "batches") await this.#commit();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#acks.settled();
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    if (this.#committing !== undefined) await inTime(this.#committing, CLOSE_MS, this.#options.clock);
    // An open transaction is aborted by it.
    await this.#options.producer.close({ timeoutMs: CLOSE_MS }).catch(() => {});
  }

  async #begin(): Promise<void> {
    const { producer, boundary, clock } = this.#options;
    await producer.begin();
    this.#isOpen = true;
    this.#isDue = false;
    if (boundary.kind === "connector") return;
    this.#timer = clock.schedule(boundary.intervalMs, () => {
      this.#isDue = true;
      // A source that is silent now would leave it open.
      if (this.#isAtEnd && this.#isOpen) this.#commit().catch(() => {});
    });
  }

  #commit(): Promise<void> {
    this.#committing ??= this.#commitNow().finally(() => {
      this.#committing = undefined;
    });
    return this.#committing;
  }

  async #commitNow(): Promise<void> {
    const { producer, offsetRecords } = this.#options;
    this.#timer?.cancel();
    const offsets = [...this.#offsets.values()];
    try {
      requirePlaces(offsets);
      await producer.send(await offsetRecords(offsets));
      await producer.commit();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#options.onFailure(this.#failure);
      throw this.#failure;
    }
    this.#written += this.#records;
    this.#records = 0;
    this.#offsets = new Map();
    this.#isOpen = false;
    this.#acks.add(offsets);
  }
}
