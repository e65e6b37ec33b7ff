import {
  type OffsetCommitResponse,
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopic,
  makeOffsetFetchRequestTopics,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
  type OffsetFetchResponseTopic,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { CommittedOffset } from "../admin/admin-types.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { callOn, type Lane } from "../cluster/lane.ts";
import type { Connection } from "../net/connection.ts";
import { groupByTopic, type TopicPartition } from "../topic-partition.ts";
import { namesOfIds, topicIdsOf } from "./topic-names.ts";

const GROUPS_VERSION = 8;
/** From here on both calls name topics by id. */
const TOPIC_ID_VERSION = 10;
const ALL_TOPICS_VERSION = 2;
/** From here on a member of a consumer group shows its epoch when it asks. */
const MEMBER_VERSION = 9;

/** Who commits; an admin or a consumer without a group membership leaves the defaults. */
export interface Committer {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
}

/** A topic of an answer, with a partition's fields by any version. */
type AnsweredTopic = Pick<OffsetFetchResponseTopic, "name" | "partitions">;

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number;
  readonly metadata?: string | undefined;
  readonly leaderEpoch?: number | undefined;
}

/** Reads committed offsets; `undefined` partitions: all of the group. `asker`: the member of a consumer group that wants to go on there. Waits while a transaction holds one back (`require_stable`). */
export async function fetchCommitted(
  cluster: Cluster,
  lane: Lane,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  limit: CallLimit,
  asker?: Pick<Committer, "memberId" | "generationId">,
): Promise<(TopicPartition & Outcome<CommittedOffset | undefined>)[]> {
  const ids = partitions && topicIdsOf(cluster.metadata.current, new Set(partitions.map((p) => p.topic)));
  // Without names in hand an answer in ids could not be read, so "all" stays with names.
  const max = ids === undefined ? TOPIC_ID_VERSION - 1 : undefined;
  const min = partitions === undefined ? ALL_TOPICS_VERSION : undefined;
  return cluster.callCoordinator(
    lane,
    "group",
    groupId,
    offsetFetchApi,
    (version) => offsetFetchRequest(version, groupId, partitions, ids, asker),
    (response) => readCommitted(response, ids),
    limit,
    { min, max },
  );
}

/**
 * Committed offsets of several groups of one coordinator in one request (KIP-709), all of each. Left out are groups that it refuses, and those of which a transaction holds something back: who asks for
 * one alone is told why, or waits. Undefined where the broker takes one group a request.
 */
export async function fetchCommittedOfGroups(
  connection: Connection,
  groupIds: readonly string[],
  limit: CallLimit,
): Promise<ReadonlyMap<string, (TopicPartition & Outcome<CommittedOffset | undefined>)[]> | undefined> {
  const bounds = { min: GROUPS_VERSION, max: TOPIC_ID_VERSION - 1 };
  if (connection.versions.find(offsetFetchApi, bounds) === undefined) return undefined;
  const groups = groupIds.map((groupId) => makeOffsetFetchRequestGroup({ groupId, topics: null }));
  const response = await callOn(connection, offsetFetchApi, () => makeOffsetFetchRequest({ groups, requireStable: true }), {
    ...bounds,
    limit,
  });
  const told = new Map<string, (TopicPartition & Outcome<CommittedOffset | undefined>)[]>();
  for (const { groupId, errorCode, topics } of response.groups) {
    const isHeldBack = topics.some(({ partitions }) => partitions.some((each) => each.errorCode === ErrorCode.UNSTABLE_OFFSET_COMMIT));
    if (errorCode === ErrorCode.NONE && !isHeldBack) told.set(groupId, committedIn(topics));
  }
  return told;
}

function offsetFetchRequest(
  version: number,
  groupId: string,
  partitions: readonly TopicPartition[] | undefined,
  ids: ReadonlyMap<string, string> | undefined,
  asker: Pick<Committer, "memberId" | "generationId"> | undefined,
): OffsetFetchRequest {
  const requireStable = version >= 7;
  const byTopic =
    partitions && [...groupByTopic(partitions)].map(([name, entries]) => ({ name, partitionIndexes: entries.map((e) => e.partition) }));
  if (version < GROUPS_VERSION) {
    return makeOffsetFetchRequest({ groupId, topics: byTopic?.map((topic) => makeOffsetFetchRequestTopic(topic)) ?? null, requireStable });
  }
  const topics = byTopic?.map(({ name, partitionIndexes }) =>
    version >= TOPIC_ID_VERSION
      ? makeOffsetFetchRequestTopics({ topicId: ids!.get(name)!, partitionIndexes })
      : makeOffsetFetchRequestTopics({ name, partitionIndexes }),
  );
  const member = asker && version >= MEMBER_VERSION ? { memberId: asker.memberId, memberEpoch: asker.generationId } : {};
  return makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId, ...member, topics: topics ?? null })], requireStable });
}

