import type { Clock } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import { CloseTime } from "../close-time.ts";
import { lifetimeOf } from "../lifetime.ts";
import { invalid } from "../options/argument-checks.ts";
import type { Producer } from "../producer/producer-types.ts";
import type { BatchReport, DeliveryCallback, ProducerRecord, RecordMetadata, SendOptions } from "../producer/record-types.ts";
import { EncodeLine } from "./encode-line.ts";
import type { RecordToSend, TypedProducer } from "./topic-types.ts";

/** What an encoder makes of a record. */
export type Encode<Key, Value> = (record: RecordToSend<Key, Value>) => ProducerRecord | Promise<ProducerRecord>;

/** How long a close waits for serdes unless told otherwise: as long as a producer waits for its deliveries. */
const CLOSE_TIMEOUT_MS = 120_000;

/** See {@link TypedProducer}. While no serde is asynchronous a record goes to the producer within the call. */
export class EncodingProducer<Key, Value> implements TypedProducer<Key, Value> {
  readonly raw: Producer;
  readonly #encode: Encode<Key, Value>;
  readonly #ownsRaw: boolean;
  readonly #clock: Clock;
  readonly #line = new EncodeLine();
  #isClosed = false;

  constructor(raw: Producer, ownsRaw: boolean, encode: Encode<Key, Value>, clock: Clock) {
    this.raw = raw;
    this.#ownsRaw = ownsRaw;
    this.#encode = encode;
    this.#clock = clock;
  }

  send(record: RecordToSend<Key, Value>, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<RecordMetadata[]>;
  async send(
    input: RecordToSend<Key, Value> | readonly RecordToSend<Key, Value>[],
    options?: SendOptions,
  ): Promise<RecordMetadata | RecordMetadata[]> {
    this.#checkUsable();
    if (!Array.isArray(input))
      return this.#inOrder(this.#encode(input as RecordToSend<Key, Value>), options, (one) => this.raw.send(one, options));
    const outcomes = await Promise.allSettled((input as readonly RecordToSend<Key, Value>[]).map((each) => this.send(each, options)));
    return outcomes.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  async sendBatch(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<BatchReport> {
    this.#checkUsable();
    if (!Array.isArray(records)) throw invalid("sendBatch: records", records, "a list of records");
    const failures: Error[] = [];
    const encoded = (records as readonly RecordToSend<Key, Value>[]).map((record) => this.#tryEncode(record, failures));
    const all = encoded.some((each) => each instanceof Promise)
      ? Promise.all(encoded.map((each) => Promise.resolve(each)))
      : (encoded as (ProducerRecord | undefined)[]);
    const report = await this.#inOrder(all, options, (list) =>
      this.raw.sendBatch(
        list.filter((each) => each !== undefined),
        options,
      ),
    );
    if (failures.length === 0) return report;
    return { ...report, failed: report.failed + failures.length, error: failures[0] };
  }

  enqueue(record: RecordToSend<Key, Value>, onDelivery?: DeliveryCallback): Promise<void> | undefined {
    this.#checkUsable();
    const encoded = this.#tryEncode(record, [], onDelivery);
    if (encoded === undefined) return undefined;
    if (!(encoded instanceof Promise) && !this.#line.isBusy) return this.raw.enqueue(encoded, onDelivery);
    this.#line.checkRoom();
    return this.#line.join(encoded, (one) => (one === undefined ? undefined : this.raw.enqueue(one, onDelivery)));
  }

  async flush(options?: SendOptions): Promise<void> {
    await this.#bounded(this.#line.over, options?.signal);
    await this.raw.flush(options);
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#isClosed = true;
    const startMs = this.#clock.monotonicMs();
    const time = new CloseTime(this.#clock);
    time.within(options.timeoutMs ?? CLOSE_TIMEOUT_MS);
    await Promise.race([this.#line.over, time.over]);
    time.release();
    if (!this.#ownsRaw) return;
    const { timeoutMs } = options;
    await this.raw.close(timeoutMs === undefined ? {} : { timeoutMs: Math.max(0, timeoutMs - (this.#clock.monotonicMs() - startMs)) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What was encoded; what failed goes to `onFailure`, or stands in `failures`, and is undefined. */
  #tryEncode(
    record: RecordToSend<Key, Value>,
    failures: Error[],
    onFailure: DeliveryCallback = () => {},
  ): ProducerRecord | undefined | Promise<ProducerRecord | undefined> {
    const failed = (error: unknown): undefined => {
      failures.push(error as Error);
      onFailure(error as Error, undefined);
    };
    try {
      const encoded = this.#encode(record);
      return encoded instanceof Promise ? encoded.catch(failed) : encoded;
    } catch (error) {
      return failed(error);
    }
  }

  #inOrder<Thing, Result>(
    thing: Thing | Promise<Thing>,
    options: SendOptions | undefined,
    handOn: (thing: Thing) => Promise<Result>,
  ): Promise<Result> {
    if (!(thing instanceof Promise) && !this.#line.isBusy) return handOn(thing);
    this.#line.checkRoom();
    return this.#bounded(this.#line.join(thing, handOn), options?.signal);
  }

  /** Rejects as soon as the caller's signal comes. */
  #bounded<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (signal === undefined) return promise;
    return new Promise((resolve, reject) => {
      const forget = lifetimeOf(signal).onEnd(reject);
      promise.then(resolve, reject).finally(forget);
    });
  }

  #checkUsable(): void {
    if (this.#isClosed) throw new ClientError("CLIENT_CLOSED", "The producer was closed.");
  }
}
