import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { readRecords } from "@ottla/protocol/records";
import { RawConnection } from "../wire/raw-connection.ts";
import type { BatchCase } from "./batch-case.ts";
import { type TargetTopic, targetTopics } from "./target-topics.ts";

/** What a broker made of one batch, without what differs by the moment: offsets count from the log's end before, broker times are "now". */
export interface Observation {
  readonly errorCode: number | "closed";
  readonly baseOffset: number;
  readonly logAppendTime: "none" | "now" | "other";
  readonly logStartOffset: number;
  readonly recordErrors: readonly number[];
  readonly hasRecordMessages: boolean;
  /** Compared by nobody: Apache Kafka sends one with record errors only. */
  readonly message: string | null;
  /** The batch as it was fetched back; undefined where nothing was stored. */
  readonly stored: StoredBatch | undefined;
  /** Offset of the record that a look-up of the largest time finds, from the end before; the answer's error where it fails. */
  readonly offsetOfMaxTimestamp: number | string | undefined;
}

export interface StoredBatch {
  readonly baseOffset: number;
  readonly isAsSent: boolean;
  /** Where the batch was packed anew: its records, as JSON. */
  readonly records: string | undefined;
  readonly attributes: number;
  readonly lastOffsetDelta: number;
  readonly baseTimestamp: string;
  readonly maxTimestamp: string;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

const MINUTES_MS = 600_000;

function isNow(ms: number): boolean {
  return Math.abs(Date.now() - ms) < MINUTES_MS;
}

/** One broker, asked case by case. */
export class Observer {
  readonly #bootstrap: string;
  #connection: RawConnection;

  private constructor(bootstrap: string, connection: RawConnection) {
    this.#bootstrap = bootstrap;
    this.#connection = connection;
  }

