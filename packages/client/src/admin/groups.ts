import { ByteReader, MalformedBytesError } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import {
  consumerGroupDescribeApi,
  type DescribedGroup as ConsumerGroup,
  makeConsumerGroupDescribeRequest,
} from "@ottla/protocol/apis/consumer-group-describe";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { type DescribedGroup as ClassicGroup, describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import type { CallLimit } from "../cluster/call-limit.ts";
import { callOn } from "../cluster/lane.ts";
import { decodeAssignment } from "../group/consumer-protocol.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import { askEachGroup, askGroup } from "./group-coordinator.ts";
import { perName } from "./per-name.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Admin, GroupDescription, GroupListing, Named } from "./admin-types.ts";
import type { Node } from "./node-types.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";

const STATES_VERSION = 4;
const TYPES_VERSION = 5;
const MEMBERS_VERSION = 3;
const EMPTY_DEAD_GROUP = "Dead";

type ListOptions = NonNullable<Parameters<Admin["listGroups"]>[0]>;

export async function listGroups({ cluster, lane }: AdminContext, options: ListOptions = {}): Promise<readonly GroupListing[]> {
  const limit = cluster.limit(options);
  await cluster.retrying("Metadata", limit, () => cluster.metadata.refresh());
  const lists = await Promise.all(
    [...cluster.metadata.current.brokers.keys()].map((nodeId) =>
      cluster.retrying(`ListGroups on broker ${nodeId}`, limit, async () => {
        const response = await lane.call(nodeId, listGroupsApi, (version) =>
          makeListGroupsRequest({
            statesFilter: version >= STATES_VERSION ? (options.states ?? []) : [],
            typesFilter: version >= TYPES_VERSION ? (options.types ?? []) : [],
          }),
        );
        throwIfRefused(response.errorCode);
        return response.groups.map((group) => ({
          groupId: group.groupId,
          protocolType: group.protocolType,
          state: group.groupState || undefined,
          type: group.groupType || undefined,
          coordinator: nodeId,
        }));
      }),
    ),
  );
  const groups = new Map(lists.flat().map((group) => [group.groupId, group]));
  return [...groups.values()].sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
}

export async function describeGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<GroupDescription>[]> {
  const limit = context.cluster.limit(options);
  return perName(
    groupIds,
    async (groupId) => (await describeConsumerGroup(context, groupId, limit)) ?? describeClassicGroup(context, groupId, limit),
  );
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

function describeClassicGroup(context: AdminContext, groupId: string, limit: CallLimit): Promise<GroupDescription> {
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

export function deleteGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<void>[]> {
  return askEachGroup(
    context,
    groupIds,
    options,
    deleteGroupsApi,
    (groupId) => makeDeleteGroupsRequest({ groupsNames: [groupId] }),
    (response) => throwIfRefused(response.results[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR),
  );
}

type MemberOutcome = Outcome<void> & { readonly memberId: string; readonly groupInstanceId: string | undefined };

export async function removeGroupMembers(
  context: AdminContext,
  groupId: string,
  members: readonly { readonly memberId?: string; readonly groupInstanceId?: string }[] | undefined,
  options: CallOptions = {},
): Promise<readonly MemberOutcome[]> {
  const limit = context.cluster.limit(options);
  const all = members ?? (await describeClassicGroup(context, groupId, limit)).members;
  if (all.length === 0) return [];
  const identities = all.map((member) =>
    makeMemberIdentity({
      // A static member is named by its instance alone: its member id changes with every restart.
      memberId: member.groupInstanceId === undefined ? (member.memberId ?? "") : "",
      groupInstanceId: member.groupInstanceId ?? null,
      reason: "removed by an administrator",
    }),
  );
  return askGroup(
    context,
    groupId,
    leaveGroupApi,
    makeLeaveGroupRequest({ groupId, members: identities }),
    (response) => {
      throwIfRefused(response.errorCode);
      return response.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId ?? undefined,
        ...outcomeOf(member.errorCode, undefined, () => undefined),
      }));
    },
    limit,
    { min: MEMBERS_VERSION },
  );
}
