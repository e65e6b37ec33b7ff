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
import type { ShareGroupDescription, StreamsGroupDescription, StreamsMember, StreamsTasks } from "./group-types.ts";
import { askEachGroup } from "./group-coordinator.ts";

export function describeShareGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<ShareGroupDescription>[]> {
  return askEachGroup(
    context,
    groupIds,
    options,
    shareGroupDescribeApi,
    (groupId) => makeShareGroupDescribeRequest({ groupIds: [groupId] }),
    ({ groups: [group] }, coordinator): ShareGroupDescription => {
      throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
      const { groupId, groupState, groupEpoch, assignmentEpoch, assignorName, members } = group!;
      return {
        groupId,
        state: groupState,
        groupEpoch,
        assignmentEpoch,
        assignor: assignorName,
        coordinator,
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
  );
}

export function describeStreamsGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<StreamsGroupDescription>[]> {
  return askEachGroup(
    context,
    groupIds,
    options,
    streamsGroupDescribeApi,
    (groupId) => makeStreamsGroupDescribeRequest({ groupIds: [groupId] }),
    ({ groups: [group] }, coordinator): StreamsGroupDescription => {
      throwIfRefused(group?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, group?.errorMessage);
      const { groupId, groupState, groupEpoch, assignmentEpoch, topology, members } = group!;
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
        coordinator,
        members: members.map(streamsMember),
      };
    },
  );
}

function streamsMember(member: Member): StreamsMember {
  const { memberId, instanceId, clientId, clientHost, rackId, memberEpoch, processId, topologyEpoch, userEndpoint, assignment } = member;
  return {
    memberId,
    groupInstanceId: instanceId ?? undefined,
    clientId,
    clientHost,
    rackId: rackId ?? undefined,
    memberEpoch,
    processId,
    topologyEpoch,
    userEndpoint: userEndpoint === null ? undefined : hostPort(userEndpoint),
    activeTasks: assignment.activeTasks.map(tasks),
    standbyTasks: assignment.standbyTasks.map(tasks),
    warmupTasks: assignment.warmupTasks.map(tasks),
  };
}

function hostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function tasks({ subtopologyId, partitions }: TaskIds): StreamsTasks {
  return { subtopologyId, partitions };
}
