import type { BytesLike } from "../bytes.ts";
import type {
  Consumer,
  ConsumerCloseOptions,
  ConsumerBatch,
  ConsumerOptions,
  ConsumerRecord,
  RebalanceListener,
  RecordHeader,
  TopicPartitionOffset,
  WaitOptions,
} from "../consumer/consumer-types.ts";
import type { BatchContext, ConsumerHealth, RecordContext, RunOptions } from "../consumer/run/run-types.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Producer } from "../producer/producer-types.ts";
import type { BatchReport, DeliveryCallback, ProducerRecord, RecordMetadata, SendOptions } from "../producer/record-types.ts";
import type { RecordDecodeError } from "./record-decode-error.ts";
import type { Serde } from "./serde.ts";

/** A serde of whatever types. */
export type AnySerde = Serde<never, unknown>;
/** What a serde sends. */
export type InputOf<S> = S extends Serde<infer Input, infer _> ? Input : never;
/** What a serde reads. */
export type OutputOf<S> = S extends Serde<infer _, infer Output> ? Output : never;

/** Keys and values that nothing was said of: bytes, text for the sender's convenience, or null. */
export type RawSerde = Serde<BytesLike | null, Buffer | null>;

/** How the keys and values of a topic are written; what is left out is raw. */
export interface TopicSerdes<Key extends AnySerde, Value extends AnySerde> {
  readonly key?: Key | undefined;
  readonly value?: Value | undefined;
}

/** A record to send to a typed topic. The key may be left out where it may be null; a tombstone's null is always said. */
export type RecordToSend<Key, Value> = {
  readonly value: Value;
  readonly headers?: ProducerRecord["headers"];
  readonly partition?: number | undefined;
  readonly timestamp?: number | undefined;
} & (null extends Key ? { readonly key?: Key | undefined } : { readonly key: Key });

/** A record of a typed topic that was read and decoded. */
export interface TypedRecord<Name extends string, Key, Value> {
  readonly topic: Name;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Key;
  readonly value: Value;
  readonly headers: readonly RecordHeader[];
  readonly leaderEpoch: number | undefined;
  /** Tells a decoded record from an {@link UndecodedRecord}. */
  readonly error: undefined;
  /** As it was read. */
  readonly raw: ConsumerRecord;
}

/** A record that could not be decoded, handed over as it is (`onUndecodable: "raw"`). */
export interface UndecodedRecord<Name extends string> extends Omit<TypedRecord<Name, Buffer | null, Buffer | null>, "error"> {
  readonly error: RecordDecodeError;
}

/** A topic's name with the types of its keys and values; belongs to no client. Made by `defineTopic`. */
export interface TopicDefinition<Name extends string, Key extends AnySerde, Value extends AnySerde> {
  readonly name: Name;
  readonly serdes: { readonly key: Key; readonly value: Value };
  /**
   * As a producer, a transaction or an outbox takes it; a promise only if a serde gives one. Throws `ClientError` UNENCODABLE_RECORD, which names the topic and the
   * field.
   */
  encode(record: RecordToSend<InputOf<Key>, InputOf<Value>>): ProducerRecord | Promise<ProducerRecord>;
  /** A promise only if a serde gives one. Throws {@link RecordDecodeError}. */
  decode(
    record: ConsumerRecord,
  ): TypedRecord<Name, OutputOf<Key>, OutputOf<Value>> | Promise<TypedRecord<Name, OutputOf<Key>, OutputOf<Value>>>;
}

/** A topic definition of whatever types. */
export interface AnyTopic {
  readonly name: string;
  encode(record: never): ProducerRecord | Promise<ProducerRecord>;
  decode(record: ConsumerRecord): TypedRecord<string, unknown, unknown> | Promise<TypedRecord<string, unknown, unknown>>;
}
/** What is read from a topic: `RecordOf<typeof orders>`; of a union of topics a union that `record.topic` tells apart. */
export type RecordOf<T> = T extends {
  readonly name: infer Name extends string;
  readonly serdes: { readonly key: infer Key; readonly value: infer Value };
}
  ? TypedRecord<Name, OutputOf<Key>, OutputOf<Value>>
  : never;

/** What may be done with a record that cannot be decoded. */
export type UndecodableDecision = "throw" | "skip";

