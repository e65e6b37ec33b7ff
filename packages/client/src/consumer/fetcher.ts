import type { Timer } from "@ottla/base";
import { ErrorCode, errorInfo, KafkaError, NIL_UUID } from "@ottla/protocol";
import { type FetchResponse, fetchApi, type PartitionData } from "@ottla/protocol/apis/fetch";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { Connection } from "../net/connection.ts";
import type { AssignedPartition } from "./assigned-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import { buildFetchRequest, closeSessionRequest, TOPIC_ID_VERSION } from "./fetch-request.ts";
import { FetchSession, type FetchTarget } from "./fetch-session.ts";
import { FetchedBatch } from "./fetched-batch.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";
import { scanBatches } from "./visible-batches.ts";

/** What the fetcher cannot decide by itself. */
export interface FetcherEvents {
  /** Something changed that a waiting poll wants to see. */
  arrived(): void;
  /** The fetch offset does not exist. */
  outOfRange(partition: AssignedPartition): void;
  /** To be thrown by the next poll. */
  failed(error: Error): void;
}

/** Reading from one broker: one request on the way at a time, in one session. */
interface NodeReader {
  readonly nodeId: number;
  session: FetchSession;
  /** Sessions do not mix names and ids. */
  usesIds: boolean;
  isBusy: boolean;
}

interface Asked {
  readonly partition: AssignedPartition;
  readonly version: number;
  readonly fetchOffset: number;
}

