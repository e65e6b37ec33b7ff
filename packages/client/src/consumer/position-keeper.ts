import { ErrorCode, KafkaError } from "@ottla/protocol";
import {
  makeOffsetForLeaderEpochRequest,
  makeOffsetForLeaderPartition,
  makeOffsetForLeaderTopic,
  offsetForLeaderEpochApi,
} from "@ottla/protocol/apis/offset-for-leader-epoch";
import type { OffsetSpec } from "../admin/admin-types.ts";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { type AskLeader, askLeaders, leaderOf } from "../cluster/leader-calls.ts";
import type { Membership } from "../group/membership.ts";
import { isEnding } from "../lifetime.ts";
import { sleep } from "../net/backoff.ts";
import { knownTopicId } from "../cluster/metadata-snapshot.ts";
import { fetchCommitted } from "../offsets/committed-offsets.ts";
import { listOffsets } from "../offsets/list-offsets.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { groupByTopic, partitionKey } from "../topic-partition.ts";
import type { AssignedPartition, PositionNeed } from "./assigned-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";

/** Older brokers tell the end of an epoch without being asked for a replica. */
const EPOCH_END_VERSION = 2;
const REPLICA_VERSION = 3;
const CONSUMER_REPLICA = -1;
/** In one turn of the event loop so many partitions are looked at for another leader: some ms. */
const NOTICES_PER_TURN = 2_000;
/** So often topics are said to be in use: far more often than one is forgotten that nobody uses. */
const TRACK_MS = 30_000;

interface EpochEnd {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

/** A partition and the version its question belongs to. */
interface Question {
  readonly partition: AssignedPartition;
  readonly version: number;
}

/**
 * Finds out where each partition is to be read from: its committed offset, else where the reset policy says; and after a change of leader
 * whether the log still holds what was read (KIP-320). One look-up of each kind at a time at each leader.
 */
export class PositionKeeper {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: ResolvedConsumerOptions;
  readonly #partitions: AssignedPartitions;
  readonly #member: () => Membership | undefined;
  readonly #onChange: () => void;
  readonly #onError: (error: Error) => void;
  /** What is asked for, and where. */
  readonly #running = new Set<string>();
  /** After an answer that did not help, nothing is asked before this (monotonic ms). */
  #pausedUntilMs = 0;
  #noticesLeft = NOTICES_PER_TURN;
  #trackedAtMs = -Infinity;
  /** Of which assignment. */
  #trackedChanges = -1;

  constructor(
    cluster: Cluster,
    lane: Lane,
    options: ResolvedConsumerOptions,
    partitions: AssignedPartitions,
    host: {
      /** Who asks for committed offsets. */
      readonly member: () => Membership | undefined;
      readonly changed: () => void;
      readonly failed: (error: Error) => void;
    },
  ) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
    this.#partitions = partitions;
    this.#member = host.member;
    this.#onChange = host.changed;
    this.#onError = host.failed;
  }

  /** Starts the look-ups that are due. */
  pump(): void {
    const needs = this.#noticeChanges();
    if (needs.committed > 0) this.#start("committed", (questions) => this.#lookUpCommitted(questions));
    if (needs.reset > 0) this.#start("reset", (questions) => this.#lookUpReset(questions));
    if (needs.validation > 0) this.#start("validation", (questions) => this.#validate(questions));
  }

  /** The partition has no place to start from: go by the policy, or fail. */
  reset(partition: AssignedPartition, why: string): void {
    const policy = this.#options.autoOffsetReset;
    if (policy === "none") {
      this.#onError(
        new ClientError(
          "NO_OFFSET",
          `${partition.topic}-${partition.partition}: ${why}, and ${this.#options.nameOf("autoOffsetReset")} is "none"; seek to an offset.`,
        ),
      );
      return;
    }
    const spec: OffsetSpec =
      typeof policy === "object" ? { timestamp: Math.max(0, this.#cluster.deps.clock.nowMs() - policy.durationMs) } : policy;
    this.#cluster.deps.logger.info("offset reset", { topic: partition.topic, partition: partition.partition, why });
    partition.resetBy(spec);
  }

  /** Notices topics that were made anew and leaders that changed. Returns how many partitions need what: mostly none of thousands does. */
  #noticeChanges(): Record<NonNullable<PositionNeed>, number> {
    const needs = { committed: 0, reset: 0, validation: 0 };
    this.#trackTopics();
    const { current } = this.#cluster.metadata;
    for (const partition of this.#partitions) {
      const isNoticed = partition.noticedIn === current && partition.noticedVersion === partition.version;
      if (!isNoticed && this.#mayNotice()) {
        this.#noticeChange(partition);
        partition.noticedIn = current;
        partition.noticedVersion = partition.version;
      }
      if (partition.need !== undefined) needs[partition.need]++;
    }
    return needs;
  }

