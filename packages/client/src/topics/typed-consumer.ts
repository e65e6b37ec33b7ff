import type { Logger } from "@ottla/base";
import type {
  Consumer,
  ConsumerBatch,
  ConsumerCloseOptions,
  ConsumerRecord,
  TopicPartitionOffset,
  WaitOptions,
} from "../consumer/consumer-types.ts";
import type { BatchContext, ConsumerHealth, RecordContext } from "../consumer/run/run-types.ts";
import type { CallOptions } from "../options/call-options.ts";
import { DecodingIterator } from "./decoding-iterator.ts";
import type { RecordDecodeError } from "./record-decode-error.ts";
import { type Read, RecordDecoder } from "./record-decoder.ts";
import type { AnyTopic, TypedBatch, TypedConsumer, TypedConsumerOptions, TypedRunOptions } from "./topic-types.ts";

type EachRecord = NonNullable<TypedRunOptions<Read>["eachRecord"]>;
type EachBatch = NonNullable<TypedRunOptions<Read>["eachBatch"]>;

/** See {@link TypedConsumer}. */
export class DecodingConsumer implements TypedConsumer<Read> {
  readonly raw: Consumer;
  readonly #decoder: RecordDecoder;
  readonly #onUndecodable: NonNullable<TypedConsumerOptions["onUndecodable"]>;
  readonly #logger: Logger;

  constructor(raw: Consumer, topics: ReadonlyMap<string, AnyTopic>, onUndecodable: TypedConsumerOptions["onUndecodable"], logger: Logger) {
    this.raw = raw;
    this.#decoder = new RecordDecoder(topics, (error) => this.#decide(error));
    this.#onUndecodable = onUndecodable ?? "throw";
    this.#logger = logger;
  }

  records(options?: WaitOptions): AsyncIterableIterator<Read, undefined> {
    return new DecodingIterator(this.raw.records(options), (record: ConsumerRecord) => this.#decoder.decode(record));
  }

  batches(options?: WaitOptions): AsyncIterableIterator<TypedBatch<Read>, undefined> {
    return new DecodingIterator(this.raw.batches(options), (batch: ConsumerBatch) => this.#decodeBatch(batch));
  }

  run(options: TypedRunOptions<Read>): Promise<void> {
    const { eachRecord, eachBatch, ...others } = options ?? {};
    return this.raw.run({
      ...others,
      ...(eachRecord === undefined ? {} : { eachRecord: typeof eachRecord === "function" ? this.#onRecord(eachRecord) : eachRecord }),
      ...(eachBatch === undefined ? {} : { eachBatch: typeof eachBatch === "function" ? this.#onBatch(eachBatch) : eachBatch }),
    });
  }

  health(): ConsumerHealth {
    return this.raw.health();
  }

  async commit(what?: Read | TypedBatch<Read> | readonly TopicPartitionOffset[], options?: CallOptions): Promise<void> {
    // What is no object is refused by the consumer underneath.
    await this.raw.commit(typeof what === "object" && what !== null && "raw" in what ? what.raw : what, options);
  }

  close(options?: ConsumerCloseOptions): Promise<void> {
    return this.raw.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #onRecord(eachRecord: EachRecord): (record: ConsumerRecord, context: RecordContext) => unknown {
    return (record, context) => {
      // What came through a retry topic is still a record of its own topic.
      const { topic } = context.origin;
      const decoded = this.#decoder.decode(topic === record.topic ? record : { ...record, topic });
      if (decoded instanceof Promise) return decoded.then((read) => read && eachRecord(read, context));
      return decoded && eachRecord(decoded, context);
    };
  }

  #onBatch(eachBatch: EachBatch): (batch: ConsumerBatch, context: BatchContext) => unknown {
    return async (batch, context) => {
      const { signal, attempt } = context;
      return eachBatch(await this.#decodeBatch(batch), { signal, attempt, done: (read) => context.done(read.raw) });
    };
  }

  async #decodeBatch(batch: ConsumerBatch): Promise<TypedBatch<Read>> {
    const records: Read[] = [];
    for (const record of batch) {
      const decoded = this.#decoder.decode(record);
      const read = decoded instanceof Promise ? await decoded : decoded;
      if (read !== undefined) records.push(read);
    }
    const { topic, partition, startOffset, nextOffset, highWatermark, lastStableOffset, logStartOffset, sizeBytes, recordCountMax, codec } =
      batch;
    const places = { topic, partition, startOffset, nextOffset, highWatermark, lastStableOffset, logStartOffset };
    return { ...places, sizeBytes, recordCountMax, codec, records, raw: batch };
  }

  #decide(error: RecordDecodeError): Read | undefined | Promise<Read | undefined> {
    const choice = this.#onUndecodable;
    if (choice === "raw") return { ...error.record, error, raw: error.record };
    const decision = typeof choice === "function" ? choice(error) : choice;
    const carryOut = (decided: string): undefined => {
      if (decided !== "skip") throw error;
      const { topic, partition, offset, field } = error;
      this.#logger.warn("skipped a record that cannot be decoded", { topic, partition, offset, field, error: error.message });
    };
    return typeof decision === "string" ? carryOut(decision) : decision.then(carryOut);
  }
}
