import { ByteReader, MalformedBytesError } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import {
  consumerGroupDescribeApi,
  type DescribedGroup as ConsumerGroup,
  makeConsumerGroupDescribeRequest,
} from "@ottla/protocol/apis/consumer-group-describe";
import { type DescribedGroup as ClassicGroup, describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import type { CallLimit } from "../cluster/call-limit.ts";
import { callOn } from "../cluster/lane.ts";
import { decodeAssignment } from "../group/consumer-protocol.ts";
import type { CallOptions } from "../options/call-options.ts";
import { throwIfRefused } from "../outcome.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import type { GroupDescription, Named } from "./admin-types.ts";
import { askGroup } from "./group-coordinator.ts";
import { groupsByCoordinator } from "./groups-by-coordinator.ts";
import type { Node } from "./node-types.ts";
import { perName } from "./per-name.ts";

const EMPTY_DEAD_GROUP = "Dead";
/** Of one request to one coordinator, so that no answer is large. */
const GROUPS_PER_REQUEST = 100;
/** How a coordinator says that a group is none of KIP-848. */
const NONE_OF_THESE: ReadonlySet<number> = new Set([ErrorCode.GROUP_ID_NOT_FOUND, ErrorCode.UNSUPPORTED_VERSION]);

/** Groups of both protocols: of many, each coordinator is asked for all of its own at once, and alone for those that it does not tell of then. */
export async function describeGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<GroupDescription>[]> {
  const limit = context.cluster.limit(options);
  const told = groupIds.length > 1 ? await describeTogether(context, groupIds, limit) : undefined;
  return perName(
    groupIds,
    async (groupId) =>
      told?.get(groupId) ?? (await describeConsumerGroup(context, groupId, limit)) ?? describeClassicGroup(context, groupId, limit),
  );
}

/** What coordinators tell of many groups at once. Whatever goes wrong, with a group or with all of a request, leaves those groups out. */
async function describeTogether(
  context: AdminContext,
  groupIds: readonly string[],
  limit: CallLimit,
): Promise<ReadonlyMap<string, GroupDescription>> {
  const { cluster, lane } = context;
  const told = new Map<string, GroupDescription>();
  const ask = async (ids: readonly string[], coordinator: Node): Promise<void> => {
    const connection = await lane.connectTo(coordinator.nodeId, coordinator);
    let classicIds = ids;
    if (connection.versions.find(consumerGroupDescribeApi) !== undefined) {
      const { groups } = await callOn(
        connection,
        consumerGroupDescribeApi,
        () => makeConsumerGroupDescribeRequest({ groupIds: [...ids] }),
        { limit },
      );
      for (const group of groups) if (group.errorCode === ErrorCode.NONE) told.set(group.groupId, consumerGroup(group, coordinator));
      classicIds = groups.filter(({ errorCode }) => NONE_OF_THESE.has(errorCode)).map(({ groupId }) => groupId);
    }
    if (classicIds.length === 0) return;
    const { groups } = await callOn(connection, describeGroupsApi, () => makeDescribeGroupsRequest({ groups: [...classicIds] }), { limit });
    for (const group of groups)
      if (group.errorCode === ErrorCode.NONE && group.groupState !== EMPTY_DEAD_GROUP)
        told.set(group.groupId, classicGroup(group, coordinator));
  };
  const requests = await groupsByCoordinator(context, groupIds, GROUPS_PER_REQUEST, limit);
  await Promise.all(
    requests.map(({ coordinator, groupIds: ids }) =>
      cluster.retrying("DescribeGroups", limit, () => ask(ids, coordinator).catch(() => {})).catch(() => {}),
    ),
  );
  return told;
}

/** Undefined when the group is none of KIP-848, or the broker knows none. */
async function describeConsumerGroup(
  { cluster, lane }: AdminContext,
  groupId: string,
  limit: CallLimit,
): Promise<GroupDescription | undefined> {
  return cluster.retrying(
    `ConsumerGroupDescribe for "${groupId}"`,
    limit,
    async () => {
      const coordinator = await cluster.coordinators.find(lane, "group", groupId);
      const connection = await lane.connectTo(coordinator.nodeId, coordinator);
      if (connection.versions.find(consumerGroupDescribeApi) === undefined) return undefined;
      const response = await callOn(connection, consumerGroupDescribeApi, () => makeConsumerGroupDescribeRequest({ groupIds: [groupId] }));
      const group = response.groups[0];
      if (group === undefined || group.errorCode === ErrorCode.GROUP_ID_NOT_FOUND || group.errorCode === ErrorCode.UNSUPPORTED_VERSION)
        return undefined;
      throwIfRefused(group.errorCode, group.errorMessage);
      return consumerGroup(group, { ...coordinator, rack: undefined });
    },
    () => cluster.coordinators.forget("group", groupId),
  );
}

function consumerGroup(group: ConsumerGroup, coordinator: Node): GroupDescription {
  const none = Buffer.alloc(0);
  return {
    groupId: group.groupId,
    protocolType: "consumer",
    state: group.groupState,
    type: "consumer",
    protocol: group.assignorName,
    groupEpoch: group.groupEpoch,
    coordinator,
    members: group.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.instanceId ?? undefined,
      clientId: member.clientId,
      clientHost: member.clientHost,
      assignment: member.assignment.topicPartitions.flatMap((topic) =>
        topic.partitions.map((partition) => ({ topic: topic.topicName, partition })),
      ),
      rawMetadata: none,
      rawAssignment: none,
    })),
  };
}

export function describeClassicGroup(context: AdminContext, groupId: string, limit: CallLimit): Promise<GroupDescription> {
  return askGroup(
    context,
    groupId,
    describeGroupsApi,
    makeDescribeGroupsRequest({ groups: [groupId] }),
    ({ groups: [group] }, coordinator) => {
      throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
      // Before version 6 a group that does not exist is shown as a dead one.
      if (group!.groupState === EMPTY_DEAD_GROUP) throw new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND, `Group "${groupId}" does not exist.`);
      return classicGroup(group!, coordinator);
    },
    limit,
  );
}

function classicGroup(group: ClassicGroup, coordinator: Node): GroupDescription {
  return {
    groupId: group.groupId,
    protocolType: group.protocolType,
    state: group.groupState,
    type: "classic",
    protocol: group.protocolData,
    groupEpoch: undefined,
    coordinator,
    members: group.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId ?? undefined,
      clientId: member.clientId,
      clientHost: member.clientHost,
      assignment: readAssignment(group.protocolType, member.memberAssignment),
      rawMetadata: member.memberMetadata,
      rawAssignment: member.memberAssignment,
    })),
  };
}

function readAssignment(protocolType: string, bytes: Buffer): readonly TopicPartition[] | undefined {
  if (protocolType !== "consumer") return undefined;
  if (bytes.length === 0) return [];
  try {
    return decodeAssignment(new ByteReader(bytes)).partitions;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return undefined;
  }
}