/**
 * Keeps chunks of every assigned partition ready, within the prefetch bound: one long-polling request per broker, sent anew as soon as the
 * application has taken something.
 */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: ResolvedConsumerOptions;
  readonly #partitions: AssignedPartitions;
  readonly #events: FetcherEvents;
  readonly #readers = new Map<number, NodeReader>();
  #retry: Timer | undefined;
  #closed = false;

  constructor(cluster: Cluster, lane: Lane, options: ResolvedConsumerOptions, partitions: AssignedPartitions, events: FetcherEvents) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
    this.#partitions = partitions;
    this.#events = events;
  }

  /** Sends whatever may be sent now. */
  pump(): void {
    if (this.#closed) return;
    const now = this.#cluster.deps.clock.monotonicMs();
    const perNode = new Map<number, AssignedPartition[]>();
    const held = new Set<number>();
    let bufferedBytes = 0;
    let nextRetryMs = Infinity;
    for (const partition of this.#partitions) {
      bufferedBytes += partition.bufferedBytes;
      if (partition.isPaused || partition.need !== undefined) continue;
      const nodeId = this.#nodeFor(partition, now);
      if (nodeId < 0) continue;
      // A long poll that leaves out a partition would hold it up once its buffer is empty: rather wait for the application.
      if (partition.isBufferFull) held.add(nodeId);
      else if (partition.retryAtMs > now) nextRetryMs = Math.min(nextRetryMs, partition.retryAtMs);
      else perNode.set(nodeId, [...(perNode.get(nodeId) ?? []), partition]);
    }
    if (nextRetryMs < Infinity) this.#comeBack(nextRetryMs - now);
    if (bufferedBytes >= this.#options.prefetchBytesMax) return;
    for (const [nodeId, partitions] of perNode) if (!held.has(nodeId)) this.#fetch(this.#reader(nodeId), partitions);
  }

  #comeBack(delayMs: number): void {
    this.#retry?.cancel();
    this.#retry = this.#cluster.deps.clock.schedule(delayMs, () => this.pump());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    const farewells: Promise<unknown>[] = [];
    for (const reader of this.#readers.values()) {
      const connection = this.#lane.current(reader.nodeId);
      const sessionId = reader.session.openId;
      if (connection === undefined || sessionId === undefined || reader.isBusy) continue;
      const version = connection.versions.choose(fetchApi, { max: reader.usesIds ? undefined : TOPIC_ID_VERSION - 1 });
      farewells.push(connection.call(fetchApi, version, closeSessionRequest(sessionId), this.#options.fetchMaxWaitMs).catch(() => {}));
    }
    await Promise.all(farewells);
  }

  #reader(nodeId: number): NodeReader {
    let reader = this.#readers.get(nodeId);
    if (reader === undefined) {
      this.#readers.set(nodeId, (reader = { nodeId, session: new FetchSession(), usesIds: false, isBusy: false }));
    }
    return reader;
  }

  /** The leader, or the replica it recommended for our rack. −1: nobody known. */
  #nodeFor(partition: AssignedPartition, now: number): number {
    const state = this.#cluster.metadata.topic(partition.topic)?.partitions[partition.partition];
    if (state === undefined || state.leader < 0) {
      this.#cluster.metadata.requestRefresh();
      return -1;
    }
    const { preferredReplica, preferredUntilMs } = partition;
    const isUsable = preferredReplica >= 0 && preferredUntilMs > now && this.#cluster.metadata.current.brokers.has(preferredReplica);
    return isUsable && !state.offlineReplicas.includes(preferredReplica) ? preferredReplica : state.leader;
  }

  #fetch(reader: NodeReader, partitions: readonly AssignedPartition[]): void {
    if (reader.isBusy) return;
    reader.isBusy = true;
    const connection = this.#lane.current(reader.nodeId);
    if (connection) {
      this.#send(reader, connection, partitions);
      return;
    }
    this.#lane.connect(reader.nodeId).then(
      () => {
        reader.isBusy = false;
        this.pump();
      },
      () => this.#later(reader),
    );
  }

  #send(reader: NodeReader, connection: Connection, partitions: readonly AssignedPartition[]): void {
    const targets = partitions.map((partition) => this.#target(partition));
    const usesIds = targets.every((target) => target.topicId !== NIL_UUID);
    if (usesIds !== reader.usesIds) {
      reader.session = new FetchSession();
      reader.usesIds = usesIds;
    }
    const asked = new Map(
      partitions.map((partition) => [
        `${partition.topic} ${partition.partition}`,
        { partition, version: partition.version, fetchOffset: partition.fetchOffset },
      ]),
    );
    const request = reader.session.next(targets);
    try {
      const version = connection.versions.choose(fetchApi, { max: usesIds ? undefined : TOPIC_ID_VERSION - 1 });
      connection.callBack(
        fetchApi,
        version,
        buildFetchRequest(version, request, this.#options, this.#cluster.options.rack),
        undefined,
        (response) => this.#onResponse(reader, asked, response),
        () => {
          reader.session.failed(undefined);
          this.#later(reader);
        },
      );
    } catch (error) {
      reader.isBusy = false;
      this.#events.failed(error as Error);
    }
  }

  #target(partition: AssignedPartition): FetchTarget {
    const topic = this.#cluster.metadata.topic(partition.topic);
    return {
      topic: partition.topic,
      partition: partition.partition,
      topicId: topic?.topicId ?? NIL_UUID,
      fetchOffset: partition.fetchOffset,
      currentLeaderEpoch: topic?.partitions[partition.partition]?.leaderEpoch ?? -1,
      partitionMaxBytes: this.#options.maxPartitionFetchBytes,
    };
  }

  /** The broker is away: look for the new leaders, come back after the back-off. */
  #later(reader: NodeReader): void {
    if (this.#closed) return;
    this.#cluster.metadata.requestRefresh();
    this.#cluster.deps.clock.schedule(this.#cluster.options.retryBackoffMs, () => {
      reader.isBusy = false;
      this.pump();
    });
  }

  #onResponse(reader: NodeReader, asked: ReadonlyMap<string, Asked>, response: FetchResponse): void {
    if (this.#closed) return;
    if (response.errorCode !== ErrorCode.NONE) {
      reader.session.failed(response.errorCode);
      const isSessionTrouble = errorInfo(response.errorCode).retriable || response.errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
      if (!isSessionTrouble) this.#events.failed(new KafkaError(response.errorCode));
      this.#later(reader);
      return;
    }
    reader.session.answered(response.sessionId);
    for (const topic of response.responses) {
      const name = topic.topicId === NIL_UUID ? topic.topic : reader.session.topicOf(topic.topicId);
      for (const data of topic.partitions) {
        const question = asked.get(`${name} ${data.partitionIndex}`);
        if (question !== undefined && question.version === question.partition.version) this.#onPartition(question, data);
      }
    }
    reader.isBusy = false;
    this.pump();
    this.#events.arrived();
  }

  #onPartition({ partition, fetchOffset }: Asked, data: PartitionData): void {
    if (data.errorCode !== ErrorCode.NONE) {
      this.#onError(partition, data);
      return;
    }
    if (data.preferredReadReplica >= 0) {
      partition.preferredReplica = data.preferredReadReplica;
      partition.preferredUntilMs = this.#cluster.deps.clock.monotonicMs() + this.#cluster.options.metadataMaxAgeMs;
    }
    partition.highWatermark = data.highWatermark;
    partition.lastStableOffset = data.lastStableOffset;
    partition.logStartOffset = data.logStartOffset;
    const records = data.records as Buffer | null;
    if (records !== null && records.length > 0) this.#buffer(partition, fetchOffset, records, data);
  }

  #buffer(partition: AssignedPartition, fetchOffset: number, records: Buffer, data: PartitionData): void {
    const { isolationLevel, checkCrcs } = this.#options;
    const aborted = isolationLevel === "read_committed" ? data.abortedTransactions : undefined;
    const { fault, lastEpoch, ...visible } = scanBatches(records, { fetchOffset, aborted, checkCrcs });
    if (visible.nextOffset === fetchOffset && fault === undefined) return;
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
    partition.chunks.push({ batch, nextEpoch: lastEpoch, fault });
    partition.fetchOffset = visible.nextOffset;
    if (lastEpoch >= 0) partition.fetchEpoch = lastEpoch;
  }

  #onError(partition: AssignedPartition, data: PartitionData): void {
    const error = new KafkaError(data.errorCode);
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
    if (!error.retriable && !isIdTrouble && data.errorCode !== ErrorCode.UNKNOWN_SERVER_ERROR) {
      const { topic, partition: index } = partition;
      this.#events.failed(data.errorCode === ErrorCode.CORRUPT_MESSAGE ? corrupt(topic, index, partition.fetchOffset, error) : error);
      return;
    }
    this.#cluster.metadata.requestRefresh();
    this.#retryLater(partition);
  }

  #retryLater(partition: AssignedPartition): void {
    partition.retryAtMs = this.#cluster.deps.clock.monotonicMs() + this.#cluster.options.retryBackoffMs;
  }
}

export function corrupt(topic: string, partition: number, offset: number, cause: unknown): ClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClientError(
    "CORRUPT_BATCH",
    `${topic}-${partition} holds bytes at offset ${offset} that cannot be read: ${reason} Seek past it, or repair the log.`,
    { cause },
  );
}
