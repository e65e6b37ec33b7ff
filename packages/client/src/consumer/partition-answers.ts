import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { PartitionData } from "@ottla/protocol/apis/fetch";
import type { Cluster } from "../cluster/cluster.ts";
import { refusalAt } from "../outcome.ts";
import type { AssignedPartition } from "./assigned-partition.ts";
import { BufferedChunk } from "./buffered-chunk.ts";
import { corrupt } from "./corrupt-batch.ts";
import { FetchedBatch } from "./fetched-batch.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";
import { scanBatches } from "./visible-batches.ts";

/** What an answer leads to that is not for the fetcher to do. */
export interface PartitionEvents {
  /** The fetch offset does not exist. */
  outOfRange(partition: AssignedPartition): void;
  /** To be thrown by the next poll. */
  failed(error: Error): void;
}

/** What a broker said of one partition that was fetched: its records become a chunk, its errors a pause, another leader or the application's business. */
export class PartitionAnswers {
  readonly #cluster: Cluster;
  readonly #options: ResolvedConsumerOptions;
  readonly #events: PartitionEvents;

  constructor(cluster: Cluster, options: ResolvedConsumerOptions, events: PartitionEvents) {
    this.#cluster = cluster;
    this.#options = options;
    this.#events = events;
  }

  /** Takes it in, or notes what is to be done; false: it is of no use, there is nothing in it. */
  take(partition: AssignedPartition, data: PartitionData): boolean {
    if (data.errorCode !== ErrorCode.NONE) {
      this.#onError(partition, data);
      return true;
    }
    let isOfUse = false;
    if (data.preferredReadReplica >= 0) {
      isOfUse = partition.preferredReplica !== data.preferredReadReplica;
      partition.preferredReplica = data.preferredReadReplica;
      partition.preferredUntilMs = this.#cluster.deps.clock.monotonicMs() + this.#cluster.options.metadataMaxAgeMs;
    }
    partition.highWatermark = data.highWatermark;
    partition.lastStableOffset = data.lastStableOffset;
    partition.logStartOffset = data.logStartOffset;
    const records = data.records as Buffer | null;
    const hasRecords = records !== null && records.length > 0 && this.#buffer(partition, records, data);
    return hasRecords || isOfUse;
  }

  /** False: nothing in it is of use. */
  #buffer(partition: AssignedPartition, records: Buffer, data: PartitionData): boolean {
    const { isolationLevel, checkCrcs } = this.#options;
    // Whatever lets it be another one than was asked for makes this an answer to an older version.
    const { fetchOffset } = partition;
    const aborted = isolationLevel === "read_committed" ? data.abortedTransactions : undefined;
    const { fault, lastEpoch, ...visible } = scanBatches(records, { fetchOffset, aborted, checkCrcs });
    if (visible.nextOffset === fetchOffset && fault === undefined) return false;
    const { topic, partition: index } = partition;
    const { highWatermark, lastStableOffset, logStartOffset } = data;
    const batch = new FetchedBatch({
      topic,
      partition: index,
      records,
      ...visible,
      startOffset: fetchOffset,
      highWatermark,
      lastStableOffset,
      logStartOffset,
    });
    partition.chunks.push(new BufferedChunk(batch, lastEpoch, fault));
    partition.fetchOffset = visible.nextOffset;
    if (lastEpoch >= 0) partition.fetchEpoch = lastEpoch;
    return true;
  }

  #onError(partition: AssignedPartition, data: PartitionData): void {
    const isDenied = data.errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED;
    const error = isDenied ? refusalAt(`Topic "${partition.topic}"`, data.errorCode) : new KafkaError(data.errorCode);
    if (data.currentLeader.leaderId >= 0) {
      this.#cluster.metadata.noteLeader(partition.topic, partition.partition, data.currentLeader.leaderId, data.currentLeader.leaderEpoch);
    }
    const wasFollower = partition.preferredReplica >= 0;
    partition.preferredReplica = -1;
    if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      // A follower may lag, and buffered records come first: ask the leader, or again later.
      if (wasFollower || partition.chunks.length > 0) this.#retryLater(partition);
      else this.#events.outOfRange(partition);
      return;
    }
    const isIdTrouble = data.errorCode === ErrorCode.UNKNOWN_TOPIC_ID || data.errorCode === ErrorCode.INCONSISTENT_TOPIC_ID;
    // Whatever it is, asking at once brings the same.
    this.#retryLater(partition);
    if (!error.retriable && !isIdTrouble && data.errorCode !== ErrorCode.UNKNOWN_SERVER_ERROR) {
      const { topic, partition: index } = partition;
      this.#events.failed(data.errorCode === ErrorCode.CORRUPT_MESSAGE ? corrupt(topic, index, partition.fetchOffset, error) : error);
      return;
    }
    this.#cluster.metadata.requestRefresh();
  }

  #retryLater(partition: AssignedPartition): void {
    partition.retryAtMs = this.#cluster.deps.clock.monotonicMs() + this.#cluster.options.retryBackoffMs;
  }
}