export interface TypedConsumerOptions extends ConsumerOptions {
  /**
   * What happens to a record that cannot be decoded. `"throw"` (default): the loop ends with {@link RecordDecodeError}, the record is delivered and not consumed.
   * `"skip"`: the next one comes, the logger is warned. `"raw"`: it is handed over undecoded, `record.error` says why. A function decides for each record, after
   * it has stored the record elsewhere, say; it may be asynchronous.
   */
  readonly onUndecodable?:
    | UndecodableDecision
    | "raw"
    | ((error: RecordDecodeError) => UndecodableDecision | Promise<UndecodableDecision>)
    | undefined;
  /** As given to `subscribe`. */
  readonly listener?: RebalanceListener | undefined;
}

/** Undecoded records come only from a consumer that asked for them. */
export type ReadBy<T extends AnyTopic, Options> =
  | RecordOf<T>
  | (Options extends { readonly onUndecodable: infer Choice } ? ("raw" extends Choice ? UndecodedRecord<T["name"]> : never) : never);

/**
 * Sends records to one typed topic. Records of one partition are sent in the order of the calls, also when their serdes are asynchronous. Flush, commit and close of the producer underneath wait
 * for serdes. A record that a serde refuses (`ClientError` UNENCODABLE_RECORD) fails as one that cannot be delivered: in a transaction it fails the transaction.
 */
export interface TypedSends<Key, Value> {
  /** As `Producer.send`. */
  send(record: RecordToSend<Key, Value>, options?: SendOptions): Promise<RecordMetadata>;
  send(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<RecordMetadata[]>;
  /** As `Producer.sendBatch`; a record that cannot be encoded counts as failed. */
  sendBatch(records: readonly RecordToSend<Key, Value>[], options?: SendOptions): Promise<BatchReport>;
  /** As `Producer.enqueue`. */
  enqueue(record: RecordToSend<Key, Value>, onDelivery?: DeliveryCallback): Promise<void> | undefined;
}

/** A producer of one typed topic. */
export interface TypedProducer<Key, Value> extends TypedSends<Key, Value>, AsyncDisposable {
  /** The producer underneath, which may serve other topics, too. Its transactions are this one's. */
  readonly raw: Producer;
  flush(options?: SendOptions): Promise<void>;
  /** Waits for what is being encoded, then closes the producer underneath, unless that was handed in. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** A batch of a typed topic with its records decoded. */
export interface TypedBatch<Read> extends Omit<ConsumerBatch, "cursor" | typeof Symbol.iterator> {
  readonly records: readonly Read[];
  /** As it was read. */
  readonly raw: ConsumerBatch;
}

/** As `BatchContext`, for records that are decoded. */
export interface TypedBatchContext<Read> extends Omit<BatchContext, "done"> {
  done(record: Read): void;
}

/** As `RunOptions`, for records that are decoded. */
export interface TypedRunOptions<Read> extends Omit<RunOptions, "eachRecord" | "eachBatch"> {
  readonly eachRecord?: ((record: Read, context: RecordContext) => unknown) | undefined;
  /** Called for each batch, in the order of its partition, in place of `eachRecord`. */
  readonly eachBatch?: ((batch: TypedBatch<Read>, context: TypedBatchContext<Read>) => unknown) | undefined;
}

/** Reads typed topics. With a `groupId` it is subscribed to them; without, `raw.assign` says what to read. */
export interface TypedConsumer<Read> extends AsyncDisposable {
  /** The consumer underneath, for seek, pause, positions and the rest. Its own loops and polls take records away from this one's. */
  readonly raw: Consumer;
  /** As `Consumer.records`, decoded. */
  records(options?: WaitOptions): AsyncIterableIterator<Read, undefined>;
  /** As `Consumer.batches`, decoded. A record that cannot be decoded ends the loop, or is left out of its batch, or stands in it raw. */
  batches(options?: WaitOptions): AsyncIterableIterator<TypedBatch<Read>, undefined>;
  /**
   * As `Consumer.run`, decoded. A record (or the batch of one) that cannot be decoded has failed as if its handler had thrown the {@link RecordDecodeError}, so `onError` decides; with
   * `onUndecodable` it may be skipped or handed over raw before that.
   */
  run(options: TypedRunOptions<Read>): Promise<void>;
  health(): ConsumerHealth;
  /** As `Consumer.commit`. */
  commit(what?: Read | TypedBatch<Read> | readonly TopicPartitionOffset[], options?: CallOptions): Promise<void>;
  close(options?: ConsumerCloseOptions): Promise<void>;
}
