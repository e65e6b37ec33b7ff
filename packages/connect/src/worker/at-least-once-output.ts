import type { Clock, Logger, Timer } from "@ottla/base";
import type { DeliveryListener, Producer, ProducerRecord } from "@ottla/client";
import type { SourcePlace } from "../data/connect-record.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import { placeKey } from "../storage/place-json.ts";
import { AckedSegments, type Segment } from "./acked-segments.ts";
import { Acks } from "./acks.ts";
import { inTime } from "./in-time.ts";
import { isForGood, requirePlaces } from "./source-places.ts";
import type { SourceOutput } from "./source-output.ts";

/** So many records may be on their way; a source is not asked for more before half of them are durable. */
const IN_FLIGHT_MAX = 50_000;
const CLOSE_MS = 1_000;

/** What it stands on. */
export interface AtLeastOnceOptions {
  readonly producer: Producer;
  /** Resolves when they are durable. */
  readonly commit: (offsets: readonly SourceOffset[]) => Promise<void>;
  /** Told behind each commit, and not waited for by the next. */
  readonly acked: (offsets: readonly SourceOffset[]) => Promise<void>;
  /** Told when the records before it are durable, before its commit; undefined: nobody asks. */
  readonly delivered: ((offset: SourceOffset) => void) | undefined;
  /** What becomes of a record that cannot be written; without it the first one fails the task. */
  readonly tolerate: ((record: ProducerRecord, error: Error) => Promise<void>) | undefined;
  /** Told of the first thing that cannot be mended, also where nobody adds anything more. */
  readonly onFailure: (error: Error) => void;
  readonly commitIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Records first, offsets behind them: after a crash some records come again, and none is missing. */
export class AtLeastOnceOutput implements SourceOutput {
  readonly #options: AtLeastOnceOptions;
  readonly #segments = new AckedSegments();
  #written = 0;
  #failure: Error | undefined;
  #waiting: { readonly limit: number; readonly done: PromiseWithResolvers<void> } | undefined;
  /** Behind durable records, by their partitions. */
  #uncommitted = new Map<string, SourceOffset>();
  #committing: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;
  #isClosed = false;
  readonly #acks: Acks;

  constructor(options: AtLeastOnceOptions) {
    this.#options = options;
    this.#acks = new Acks(options.acked, options.clock, options.logger);
  }

  get inFlight(): number {
    return this.#segments.outstanding;
  }

  get written(): number {
    return this.#written;
  }

  start(): Promise<void> {
    this.#arm();
    return Promise.resolve();
  }

  add(record: ProducerRecord | undefined, partition: SourcePlace, offset: SourcePlace): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const segment = this.#segments.add(record !== undefined, partition, offset);
    if (record === undefined) {
      if (this.#options.delivered !== undefined && this.#segments.outstanding === 0) this.#takeDelivered();
      return undefined;
    }
    const { producer, tolerate } = this.#options;
    const room =
      tolerate === undefined
        ? producer.enqueueFor(this.#listenerOf(segment), record)
        : producer.enqueue(record, (error) => this.#decidedAlone(segment, record, error, tolerate));
    if (this.#segments.outstanding < IN_FLIGHT_MAX) return room;
    return (room ?? Promise.resolve()).then(() => this.#until(IN_FLIGHT_MAX / 2));
  }

  batchEnds(): undefined {
    return undefined;
  }

  async finish(): Promise<void> {
    await this.#options.producer.flush();
    await this.#until(0);
    await this.#commit();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#uncommitted.size > 0) throw new Error("The offsets of what was written could not be committed.");
    await this.#acks.settled();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    // A cluster that takes nothing keeps it for long; what it says then is for nobody.
    await inTime(this.#committing, CLOSE_MS, this.#options.clock);
    // After a finish nothing waits; else what is on its way is given up soon.
    await this.#options.producer.close({ timeoutMs: CLOSE_MS }).catch(() => {});
  }

  #listener: { readonly segment: Segment; readonly listener: DeliveryListener } | undefined;

  #listenerOf(segment: Segment): DeliveryListener {
    if (this.#listener?.segment === segment) return this.#listener.listener;
    const listener: DeliveryListener = {
      onAcknowledged: (_topic, _partition, _endOffset, count) => {
        this.#written += count;
        this.#decided(segment, count);
      },
      onFailed: (error) => this.#fail(error),
    };
    this.#listener = { segment, listener };
    return listener;
  }

  #decidedAlone(
    segment: Segment,
    record: ProducerRecord,
    error: Error | undefined,
    tolerate: (record: ProducerRecord, error: Error) => Promise<void>,
  ): void {
    if (error === undefined) {
      this.#written++;
      return this.#decided(segment, 1);
    }
    // Its dead letter is durable before its offset may be.
    tolerate(record, error).then(
      () => this.#decided(segment, 1),
      (failure: unknown) => this.#fail(failure instanceof Error ? failure : new Error(String(failure))),
    );
    return undefined;
  }

  #decided(segment: Segment, count: number): void {
    this.#segments.decided(segment, count);
    if (segment.outstanding === 0 && this.#options.delivered !== undefined) this.#takeDelivered();
    const waiting = this.#waiting;
    if (waiting !== undefined && this.#segments.outstanding <= waiting.limit) {
      this.#waiting = undefined;
      waiting.done.resolve();
    }
  }

  #takeDelivered(): void {
    for (const offset of this.#segments.take()) {
      this.#uncommitted.set(placeKey(offset.partition), offset);
      this.#options.delivered?.(offset);
    }
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#waiting?.done.reject(this.#failure);
    this.#waiting = undefined;
    this.#options.onFailure(error);
  }

  async #until(limit: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#segments.outstanding <= limit) return;
    this.#waiting = { limit, done: Promise.withResolvers() };
    await this.#waiting.done.promise;
  }

  #arm(): void {
    this.#timer = this.#options.clock.schedule(this.#options.commitIntervalMs, () => {
      void this.#commit().then(() => {
        if (!this.#isClosed) this.#arm();
      });
    });
  }

  /** One at a time; what could not be committed is tried again with the next. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(async () => {
      const { commit, logger } = this.#options;
      this.#takeDelivered();
      if (this.#uncommitted.size === 0) return;
      const taken = this.#uncommitted;
      this.#uncommitted = new Map();
      const offsets = [...taken.values()];
      try {
        requirePlaces(offsets);
        await commit(offsets);
      } catch (error) {
        if (isForGood(error)) return this.#fail(error);
        for (const [key, offset] of taken) if (!this.#uncommitted.has(key)) this.#uncommitted.set(key, offset);
        logger.warn("offsets could not be committed; they are tried again", { error });
        return;
      }
      // Behind its end a plugin is told nothing more.
      if (!this.#isClosed) this.#acks.add(offsets);
    });
    return this.#committing;
  }
}
