import type { Timer } from "@ottla/base";
import { ErrorCode, errorInfo, KafkaError, NIL_UUID } from "@ottla/protocol";
import { type FetchResponse, fetchApi } from "@ottla/protocol/apis/fetch";
import type { Cluster } from "../cluster/cluster.ts";
import { sleep } from "../net/backoff.ts";
import type { Connection } from "../net/connection.ts";
import type { AssignedPartition } from "./assigned-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import { FetchBudget } from "./fetch-budget.ts";
import { buildFetchRequest, closeSessionRequest, TOPIC_ID_VERSION } from "./fetch-request.ts";
import { FetchSession, type FetchTarget, type SessionRequest } from "./fetch-session.ts";
import {
  type FetchLanes,
  isFilled,
  isTakenOver,
  makeNodeReaders,
  type NodeReader,
  type NodeReaders,
  pollMs,
  TAKE_OVER_MS,
} from "./node-readers.ts";
import { LookBudget } from "./look-budget.ts";
import { PartitionAnswers, type PartitionEvents } from "./partition-answers.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";

/** What the fetcher cannot decide by itself. */
export interface FetcherEvents extends PartitionEvents {
  /** Something changed that a waiting poll wants to see. */
  arrived(): void;
}

/** So many partitions of an answer are taken in before others have their turn: some ms. */
const PARTITIONS_PER_TURN = 500;

/** A broker that has nothing to tell waits with its answer. One that answered so many times in a row at once and in vain is asked after a pause: whatever is wrong with it, asking again and again mends nothing. */
const VAIN_ANSWERS_MAX = 5;
/** So much before its time an answer is no long poll's end. */
const EARLY_MS = 20;

/** A request on the way. Nothing is kept of each partition beside what that has itself: there may be ten thousand. */
interface Asked {
  readonly partitions: readonly AssignedPartition[];
  /** Something came of it: records, an error, or that it was overtaken. */
  isOfUse: boolean;
}

const nothingAsked: Asked = { partitions: [], isOfUse: true };

