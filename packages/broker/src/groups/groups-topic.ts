import { ErrorCode, KafkaError } from "@ottla/protocol";
import { firstBatch, isTransactional, nextBatch, RecordBatchBuilder, RecordCursor } from "@ottla/protocol/records";
import type { BrokerState } from "../broker-state.ts";
import { autoCreateTopics } from "../topics/auto-create.ts";
import type { AppendOutcome, LogRecord, OffsetsTopic } from "./offsets-topic.ts";

const NAME = "__consumer_offsets";
const READ_BYTES = 1024 * 1024;

/** The group coordinator's view of `__consumer_offsets`: an ordinary topic of this broker. */
export class GroupsTopic implements OffsetsTopic {
  readonly #broker: () => BrokerState;

  constructor(broker: () => BrokerState) {
    this.#broker = broker;
  }

  partitionCount(): number {
    const { metadata, config } = this.#broker();
    return metadata.topic(NAME)?.partitions.length ?? config.number("offsets.topic.num.partitions");
  }

  exists(): boolean {
    return this.#broker().metadata.topic(NAME) !== undefined;
  }

  async ensureCreated(): Promise<void> {
    if (this.exists()) return;
    const failures = await autoCreateTopics(this.#broker(), [NAME]);
    const errorCode = failures.get(NAME);
    if (errorCode !== undefined) throw new KafkaError(errorCode);
  }

  leaderOf(partition: number): number {
    return this.#broker().metadata.topic(NAME)?.partitions[partition]?.leader ?? -1;
  }

  append(partition: number, records: readonly LogRecord[], timestampMs: number): AppendOutcome {
    const { partitions, metadata, topicSettings } = this.#broker();
    const target = partitions.get(NAME, partition);
    const leaderEpoch = metadata.topic(NAME)?.partitions[partition]?.leaderEpoch;
    if (!target || leaderEpoch === undefined) return { kind: "error", errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE };
    const builder = new RecordBatchBuilder();
    for (const { key, value } of records) builder.append(key, value, [], timestampMs);
    const batch = builder.close("none");
    // The bound on what one group may make the broker keep: an assignment beyond it is refused, as by Kafka.
    if (batch.length > topicSettings.limits(NAME).maxMessageBytes) return { kind: "error", errorCode: ErrorCode.MESSAGE_TOO_LARGE };
    const outcome = target.append(batch, { origin: "coordinator", leaderEpoch });
    if (outcome.kind === "rejected") return { kind: "error", errorCode: outcome.errorCode };
    const durable = target.log.durable(outcome.lastOffset);
    return durable ? { kind: "ok", durable } : { kind: "ok" };
  }

  async *read(partition: number): AsyncIterable<readonly LogRecord[]> {
    const log = this.#broker().partitions.get(NAME, partition)?.log;
    if (!log) return;
    const end = log.logEndOffset;
    const cursor = new RecordCursor();
    let offset = log.logStartOffset;
    while (offset < end) {
      const outcome = await log.read(offset, READ_BYTES, { minOneBatch: true, maxOffset: end });
      if (outcome.kind === "rejected") throw new KafkaError(outcome.errorCode);
      if (outcome.sizeBytes === 0) return;
      yield outcome.records.flatMap((chunk) => recordsOf(cursor, chunk));
      offset = outcome.nextOffset;
    }
  }
}

/** The records of whole batches; key and value are views. Control and transactional batches are no commits of a classic group. */
function recordsOf(cursor: RecordCursor, chunk: Buffer): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = firstBatch(chunk); at >= 0; at = nextBatch(chunk, at)) {
    if (isTransactional(chunk, at)) continue;
    cursor.open(chunk, at);
    while (cursor.moveNext()) {
      if (cursor.keyLength < 0) continue;
      const value = cursor.valueLength < 0 ? null : cursor.bytes.subarray(cursor.valueStart, cursor.valueStart + cursor.valueLength);
      records.push({ key: cursor.bytes.subarray(cursor.keyStart, cursor.keyStart + cursor.keyLength), value });
    }
  }
  return records;
}
