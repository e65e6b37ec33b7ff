import { ErrorCode, KafkaError } from "@ottla/protocol";
import { firstBatch, isTransactional, nextBatch, RecordBatchBuilder, RecordCursor } from "@ottla/protocol/records";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { Partition } from "../partitions/partition.ts";
import type { AppendOutcome, CoordinatorLog, LogRecord } from "./coordinator-log.ts";

const READ_BYTES = 1024 * 1024;

/** What a coordinator's log needs of the broker around it. */
export interface TopicLogDeps {
  /** Name of the internal topic. */
  readonly topic: string;
  readonly metadata: ClusterMetadata;
  readonly partitions: { get(topic: string, partition: number): Partition | undefined };
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

  append(partition: number, records: Iterable<LogRecord>, timestampMs: number): AppendOutcome {
    const { partitions, metadata } = this.#deps;
    const target = partitions.get(this.topic, partition);
    const leaderEpoch = metadata.topic(this.topic)?.partitions[partition]?.leaderEpoch;
    if (!target || leaderEpoch === undefined) return { kind: "error", errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
    const limitBytes = this.#deps.maxMessageBytes();
    const builder = new RecordBatchBuilder({ limitBytes });
    for (const { key, value } of records) {
      if (!builder.append(key, value, [], timestampMs)) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    }
    const batch = builder.close("none");
    // The bound on what one key may make the broker keep: an assignment beyond it is refused, as by Kafka.
    if (batch.length > limitBytes) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    const outcome = target.append(batch, { origin: "coordinator", leaderEpoch });
    if (outcome.kind === "rejected") return { kind: "error", errorCode: outcome.errorCode };
    const durable = target.log.durable(outcome.lastOffset);
    return durable ? { kind: "ok", durable } : { kind: "ok" };
  }

  async *read(partition: number): AsyncIterable<Iterable<LogRecord>> {
    const log = this.#deps.partitions.get(this.topic, partition)?.log;
    if (!log) return;
    const end = log.logEndOffset;
    let offset = log.logStartOffset;
    while (offset < end) {
      const outcome = await log.read(offset, READ_BYTES, { minOneBatch: true, maxOffset: end });
      if (outcome.kind === "rejected") throw new KafkaError(outcome.errorCode);
      if (outcome.sizeBytes === 0) return;
      yield recordsOf(outcome.records);
      offset = outcome.nextOffset;
    }
  }
}

/** The records of whole batches; key and value are views. Control and transactional batches are no records of a coordinator. */
function* recordsOf(chunks: readonly Buffer[]): IterableIterator<LogRecord> {
  const cursor = new RecordCursor();
  for (const chunk of chunks) {
    for (let at = firstBatch(chunk); at >= 0; at = nextBatch(chunk, at)) {
      if (isTransactional(chunk, at)) continue;
      cursor.open(chunk, at);
      while (cursor.moveNext()) {
        if (cursor.keyLength < 0) continue;
        const value = cursor.valueLength < 0 ? null : cursor.bytes.subarray(cursor.valueStart, cursor.valueStart + cursor.valueLength);
        yield { key: cursor.bytes.subarray(cursor.keyStart, cursor.keyStart + cursor.keyLength), value };
      }
    }
  }
}
