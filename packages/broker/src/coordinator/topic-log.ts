import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { AppendOptions, VerificationOutcome } from "@ottla/log";
import {
  decodeEndTransactionMarker,
  firstBatch,
  isControl,
  isTransactional,
  NO_SEQUENCE,
  nextBatch,
  producerId,
  RecordBatchBuilder,
  RecordCursor,
} from "@ottla/protocol/records";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import { markerBatch } from "../partitions/partition-markers.ts";
import type { Partition } from "../partitions/partition.ts";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import type { AppendOutcome, CoordinatorLog, LogRecord, RecordTransaction, TransactionEnd } from "./coordinator-log.ts";

const READ_BYTES = 1024 * 1024;

/** What a coordinator's log needs of the broker around it. */
export interface TopicLogDeps {
  /** Name of the internal topic. */
  readonly topic: string;
  readonly metadata: ClusterMetadata;
  readonly partitions: {
    get(topic: string, partition: number): Partition | undefined;
    isUnreadable(topic: string, partition: number): boolean;
  };
  /** How many partitions the topic will have. */
  partitionCountToBe(): number;
  /** max.message.bytes of the topic. */
  maxMessageBytes(): number;
  /** Creates the topic; resolves with the error code when that fails. */
  create(): Promise<number | undefined>;
}

/** A coordinator's log as an ordinary topic of this broker. */
export class TopicLog implements CoordinatorLog {
  readonly topic: string;
  readonly #deps: TopicLogDeps;

  constructor(deps: TopicLogDeps) {
    this.topic = deps.topic;
    this.#deps = deps;
  }

  partitionCount(): number {
    return this.#deps.metadata.topic(this.topic)?.partitions.length ?? this.#deps.partitionCountToBe();
  }

  exists(): boolean {
    return this.#deps.metadata.topic(this.topic) !== undefined;
  }

  async ensureCreated(): Promise<void> {
    if (this.exists()) return;
    const errorCode = await this.#deps.create();
    if (errorCode !== undefined) throw new KafkaError(errorCode);
  }

  leaderOf(partition: number): number {
    return this.#deps.metadata.topic(this.topic)?.partitions[partition]?.leader ?? -1;
  }

  append(partition: number, records: Iterable<LogRecord>, timestampMs: number, transaction?: RecordTransaction): AppendOutcome {
    const limitBytes = this.#deps.maxMessageBytes();
    const builder = new RecordBatchBuilder({ limitBytes, isTransactional: transaction !== undefined });
    if (transaction !== undefined) builder.setProducerState(transaction.producerId, transaction.producerEpoch, NO_SEQUENCE);
    for (const { key, value } of records) {
      if (!builder.append(key, value, [], timestampMs)) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    }
    const batch = builder.close("none");
    // The bound on what one key may make the broker keep: an assignment beyond it is refused, as by Kafka.
    if (batch.length > limitBytes) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    return this.#write(partition, batch, { origin: "coordinator", guard: transaction?.guard });
  }

  appendMarker(partition: number, marker: TransactionMarker, timestampMs: number): AppendOutcome {
    const { transactionVersion } = marker;
    return this.#write(partition, markerBatch(marker, timestampMs), { origin: "marker", transactionVersion });
  }

  startVerification(
    partition: number,
    producer: { readonly producerId: number; readonly producerEpoch: number; readonly raisesEpoch: boolean },
  ): VerificationOutcome {
    const log = this.#deps.partitions.get(this.topic, partition)?.log;
    const code = ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (!log) return { kind: "rejected", errorCode: code, message: `${this.topic}-${partition} is not there.` };
    const isNeeded = producer.raisesEpoch || log.config.verifiesTransactions;
    return isNeeded ? log.startVerification({ ...producer, baseSequence: NO_SEQUENCE }) : { kind: "started", guard: undefined };
  }

  #write(partition: number, batch: Buffer, options: Omit<AppendOptions, "leaderEpoch">): AppendOutcome {
    const { partitions, metadata } = this.#deps;
    const target = partitions.get(this.topic, partition);
    const leaderEpoch = metadata.topic(this.topic)?.partitions[partition]?.leaderEpoch;
    if (!target || leaderEpoch === undefined) return { kind: "error", errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
    const outcome = target.append(batch, { ...options, leaderEpoch });
    if (outcome.kind === "rejected") return { kind: "error", errorCode: outcome.errorCode };
    const durable = target.log.durable(outcome.lastOffset);
    return durable ? { kind: "ok", durable } : { kind: "ok" };
  }

  async *read(partition: number): AsyncIterable<Iterable<LogRecord | TransactionEnd>> {
    const log = this.#deps.partitions.get(this.topic, partition)?.log;
    // One that could not be created yet holds nothing; of one that could not be opened nobody knows.
    if (this.#deps.partitions.isUnreadable(this.topic, partition)) throw new KafkaError(ErrorCode.KAFKA_STORAGE_ERROR);
    if (!log) return;
    const end = log.logEndOffset;
    let offset = log.logStartOffset;
    while (offset < end) {
      const outcome = await log.read(offset, READ_BYTES, { minOneBatch: true, maxOffset: end });
      if (outcome.kind === "rejected") throw new KafkaError(outcome.errorCode);
      if (outcome.sizeBytes === 0) throw new KafkaError(ErrorCode.KAFKA_STORAGE_ERROR);
      try {
        yield recordsOf(outcome.records);
      } finally {
        outcome.release?.();
      }
      outcome.readOn?.();
      offset = outcome.nextOffset;
    }
  }
}

/** The records of whole batches, and the ends of transactions. */
function* recordsOf(chunks: readonly Buffer[]): IterableIterator<LogRecord | TransactionEnd> {
  const record = new StoredRecord();
  const { cursor } = record;
  for (const chunk of chunks) {
    for (let at = firstBatch(chunk); at >= 0; at = nextBatch(chunk, at)) {
      cursor.open(chunk, at);
      if (isControl(chunk, at)) {
        // Compaction may have left a batch without records.
        const marker = cursor.moveNext() ? decodeEndTransactionMarker(cursor) : null;
        if (marker !== null) yield { key: undefined, producerId: producerId(chunk, at), isCommit: marker.outcome === "commit" };
        continue;
      }
      record.producerId = isTransactional(chunk, at) ? producerId(chunk, at) : undefined;
      while (cursor.moveNext()) if (cursor.keyLength >= 0) yield record;
    }
  }
}

/** The record that its cursor stands on. */
class StoredRecord implements LogRecord {
  readonly cursor: RecordCursor = new RecordCursor();
  producerId: number | undefined;

  get key(): Buffer {
    return this.cursor.key()!;
  }

  get value(): Buffer | null {
    return this.cursor.value();
  }
}