/**
 * Keeps chunks of every assigned partition ready, within the prefetch bound: one long poll per broker, sent anew as soon as the application
 * has taken something. A partition that becomes ready for fetching while the long poll is out (after a seek, or when its buffer was full) does
 * not wait for that poll's end: it gets a request of its own on a second connection. While answers come filled, half of the partitions are asked for
 * on each of the two; when no more is flowing, one poll for all takes over again.
 */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #lanes: FetchLanes;
  readonly #options: ResolvedConsumerOptions;
  readonly #partitions: AssignedPartitions;
  readonly #events: FetcherEvents;
  readonly #budget: FetchBudget;
  readonly #answers: PartitionAnswers;
  readonly #looks: LookBudget;
  readonly #readers = new Map<number, NodeReaders>();
  #retry: Timer | undefined;
  #closed = false;

  constructor(
    cluster: Cluster,
    lanes: FetchLanes,
    options: ResolvedConsumerOptions,
    partitions: AssignedPartitions,
    events: FetcherEvents,
  ) {
    this.#cluster = cluster;
    this.#lanes = lanes;
    this.#options = options;
    this.#partitions = partitions;
    this.#events = events;
    this.#budget = new FetchBudget(options.prefetchBytesMax);
    this.#answers = new PartitionAnswers(cluster, options, events);
    this.#looks = new LookBudget(cluster.deps.clock, () => this.pump());
  }

  /** Sends whatever may be sent now; where that was looked for often in this turn of the event loop, in the next one. */
  pump(): void {
    if (this.#closed || !this.#looks.take(this.#partitions.size)) return;
    const now = this.#cluster.deps.clock.monotonicMs();
    const perNode = new Map<number, AssignedPartition[]>();
    let bufferedBytes = 0;
    let nextRetryMs = Infinity;
    for (const partition of this.#partitions) {
      if (partition.chunks.length > 0) bufferedBytes += partition.bufferedBytes;
      if (partition.isPaused || partition.need !== undefined || partition.isBufferFull || partition.isFetching) continue;
      const nodeId = this.#nodeFor(partition, now);
      if (nodeId < 0) continue;
      if (partition.retryAtMs > now) nextRetryMs = Math.min(nextRetryMs, partition.retryAtMs);
      else {
        const list = perNode.get(nodeId);
        if (list) list.push(partition);
        else perNode.set(nodeId, [partition]);
      }
    }
    for (const nodeId of perNode.keys()) this.#readersOf(nodeId);
    for (const [nodeId, partitions] of perNode) {
      const readers = this.#readersOf(nodeId);
      const { main, side } = readers;
      const ask = (reader: NodeReader, some: readonly AssignedPartition[]) => this.#ask(reader, some, bufferedBytes);
      if (!main.isBusy && !side.isBusy && readers.isFlowing && partitions.length > 1) {
        // Two halves: while one answer is taken in, the broker makes the other.
        const half = partitions.length >> 1;
        ask(main, partitions.slice(0, half));
        ask(side, partitions.slice(half));
      } else if (!main.isBusy) ask(main, partitions);
      else if (!side.isBusy) {
        if (!isTakenOver(readers, now)) ask(side, partitions);
        // Should it be late after all.
        else nextRetryMs = Math.min(nextRetryMs, main.pollEndMs + TAKE_OVER_MS);
      }
    }
    if (nextRetryMs < Infinity) this.#comeBack(nextRetryMs - now);
  }

  #ask(reader: NodeReader, partitions: readonly AssignedPartition[], bufferedBytes: number): void {
    const { fetchMaxBytes, maxPartitionFetchBytes } = this.#options;
    const wish = { bytesMax: fetchMaxBytes, partitionBytes: partitions.length * maxPartitionFetchBytes };
    reader.askedBytes = this.#budget.take(wish, bufferedBytes, this.#readers.size);
    if (reader.askedBytes > 0) this.#fetch(reader, partitions);
  }

  #comeBack(delayMs: number): void {
    this.#retry?.cancel();
    this.#retry = this.#cluster.deps.clock.schedule(delayMs, () => this.pump());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    const farewells: Promise<unknown>[] = [];
    for (const { main: reader } of this.#readers.values()) {
      const connection = reader.lane.current(reader.nodeId);
      const sessionId = reader.session?.openId;
      if (connection === undefined || sessionId === undefined || reader.isBusy) continue;
      const version = connection.versions.choose(fetchApi, { max: reader.usesIds ? undefined : TOPIC_ID_VERSION - 1 });
      farewells.push(connection.call(fetchApi, version, closeSessionRequest(sessionId), this.#options.fetchMaxWaitMs).catch(() => {}));
    }
    await Promise.all(farewells);
  }

  #readersOf(nodeId: number): NodeReaders {
    let readers = this.#readers.get(nodeId);
    if (readers === undefined) {
      readers = makeNodeReaders(nodeId, this.#lanes);
      this.#readers.set(nodeId, readers);
    }
    return readers;
  }

  /** The leader, or the replica it recommended for our rack. −1: nobody known. */
  #nodeFor(partition: AssignedPartition, now: number): number {
    const { current } = this.#cluster.metadata;
    if (partition.leaderIn !== current) {
      partition.leaderIn = current;
      partition.leader = current.topics.get(partition.topic)?.partitions[partition.partition]?.leader ?? -1;
    }
    const { leader, preferredReplica, preferredUntilMs } = partition;
    if (leader < 0) {
      this.#cluster.metadata.requestRefresh();
      return -1;
    }
    if (preferredReplica < 0 || preferredUntilMs <= now || !current.brokers.has(preferredReplica)) return leader;
    const { offlineReplicas } = current.topics.get(partition.topic)!.partitions[partition.partition]!;
    return offlineReplicas.includes(preferredReplica) ? leader : preferredReplica;
  }

  #fetch(reader: NodeReader, partitions: readonly AssignedPartition[]): void {
    reader.isBusy = true;
    const connection = reader.lane.current(reader.nodeId);
    if (connection) {
      this.#send(reader, connection, partitions);
      return;
    }
    reader.lane.connect(reader.nodeId).then(
      () => {
        this.#free(reader, nothingAsked);
        this.pump();
      },
      () => this.#later(reader, nothingAsked, partitions),
    );
  }

  #send(reader: NodeReader, connection: Connection, partitions: readonly AssignedPartition[]): void {
    const targets = partitions.map((partition) => this.#target(partition));
    const usesIds = targets.every((target) => target.topicId !== NIL_UUID);
    if (usesIds !== reader.usesIds) {
      if (reader.session) reader.session = new FetchSession();
      reader.usesIds = usesIds;
    }
    const asked: Asked = { partitions, isOfUse: false };
    // One that went and came back between two requests is no news to the broker, which would never say where it ends: who asks for its lag would wait for ever.
    if (partitions.some((each) => !each.isHeardOf && reader.session?.isToldChangesOf(each))) reader.session?.startAnew();
    const request = reader.session?.next(targets) ?? sessionless(targets);
    for (const partition of partitions) {
      partition.fetching = asked;
      partition.fetchingVersion = partition.version;
    }
    const now = this.#cluster.deps.clock.monotonicMs();
    const fetchMaxWaitMs = pollMs(reader, this.#readersOf(reader.nodeId), this.#options.fetchMaxWaitMs, now);
    reader.pollEndMs = now + fetchMaxWaitMs;
    const options = { ...this.#options, fetchMaxBytes: reader.askedBytes, fetchMaxWaitMs };
    try {
      const version = connection.versions.choose(fetchApi, { max: usesIds ? undefined : TOPIC_ID_VERSION - 1 });
      connection.callBack(
        fetchApi,
        version,
        buildFetchRequest(version, request, options, this.#cluster.options.rack),
        undefined,
        (response) => this.#onResponse(reader, asked, targets, response),
        () => {
          reader.session?.failed(undefined);
          this.#later(reader, asked, partitions);
        },
      );
    } catch (error) {
      this.#free(reader, asked);
      this.#events.failed(error as Error);
    }
  }

  /** The same object as long as the same is wanted: of thousands of partitions few change from one request to the next. */
  #target(partition: AssignedPartition): FetchTarget {
    const { current } = this.#cluster.metadata;
    const { fetchOffset, target: last } = partition;
    if (last !== undefined && last.fetchOffset === fetchOffset && partition.targetIn === current) return last;
    partition.targetIn = current;
    const topic = current.topics.get(partition.topic);
    const topicId = topic?.topicId ?? NIL_UUID;
    const currentLeaderEpoch = topic?.partitions[partition.partition]?.leaderEpoch ?? -1;
    if (
      last !== undefined &&
      last.fetchOffset === fetchOffset &&
      last.currentLeaderEpoch === currentLeaderEpoch &&
      last.topicId === topicId
    )
      return last;
    const target = {
      key: partition.key,
      topic: partition.topic,
      partition: partition.partition,
      topicId,
      fetchOffset,
      currentLeaderEpoch,
      partitionMaxBytes: this.#options.maxPartitionFetchBytes,
    };
    partition.target = target;
    return target;
  }

  /** The broker is away: look for the new leaders, come back after the back-off. */
  #later(reader: NodeReader, asked: Asked, unanswered: readonly AssignedPartition[]): void {
    if (this.#closed) return;
    // A follower that does not answer is no better than none; the leader names another one, or gives the records itself.
    for (const partition of unanswered) if (partition.preferredReplica === reader.nodeId) partition.preferredReplica = -1;
    this.#cluster.metadata.requestRefresh();
    this.#afterBackoff(reader, asked);
  }

  #afterBackoff(reader: NodeReader, asked: Asked): void {
    void sleep(this.#cluster.deps.clock, this.#cluster.options.retryBackoffMs, this.#cluster.lifetime).then(() => {
      this.#free(reader, asked);
      this.pump();
    });
  }

  #free(reader: NodeReader, asked: Asked): void {
    reader.isBusy = false;
    this.#budget.giveBack(reader.askedBytes);
    reader.askedBytes = 0;
    for (const partition of asked.partitions) if (partition.fetching === asked) partition.fetching = undefined;
  }

  #onResponse(reader: NodeReader, asked: Asked, targets: readonly FetchTarget[], response: FetchResponse): void {
    if (this.#closed) return;
    if (response.errorCode !== ErrorCode.NONE) {
      reader.session?.failed(response.errorCode);
      const isSessionTrouble = errorInfo(response.errorCode).retriable || response.errorCode === ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
      if (!isSessionTrouble) this.#events.failed(new KafkaError(response.errorCode));
      this.#later(reader, asked, []);
      return;
    }
    reader.session?.answered(response.sessionId);
    this.#readersOf(reader.nodeId).isFlowing = isFilled(response, reader.askedBytes);
    this.#takeIn(reader, asked, response, namesOf(response, targets), 0, 0);
  }

  /** Takes an answer in, from a partition of a topic on, so many in a turn: it may tell of ten thousand. None of them is asked for again until all is taken in. */
  #takeIn(
    reader: NodeReader,
    asked: Asked,
    response: FetchResponse,
    names: ReadonlyMap<string, string>,
    fromTopic: number,
    fromPartition: number,
  ): void {
    if (this.#closed) return;
    const topics = response.responses;
    let left = PARTITIONS_PER_TURN;
    let at = fromPartition;
    for (let i = fromTopic; i < topics.length; i++, at = 0) {
      const { topicId, topic, partitions } = topics[i]!;
      const name = topicId === NIL_UUID ? topic : names.get(topicId);
      for (; name !== undefined && at < partitions.length; at++) {
        if (left-- === 0) {
          this.#events.arrived();
          this.#cluster.deps.clock.nextTurn(() => this.#takeIn(reader, asked, response, names, i, at));
          return;
        }
        const data = partitions[at]!;
        const partition = this.#partitions.find(name, data.partitionIndex);
        if (partition?.fetching === asked && partition.isFetching) asked.isOfUse = this.#answers.take(partition, data) || asked.isOfUse;
      }
    }
    for (const partition of asked.partitions)
      if (partition.fetching === asked && partition.isFetching) partition.isHeardOf = true;
      else asked.isOfUse = true;
    this.#events.arrived();
    const { clock } = this.#cluster.deps;
    const isVain = !asked.isOfUse && clock.monotonicMs() < reader.pollEndMs - EARLY_MS;
    reader.vainAnswers = isVain ? reader.vainAnswers + 1 : 0;
    if (reader.vainAnswers > VAIN_ANSWERS_MAX) this.#afterBackoff(reader, asked);
    else {
      this.#free(reader, asked);
      this.pump();
    }
  }
}

/** The names of the topics that an answer tells of by their ids. */
function namesOf({ responses }: FetchResponse, targets: readonly FetchTarget[]): Map<string, string> {
  const names = new Map<string, string>();
  const wanted = new Set<string>();
  for (const { topicId } of responses) if (topicId !== NIL_UUID) wanted.add(topicId);
  for (let i = 0; i < targets.length && wanted.size > 0; i++) {
    const { topicId, topic } = targets[i]!;
    if (wanted.delete(topicId)) names.set(topicId, topic);
  }
  return names;
}

/** Every partition named, no session made: for a request that is a way around a session, not a part of it. */
function sessionless(targets: readonly FetchTarget[]): SessionRequest {
  return { sessionId: 0, sessionEpoch: -1, send: targets, forget: [] };
}