  /** Connects and creates the topics. */
  static async start(bootstrap: string): Promise<Observer> {
    const connection = await RawConnection.open(bootstrap);
    const topics = Object.entries(targetTopics).map(([name, configs]) =>
      makeCreatableTopic({
        name,
        numPartitions: 1,
        replicationFactor: 1,
        configs: Object.entries(configs).map(([key, value]) => makeCreatableTopicConfig({ name: key, value: String(value) })),
      }),
    );
    const answer = await connection.ask(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 30_000 }));
    const refused = answer?.topics.filter(({ errorCode }) => errorCode !== 0) ?? [];
    if (answer === undefined || refused.length > 0) throw new Error(`The topics were not created: ${JSON.stringify(refused)}`);
    const observer = new Observer(bootstrap, connection);
    for (const topic of Object.keys(targetTopics) as TargetTopic[]) await observer.#waitForLeader(topic);
    return observer;
  }

  async observe({ topic, records, version = 9 }: BatchCase): Promise<Observation> {
    const end = await this.#endOffset(topic);
    const partitionData = [makePartitionProduceData({ index: 0, records })];
    const request = makeProduceRequest({ acks: -1, timeoutMs: 10_000, topicData: [makeTopicProduceData({ name: topic, partitionData })] });
    const answer = await this.#connection.ask(produceApi, version, request);
    if (answer === undefined) {
      this.#connection = await RawConnection.open(this.#bootstrap);
      return { ...NOTHING, errorCode: "closed", stored: await this.#storedSince(topic, end, records) };
    }
    const result = answer.responses[0]!.partitionResponses[0]!;
    const { logAppendTimeMs } = result;
    const stored = await this.#storedSince(topic, end, records);
    return {
      errorCode: result.errorCode,
      baseOffset: result.baseOffset < 0 ? result.baseOffset : result.baseOffset - end,
      logAppendTime: logAppendTimeMs === -1 ? "none" : isNow(logAppendTimeMs) ? "now" : "other",
      logStartOffset: result.logStartOffset,
      recordErrors: result.recordErrors.map(({ batchIndex }) => batchIndex),
      hasRecordMessages: result.recordErrors.some(({ batchIndexErrorMessage }) => batchIndexErrorMessage !== null),
      message: result.errorMessage,
      stored,
      offsetOfMaxTimestamp: stored && (await this.#offsetOfTime(topic, stored.maxTimestamp, end)),
    };
  }

  close(): void {
    this.#connection.close();
  }

  async #waitForLeader(topic: TargetTopic): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if ((await this.#listOffset(topic, -1)).errorCode === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`"${topic}" has no leader.`);
  }

  async #listOffset(topic: TargetTopic, timestamp: number): Promise<{ errorCode: number; offset: number }> {
    const partitions = [makeListOffsetsPartition({ partitionIndex: 0, timestamp })];
    const topics = [makeListOffsetsTopic({ name: topic, partitions })];
    const answer = await this.#connection.ask(listOffsetsApi, 7, makeListOffsetsRequest({ replicaId: -1, topics }));
    if (answer === undefined) throw new Error("The broker closed the connection on ListOffsets.");
    return answer.topics[0]!.partitions[0]!;
  }

  async #endOffset(topic: TargetTopic): Promise<number> {
    const { errorCode, offset } = await this.#listOffset(topic, -1);
    if (errorCode !== 0) throw new Error(`ListOffsets of "${topic}" failed with ${errorCode}.`);
    return offset;
  }

  async #offsetOfTime(topic: TargetTopic, maxTimestamp: string, end: number): Promise<number | string> {
    // Under append time the look-up depends on the moment; before 1970 there is none.
    const timestamp = Number(maxTimestamp);
    if (!Number.isSafeInteger(timestamp) || timestamp < 0) return "not asked";
    const { errorCode, offset } = await this.#listOffset(topic, timestamp);
    return errorCode === 0 ? Math.sign(offset - end) : `error ${errorCode}`;
  }

  async #storedSince(topic: TargetTopic, offset: number, sent: Buffer): Promise<StoredBatch | undefined> {
    const partitions = [makeFetchPartition({ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 24 })];
    const request = makeFetchRequest({
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: 1 << 26,
      sessionEpoch: -1,
      topics: [makeFetchTopic({ topic, partitions })],
    });
    const answer = await this.#connection.ask(fetchApi, 11, request);
    const records = answer?.responses[0]?.partitions[0]?.records;
    if (!Buffer.isBuffer(records) || records.length === 0) return undefined;
    const size = records.readInt32BE(8) + 12;
    const isAsSent = records.subarray(61, size).equals(sent.subarray(61, size));
    return {
      baseOffset: Number(records.readBigInt64BE(0)) - offset,
      isAsSent,
      records: isAsSent ? undefined : recordsOf(records.subarray(0, size), offset),
      attributes: records.readInt16BE(21),
      lastOffsetDelta: records.readInt32BE(23),
      // Apache Kafka counts from the first record's time when it packs anew, ours leaves the records' bytes alone: the times are the same.
      baseTimestamp: isAsSent ? String(records.readBigInt64BE(27)) : "packed anew",
      maxTimestamp: isNow(Number(records.readBigInt64BE(35))) && (records[22]! & 8) !== 0 ? "now" : String(records.readBigInt64BE(35)),
      producerId: String(records.readBigInt64BE(43)),
      producerEpoch: records.readInt16BE(51),
      baseSequence: records.readInt32BE(53),
      recordCount: records.readInt32BE(57),
    };
  }
}

function recordsOf(batch: Buffer, firstOffset: number): string {
  const records = readRecords(batch).map(({ offset, timestamp, key, value, headers }) => [
    offset - firstOffset,
    isNow(timestamp) && (batch[22]! & 8) !== 0 ? "now" : timestamp,
    key?.toString("hex"),
    value?.toString("hex"),
    headers.map((header) => [header.key, header.value?.toString("hex")]),
  ]);
  return JSON.stringify(records);
}

const NOTHING: Observation = {
  errorCode: 0,
  baseOffset: -1,
  logAppendTime: "none",
  logStartOffset: -1,
  recordErrors: [],
  hasRecordMessages: false,
  message: null,
  stored: undefined,
  offsetOfMaxTimestamp: undefined,
};
