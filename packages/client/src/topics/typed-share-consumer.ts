import type { Logger } from "@ottla/base";
import type { WaitOptions } from "../consumer/consumer-types.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { ShareHealth } from "../share/run/share-run-types.ts";
import type { ShareRecord } from "../share/share-record-types.ts";
import type { AcknowledgeType, ShareCloseOptions, ShareConsumer } from "../share/share-types.ts";
import { DecodingIterator } from "./decoding-iterator.ts";
import type { RecordDecodeError } from "./record-decode-error.ts";
import { type Read, RecordDecoder } from "./record-decoder.ts";
import type { AnyTopic } from "./topic-types.ts";
import type { Held, TypedShareConsumer, TypedShareConsumerOptions, TypedShareRunOptions } from "./typed-share-types.ts";

/** See {@link TypedShareConsumer}. */
export class DecodingShareConsumer implements TypedShareConsumer<Held<Read>> {
  readonly raw: ShareConsumer;
  readonly #decoder: RecordDecoder;
  readonly #onUndecodable: NonNullable<TypedShareConsumerOptions["onUndecodable"]>;
  readonly #logger: Logger;

  constructor(
    raw: ShareConsumer,
    topics: ReadonlyMap<string, AnyTopic>,
    onUndecodable: TypedShareConsumerOptions["onUndecodable"],
    logger: Logger,
  ) {
    this.raw = raw;
    this.#decoder = new RecordDecoder(topics, (error) => this.#decide(error));
    this.#onUndecodable = onUndecodable ?? "throw";
    this.#logger = logger;
  }

  records(options?: WaitOptions): AsyncIterableIterator<Held<Read>, undefined> {
    return new DecodingIterator(this.raw.records(options), (record: ShareRecord) => this.#decode(record));
  }

  run(options: TypedShareRunOptions<Held<Read>>): Promise<void> {
    const { eachRecord } = options ?? {};
    // What is no function is refused by the consumer underneath, under its own name.
    if (typeof eachRecord !== "function") return this.raw.run(options as never);
    return this.raw.run({
      ...options,
      eachRecord: (record, context) => {
        const decoded = this.#decode(record);
        if (decoded instanceof Promise) return decoded.then((read) => read && eachRecord(read, context));
        return decoded && eachRecord(decoded, context);
      },
    });
  }

  health(): ShareHealth {
    return this.raw.health();
  }

  acknowledge(record: Held<Read>, type?: AcknowledgeType): void {
    this.raw.acknowledge(typeof record === "object" && record !== null ? record.raw : record, type);
  }

  commit(options?: CallOptions): Promise<void> {
    return this.raw.commit(options);
  }

  close(options?: ShareCloseOptions): Promise<void> {
    return this.raw.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #decode(record: ShareRecord): Held<Read> | undefined | Promise<Held<Read> | undefined> {
    const decoded = this.#decoder.decode(record);
    if (decoded instanceof Promise) return decoded.then((read) => read && new DecodedShareRecord(read, record));
    return decoded && new DecodedShareRecord(decoded, record);
  }

  #decide(error: RecordDecodeError): Read | undefined | Promise<undefined> {
    const choice = this.#onUndecodable;
    const record = error.record as ShareRecord;
    if (choice === "raw") {
      const { topic, partition, offset, timestamp, key, value, headers, leaderEpoch } = record;
      return { topic, partition, offset, timestamp, key, value, headers, leaderEpoch, error, raw: record };
    }
    const decision = typeof choice === "function" ? choice(error) : choice;
    const carryOut = (decided: string): undefined => {
      if (decided !== "reject" && decided !== "accept") throw error;
      const { topic, partition, offset, field } = error;
      this.#logger.warn(`${decided}ed a record that cannot be decoded`, { topic, partition, offset, field, error: error.message });
      // Whose lock was lost meanwhile is somebody else's to judge.
      if (record.isHeld) record[decided]();
    };
    return typeof decision === "string" ? carryOut(decision) : decision.then(carryOut);
  }
}

/** A decoded record and the lock of the one that it was read from. */
class DecodedShareRecord implements Held<Read> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: Read["headers"];
  readonly leaderEpoch: number | undefined;
  readonly error: RecordDecodeError | undefined;
  readonly raw: ShareRecord;

  constructor(read: Read, raw: ShareRecord) {
    this.topic = read.topic;
    this.partition = read.partition;
    this.offset = read.offset;
    this.timestamp = read.timestamp;
    this.key = read.key;
    this.value = read.value;
    this.headers = read.headers;
    this.leaderEpoch = read.leaderEpoch;
    this.error = read.error;
    this.raw = raw;
  }

  get deliveryCount(): number {
    return this.raw.deliveryCount;
  }

  get isHeld(): boolean {
    return this.raw.isHeld;
  }

  accept(): void {
    this.raw.accept();
  }

  release(): void {
    this.raw.release();
  }

  reject(): void {
    this.raw.reject();
  }

  renew(): Promise<void> {
    return this.raw.renew();
  }
}