  /** False: enough have been looked at in this turn; the others are in the next ones. */
  #mayNotice(): boolean {
    if (this.#noticesLeft === NOTICES_PER_TURN)
      this.#cluster.deps.clock.nextTurn(() => {
        const isMore = this.#noticesLeft < 0;
        this.#noticesLeft = NOTICES_PER_TURN;
        if (isMore) this.#onChange();
      });
    if (this.#noticesLeft <= 0) {
      this.#noticesLeft = -1;
      return false;
    }
    this.#noticesLeft--;
    return true;
  }

  #trackTopics(): void {
    const { changes } = this.#partitions;
    const nowMs = this.#cluster.deps.clock.monotonicMs();
    if (changes === this.#trackedChanges && nowMs - this.#trackedAtMs < TRACK_MS) return;
    this.#trackedChanges = changes;
    this.#trackedAtMs = nowMs;
    for (const { topic } of this.#partitions) this.#cluster.metadata.track(topic, false);
  }

  #noticeChange(partition: AssignedPartition): void {
    if (partition.need === "committed" || partition.need === "reset") return;
    const topic = this.#cluster.metadata.topic(partition.topic);
    const id = knownTopicId(topic);
    if (id !== undefined && partition.topicId !== undefined && id !== partition.topicId) {
      partition.topicId = id;
      this.reset(partition, "the topic was deleted and created anew");
      return;
    }
    partition.topicId ??= id;
    const leaderEpoch = topic?.partitions[partition.partition]?.leaderEpoch ?? -1;
    if (leaderEpoch <= partition.validatedEpoch) return;
    if (partition.positionEpoch >= 0) partition.need = "validation";
    else partition.validatedEpoch = leaderEpoch;
  }

  /** Partitions of different leaders are asked for apart: one that is away, or says nothing, must not hold up the others. */
  #start(need: PositionNeed, run: (questions: readonly Question[]) => Promise<void>): void {
    if (this.#cluster.deps.clock.monotonicMs() < this.#pausedUntilMs) return;
    const byPlace = new Map<string, Question[]>();
    for (const partition of this.#partitions) {
      if (partition.need !== need) continue;
      const place = need === "committed" ? need : `${need} at ${leaderOf(this.#cluster, partition)}`;
      if (this.#running.has(place)) continue;
      const question = { partition, version: partition.version };
      const questions = byPlace.get(place);
      if (questions) questions.push(question);
      else byPlace.set(place, [question]);
    }
    for (const [place, questions] of byPlace) {
      this.#running.add(place);
      run(questions)
        .catch((error: Error) => {
          this.#pause();
          if (!isEnding(error)) this.#onError(error);
        })
        .finally(() => {
          this.#running.delete(place);
          this.#onChange();
        });
    }
  }

  async #lookUpCommitted(questions: readonly Question[]): Promise<void> {
    const committed = await this.#fetchCommitted(questions.map((q) => q.partition));
    if (committed === undefined) return;
    const byKey = new Map(committed.map((each) => [partitionKey(each.topic, each.partition), each]));
    for (const { partition, version } of questions) {
      if (partition.version !== version || partition.need !== "committed") continue;
      const found = byKey.get(partitionKey(partition.topic, partition.partition));
      if (found?.error?.retriable) this.#pause();
      else if (found?.error) throw found.error;
      else if (found?.value === undefined) this.reset(partition, "there is no committed offset");
      else partition.seek(found.value.offset, found.value.leaderEpoch ?? -1);
    }
  }

  /** Undefined: the member's epoch is not the group's any more, so that the question has to be asked again. */
  async #fetchCommitted(partitions: readonly AssignedPartition[]): Promise<Awaited<ReturnType<typeof fetchCommitted>> | undefined> {
    const { groupId } = this.#options;
    if (groupId === undefined) return [];
    const member = this.#member();
    const asker = member?.protocol !== "classic" && member?.isMember ? member.identity : undefined;
    try {
      return await fetchCommitted(this.#cluster, this.#lane, groupId, partitions, this.#cluster.limit(), asker);
    } catch (error) {
      if (asker === undefined || !(error instanceof KafkaError) || !member?.noteCommitRefusal(error.errorCode, asker)) throw error;
      this.#pause();
      return undefined;
    }
  }

  async #lookUpReset(questions: readonly Question[]): Promise<void> {
    const queries = questions.map(({ partition: { topic, partition, resetTo } }) => ({ topic, partition, spec: resetTo! }));
    let listed = await this.#list(queries);
    // No record that late: go on with what comes next.
    const beyond = queries.filter((_, i) => listed[i]!.error === undefined && listed[i]!.value.offset === undefined);
    if (beyond.length > 0) {
      const ends = await this.#list(beyond.map((query) => ({ ...query, spec: "latest" as const })));
      const endOf = new Map(ends.map((end) => [partitionKey(end.topic, end.partition), end]));
      listed = listed.map((each) => endOf.get(partitionKey(each.topic, each.partition)) ?? each);
    }
    questions.forEach(({ partition, version }, i) => {
      const { error, value } = listed[i]!;
      if (partition.version !== version || partition.need !== "reset") return;
      if (error === undefined) partition.seek(value.offset ?? 0, value.leaderEpoch ?? -1);
      else {
        this.#pause();
        // What the metadata say against a topic is told where they are looked at.
        const isToldThere = this.#cluster.metadata.topic(partition.topic)?.errorCode === error.errorCode;
        if (!error.retriable && !isToldThere) this.#onError(error);
      }
    });
  }

  #pause(): void {
    const { retryBackoffMs } = this.#cluster.options;
    this.#pausedUntilMs = this.#cluster.deps.clock.monotonicMs() + retryBackoffMs;
    void sleep(this.#cluster.deps.clock, retryBackoffMs, this.#cluster.lifetime).then(this.#onChange);
    this.#cluster.metadata.requestRefresh();
  }

  #list(queries: Parameters<typeof listOffsets>[2]): Promise<Awaited<ReturnType<typeof listOffsets>>> {
    return listOffsets(this.#cluster, this.#lane, queries, this.#options.isolationLevel, this.#cluster.limit(), { attemptsMax: 1 });
  }

  async #validate(questions: readonly Question[]): Promise<void> {
    const asked = questions.map(({ partition, version }) => ({
      topic: partition.topic,
      partition: partition.partition,
      state: partition,
      version,
      positionEpoch: partition.positionEpoch,
      leaderEpoch: this.#cluster.metadata.topic(partition.topic)?.partitions[partition.partition]?.leaderEpoch ?? -1,
    }));
    const ask: AskLeader<(typeof asked)[number], EpochEnd> = async (nodeId, group) => {
      const connection = await this.#lane.connect(nodeId);
      if (connection.versions.find(offsetForLeaderEpochApi, { min: EPOCH_END_VERSION }) === undefined) return unknownEnds(group);
      const topics = [...groupByTopic(group)].map(([topic, entries]) =>
        makeOffsetForLeaderTopic({
          topic,
          partitions: entries.map((e) =>
            makeOffsetForLeaderPartition({ partition: e.partition, currentLeaderEpoch: e.leaderEpoch, leaderEpoch: e.positionEpoch }),
          ),
        }),
      );
      const response = await this.#lane.call(
        nodeId,
        offsetForLeaderEpochApi,
        (version) => makeOffsetForLeaderEpochRequest({ topics, ...(version >= REPLICA_VERSION ? { replicaId: CONSUMER_REPLICA } : {}) }),
        { min: EPOCH_END_VERSION },
      );
      const outcomes = new Map<string, Outcome<EpochEnd>>();
      for (const topic of response.topics)
        for (const end of topic.partitions) outcomes.set(partitionKey(topic.topic, end.partition), epochEndOutcome(end));
      return outcomes;
    };
    const ends = await askLeaders(this.#cluster, asked, this.#cluster.limit(), ask, { attemptsMax: 1 });
    asked.forEach((question, i) => {
      const { error, value } = ends[i]!;
      if (question.state.version !== question.version || question.state.need !== "validation") return;
      if (error !== undefined) {
        this.#pause();
        if (!error.retriable) this.#onError(error);
        return;
      }
      this.#concludeValidation(question.state, value, question.leaderEpoch);
    });
  }

  #concludeValidation(partition: AssignedPartition, end: EpochEnd, leaderEpoch: number): void {
    partition.need = undefined;
    partition.validatedEpoch = leaderEpoch;
    // There may have been another leader since the question.
    partition.noticedIn = undefined;
    const isUnknown = end.leaderEpoch < 0 || end.endOffset < 0;
    if (isUnknown || end.endOffset >= partition.position) {
      // What was fetched beyond the end of that epoch may come from the lost part of the log.
      if (!isUnknown && end.endOffset < partition.fetchOffset) partition.dropBuffered();
      return;
    }
    const what = `${partition.topic}-${partition.partition} was cut to offset ${end.endOffset} in a change of leader, before the position ${partition.position}`;
    if (this.#options.autoOffsetReset === "none") {
      this.#onError(new ClientError("LOG_TRUNCATED", `${what}; seek to ${end.endOffset} or elsewhere.`));
      return;
    }
    this.#cluster.deps.logger.warn("log truncated", { topic: partition.topic, partition: partition.partition, offset: end.endOffset });
    partition.seek(end.endOffset, end.leaderEpoch);
    partition.validatedEpoch = leaderEpoch;
  }
}

function unknownEnds(group: readonly { readonly topic: string; readonly partition: number }[]): Map<string, Outcome<EpochEnd>> {
  return new Map(
    group.map((each) => [partitionKey(each.topic, each.partition), { error: undefined, value: { leaderEpoch: -1, endOffset: -1 } }]),
  );
}

function epochEndOutcome(end: { readonly errorCode: number; readonly leaderEpoch: number; readonly endOffset: number }): Outcome<EpochEnd> {
  return outcomeOf(end.errorCode === ErrorCode.UNSUPPORTED_VERSION ? ErrorCode.NONE : end.errorCode, undefined, () => ({
    leaderEpoch: end.leaderEpoch,
    endOffset: end.endOffset,
  }));
}
