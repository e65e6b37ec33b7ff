import { ErrorCode } from "@ottla/protocol";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";

/** Who acts for a group: a member of a generation or epoch, or nobody in particular. */
export interface GroupActor {
  readonly group: string;
  readonly memberId: string;
  /** Generation or member epoch; −1 for one who is no member. */
  readonly epoch: number;
}

/** A partition of which a group has an offset. */
export interface GroupPartition {
  readonly topic: SimulatedTopic;
  readonly partition: number;
}

/** Commits one offset. The code; undefined where no answer came. */
export async function commitOffset(
  client: Client,
  nodeId: number,
  { group, memberId, epoch }: GroupActor,
  { topic, partition, offset }: GroupPartition & { readonly offset: number },
): Promise<number | undefined> {
  const { history } = client.world;
  const commit = history.commit({ group, partition: topic.label(partition), offset });
  const request = makeOffsetCommitRequest({
    groupId: group,
    memberId,
    generationIdOrMemberEpoch: epoch,
    topics: [
      makeOffsetCommitRequestTopic({
        topicId: topic.topicId,
        partitions: [makeOffsetCommitRequestPartition({ partitionIndex: partition, committedOffset: offset, committedMetadata: "" })],
      }),
    ],
  });
  const code = (await client.call(nodeId, offsetCommitApi, 10, request))?.topics[0]?.partitions[0]?.errorCode;
  client.note("commits", group, topic.label(partition), offset, `code ${code}`);
  if (code === undefined) return undefined;
  if (client.isBug("OffsetCommit", code)) return code;
  // A coordinator that gives up waiting for its log does not know what became of the commit.
  if (code === ErrorCode.NONE) history.endCommit(commit, true);
  else if (NOTHING_KEPT.has(code)) history.endCommit(commit, false);
  return code;
}

const NOTHING_KEPT: ReadonlySet<number> = new Set([
  ErrorCode.ILLEGAL_GENERATION,
  ErrorCode.UNKNOWN_MEMBER_ID,
  ErrorCode.STALE_MEMBER_EPOCH,
  ErrorCode.FENCED_MEMBER_EPOCH,
  ErrorCode.REBALANCE_IN_PROGRESS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.FENCED_INSTANCE_ID,
]);

/** The group's offset of a partition: a number, `none`, or an error code (undefined where no answer came). */
export async function fetchCommitted(
  client: Client,
  nodeId: number,
  { group, memberId, epoch }: GroupActor,
  { topic, partition }: GroupPartition,
): Promise<{ readonly offset: number | undefined } | { readonly code: number | undefined }> {
  const { history } = client.world;
  const begun = history.tick();
  const request = makeOffsetFetchRequest({
    requireStable: true,
    groups: [
      makeOffsetFetchRequestGroup({
        groupId: group,
        memberId: epoch < 0 ? null : memberId,
        memberEpoch: epoch,
        topics: [makeOffsetFetchRequestTopics({ topicId: topic.topicId, partitionIndexes: [partition] })],
      }),
    ],
  });
  const answer = (await client.call(nodeId, offsetFetchApi, 10, request))?.groups[0];
  const found = answer?.topics[0]?.partitions[0];
  const code = answer && answer.errorCode !== ErrorCode.NONE ? answer.errorCode : found?.errorCode;
  if (code !== undefined) client.isBug("OffsetFetch", code);
  if (!found || code !== ErrorCode.NONE) return { code };
  const offset = found.committedOffset < 0 ? undefined : found.committedOffset;
  client.note("finds committed", group, topic.label(partition), offset ?? "none");
  history.fetchOffset({ group, partition: topic.label(partition), offset, begun });
  return { offset };
}
