import { ErrorCode } from "@ottla/protocol";
import { makeShareGroupDescribeRequest, shareGroupDescribeApi } from "@ottla/protocol/apis/share-group-describe";
import {
  makeStreamsGroupDescribeRequest,
  type Member,
  streamsGroupDescribeApi,
  type TaskIds,
} from "@ottla/protocol/apis/streams-group-describe";
import { throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { AdminContext } from "./admin-context.ts";
import type { Named } from "./admin-types.ts";
import type { Node } from "./node-types.ts";
import type { ShareGroupDescription, StreamsGroupDescription, StreamsMember, StreamsTasks } from "./group-types.ts";
import { perName } from "./per-name.ts";

export function describeShareGroups(
  { cluster, lane }: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<ShareGroupDescription>[]> {
  const limit = cluster.limit(options);
  return perName(groupIds, (groupId) =>
    cluster.callCoordinator(
      lane,
      "group",
      groupId,
      shareGroupDescribeApi,
      () => makeShareGroupDescribeRequest({ groupIds: [groupId] }),
      ({ groups: [group] }): ShareGroupDescription => {
        throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
        const { groupState, groupEpoch, assignmentEpoch, assignorName, members } = group!;
        return {
          groupId,
          state: groupState,
          groupEpoch,
          assignmentEpoch,
          assignor: assignorName,
          coordinator: coordinatorOf(cluster, groupId),
          members: members.map(({ memberId, clientId, clientHost, rackId, memberEpoch, subscribedTopicNames, assignment }) => ({
            memberId,
            clientId,
            clientHost,
            rackId: rackId ?? undefined,
            memberEpoch,
            topics: subscribedTopicNames,
            assignment: assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
              partitions.map((partition) => ({ topic: topicName, partition })),
            ),
          })),
        };
      },
      limit,
    ),
  );
}

export function describeStreamsGroups(
  { cluster, lane }: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<StreamsGroupDescription>[]> {
  const limit = cluster.limit(options);
  return perName(groupIds, (groupId) =>
    cluster.callCoordinator(
      lane,
      "group",
      groupId,
      streamsGroupDescribeApi,
      () => makeStreamsGroupDescribeRequest({ groupIds: [groupId] }),
      ({ groups: [group] }): StreamsGroupDescription => {
        throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
        const { groupState, groupEpoch, assignmentEpoch, topology, members } = group!;
        const names = (topics: readonly { readonly name: string }[]) => topics.map(({ name }) => name);
        return {
          groupId,
          state: groupState,
          groupEpoch,
          assignmentEpoch,
          topologyEpoch: topology?.epoch,
          subtopologies: (topology?.subtopologies ?? []).map((each) => ({
            subtopologyId: each.subtopologyId,
            sourceTopics: each.sourceTopics,
            repartitionSinkTopics: each.repartitionSinkTopics,
            repartitionSourceTopics: names(each.repartitionSourceTopics),
            stateChangelogTopics: names(each.stateChangelogTopics),
          })),
          coordinator: coordinatorOf(cluster, groupId),
          members: members.map(streamsMember),
        };
      },
      limit,
    ),
  );
}

function streamsMember(member: Member): StreamsMember {
  const { memberId, instanceId, clientId, clientHost, rackId, memberEpoch, processId, topologyEpoch, assignment } = member;
  return {
    memberId,
    groupInstanceId: instanceId ?? undefined,
    clientId,
    clientHost,
    rackId: rackId ?? undefined,
    memberEpoch,
    processId,
    topologyEpoch,
    activeTasks: assignment.activeTasks.map(tasks),
    standbyTasks: assignment.standbyTasks.map(tasks),
    warmupTasks: assignment.warmupTasks.map(tasks),
  };
}

function tasks({ subtopologyId, partitions }: TaskIds): StreamsTasks {
  return { subtopologyId, partitions };
}

function coordinatorOf(cluster: AdminContext["cluster"], groupId: string): Node {
  const { nodeId, host, port } = cluster.coordinators.known("group", groupId)!;
  return { nodeId, host, port, rack: undefined };
}