function readCommitted(
  response: OffsetFetchResponse,
  ids: ReadonlyMap<string, string> | undefined,
): (TopicPartition & Outcome<CommittedOffset | undefined>)[] {
  const group = response.groups[0];
  throwIfRefused(group?.errorCode ?? response.errorCode);
  const names = namesOfIds(ids);
  const topics = group?.topics.map((topic) => ({ name: names.get(topic.topicId) ?? topic.name, partitions: topic.partitions }));
  return committedIn(topics ?? response.topics);
}

/** Throws UNSTABLE_OFFSET_COMMIT of a partition that a transaction holds back. */
function committedIn(topics: readonly AnsweredTopic[]): (TopicPartition & Outcome<CommittedOffset | undefined>)[] {
  const results: (TopicPartition & Outcome<CommittedOffset | undefined>)[] = [];
  for (const { name, partitions } of topics) {
    for (const p of partitions) {
      if (p.errorCode === ErrorCode.UNSTABLE_OFFSET_COMMIT) throw new KafkaError(p.errorCode);
      const value = (): CommittedOffset | undefined =>
        p.committedOffset < 0
          ? undefined
          : {
              offset: p.committedOffset,
              metadata: p.metadata ?? "",
              leaderEpoch: p.committedLeaderEpoch < 0 ? undefined : p.committedLeaderEpoch,
            };
      results.push({ topic: name, partition: p.partitionIndex, ...outcomeOf(p.errorCode, undefined, value) });
    }
  }
  return results;
}

/**
 * Commits offsets; each attempt those that are `current` by then. Codes that mean "not this coordinator" or "not yet" are tried again; every other stands in its partition's outcome.
 */
export async function commitOffsets(
  cluster: Cluster,
  lane: Lane,
  committer: Committer,
  offsets: readonly OffsetToCommit[],
  limit: CallLimit,
  isCurrent: (offset: OffsetToCommit) => boolean = () => true,
): Promise<(TopicPartition & Outcome<void>)[]> {
  const ids = topicIdsOf(cluster.metadata.current, new Set(offsets.map(({ topic }) => topic)));
  return cluster.callCoordinator(
    lane,
    "group",
    committer.groupId,
    offsetCommitApi,
    (version) =>
      makeOffsetCommitRequest({
        groupId: committer.groupId,
        generationIdOrMemberEpoch: committer.generationId,
        memberId: committer.memberId,
        groupInstanceId: version >= 7 ? (committer.groupInstanceId ?? null) : null,
        topics: [...groupByTopic(offsets.filter(isCurrent))].map(([name, entries]) => {
          const partitions = entries.map((entry) =>
            makeOffsetCommitRequestPartition({
              partitionIndex: entry.partition,
              committedOffset: entry.offset,
              committedLeaderEpoch: version >= 6 ? (entry.leaderEpoch ?? -1) : -1,
              committedMetadata: entry.metadata ?? "",
            }),
          );
          return version >= TOPIC_ID_VERSION
            ? makeOffsetCommitRequestTopic({ topicId: ids!.get(name)!, partitions })
            : makeOffsetCommitRequestTopic({ name, partitions });
        }),
      }),
    (response) => readCommitAnswer(response, ids),
    limit,
    { max: ids === undefined ? TOPIC_ID_VERSION - 1 : undefined },
  );
}

function readCommitAnswer(
  response: OffsetCommitResponse,
  ids: ReadonlyMap<string, string> | undefined,
): (TopicPartition & Outcome<void>)[] {
  const results: (TopicPartition & Outcome<void>)[] = [];
  const names = namesOfIds(ids);
  for (const { topicId, name, partitions } of response.topics) {
    const topic = names.get(topicId) ?? name;
    for (const p of partitions) {
      if (isCoordinatorTrouble(p.errorCode)) throw new KafkaError(p.errorCode);
      results.push({
        topic,
        partition: p.partitionIndex,
        ...outcomeOf(p.errorCode, undefined, () => undefined),
      });
    }
  }
  return results;
}

function isCoordinatorTrouble(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.NOT_COORDINATOR ||
    errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE ||
    errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
  );
}
