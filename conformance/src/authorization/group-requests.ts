import { NIL_UUID } from "@ottla/protocol";
import * as groupDescribe from "@ottla/protocol/apis/consumer-group-describe";
import * as groupHeartbeat from "@ottla/protocol/apis/consumer-group-heartbeat";
import * as streamsDescribe from "@ottla/protocol/apis/streams-group-describe";
import * as streamsHeartbeat from "@ottla/protocol/apis/streams-group-heartbeat";
import * as deleteGroups from "@ottla/protocol/apis/delete-groups";
import * as describeGroups from "@ottla/protocol/apis/describe-groups";
import * as findCoordinator from "@ottla/protocol/apis/find-coordinator";
import * as heartbeat from "@ottla/protocol/apis/heartbeat";
import * as joinGroup from "@ottla/protocol/apis/join-group";
import * as leaveGroup from "@ottla/protocol/apis/leave-group";
import * as listGroups from "@ottla/protocol/apis/list-groups";
import * as offsetCommit from "@ottla/protocol/apis/offset-commit";
import * as offsetDelete from "@ottla/protocol/apis/offset-delete";
import * as offsetFetch from "@ottla/protocol/apis/offset-fetch";
import * as syncGroup from "@ottla/protocol/apis/sync-group";
import { GROUP, type GuardedRequest, ID, partition0, request, topicsOf } from "./guarded-request.ts";

/** Requests about groups, and who coordinates them. */
export const groupRequests: readonly GuardedRequest[] = [
  ...[8, 10].map((version) =>
    request(`OffsetCommit ${version}`, (probe) =>
      probe.ask(
        offsetCommit.offsetCommitApi,
        version,
        offsetCommit.makeOffsetCommitRequest({
          groupId: probe.named(GROUP),
          generationIdOrMemberEpoch: -1,
          topics: ["seen", "other", "missing"].map((name) =>
            offsetCommit.makeOffsetCommitRequestTopic({
              name: probe.named(name),
              topicId: version < 10 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
              partitions: [offsetCommit.makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 1, committedMetadata: "" })],
            }),
          ),
        }),
      ),
    ),
  ),
  ...[1, 7].flatMap((version) =>
    [false, true].flatMap((all) =>
      all && version < 2
        ? []
        : [
            request(`OffsetFetch ${version}${all ? " of all" : ""}`, (probe) =>
              probe.ask(
                offsetFetch.offsetFetchApi,
                version,
                offsetFetch.makeOffsetFetchRequest({
                  groupId: probe.named(GROUP),
                  topics: all
                    ? null
                    : topicsOf(probe).map((name) => offsetFetch.makeOffsetFetchRequestTopic({ name, partitionIndexes: partition0 })),
                }),
              ),
            ),
          ],
    ),
  ),
  ...[8, 10].flatMap((version) =>
    [false, true].map((all) =>
      request(`OffsetFetch ${version}${all ? " of all" : ""}`, (probe) =>
        probe.ask(
          offsetFetch.offsetFetchApi,
          version,
          offsetFetch.makeOffsetFetchRequest({
            groups: ["nobody", GROUP, "else"].map((group) =>
              offsetFetch.makeOffsetFetchRequestGroup({
                groupId: probe.named(group),
                topics: all
                  ? null
                  : ["seen", "other", "missing"].map((name) =>
                      offsetFetch.makeOffsetFetchRequestTopics({
                        name: probe.named(name),
                        topicId: version < 10 ? NIL_UUID : (probe.topicIds.get(name) ?? "AAAAAAAAAAAAAAAAAAAAAQ"),
                        partitionIndexes: partition0,
                      }),
                    ),
              }),
            ),
          }),
        ),
      ),
    ),
  ),
  ...[0, 1].flatMap((keyType) => [
    request(`FindCoordinator 3, type ${keyType}`, (probe) =>
      probe.ask(
        findCoordinator.findCoordinatorApi,
        3,
        findCoordinator.makeFindCoordinatorRequest({ key: probe.named(keyType === 0 ? GROUP : ID), keyType }),
      ),
    ),
    request(`FindCoordinator 4, type ${keyType}`, (probe) =>
      probe.ask(
        findCoordinator.findCoordinatorApi,
        4,
        findCoordinator.makeFindCoordinatorRequest({
          coordinatorKeys: ["nobody", keyType === 0 ? GROUP : ID, "else"].map((key) => probe.named(key)),
          keyType,
        }),
      ),
    ),
  ]),
  ...[5, 9].map((version) =>
    request(`JoinGroup ${version}`, (probe) =>
      probe.ask(
        joinGroup.joinGroupApi,
        version,
        joinGroup.makeJoinGroupRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          sessionTimeoutMs: 10_000,
          rebalanceTimeoutMs: 10_000,
          protocolType: "consumer",
          protocols: [joinGroup.makeJoinGroupRequestProtocol({ name: "range" })],
        }),
      ),
    ),
  ),
  request("Heartbeat 4", (probe) =>
    probe.ask(
      heartbeat.heartbeatApi,
      4,
      heartbeat.makeHeartbeatRequest({ groupId: probe.named(GROUP), memberId: "unknown", generationId: 1 }),
    ),
  ),
  ...[2, 5].map((version) =>
    request(`LeaveGroup ${version}`, (probe) =>
      probe.ask(
        leaveGroup.leaveGroupApi,
        version,
        leaveGroup.makeLeaveGroupRequest({
          groupId: probe.named(GROUP),
          ...(version < 3 ? { memberId: "unknown" } : { members: [leaveGroup.makeMemberIdentity({ memberId: "unknown" })] }),
        }),
      ),
    ),
  ),
  ...[null, "consumer"].map((protocolType) =>
    request(`SyncGroup 5, protocol ${protocolType}`, (probe) =>
      probe.ask(
        syncGroup.syncGroupApi,
        5,
        syncGroup.makeSyncGroupRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          generationId: 1,
          protocolType,
          protocolName: protocolType && "range",
        }),
      ),
    ),
  ),
  ...[5, 6].map((version) =>
    request(`DescribeGroups ${version}`, (probe) =>
      probe.ask(
        describeGroups.describeGroupsApi,
        version,
        describeGroups.makeDescribeGroupsRequest({
          groups: ["nobody", GROUP].map((group) => probe.named(group)),
          includeAuthorizedOperations: true,
        }),
      ),
    ),
  ),
  request("ListGroups 5", (probe) => probe.ask(listGroups.listGroupsApi, 5, listGroups.makeListGroupsRequest({}))),
  request("DeleteGroups 2", (probe) =>
    probe.ask(
      deleteGroups.deleteGroupsApi,
      2,
      deleteGroups.makeDeleteGroupsRequest({ groupsNames: ["nobody", `${GROUP}.gone`].map((name) => probe.named(name)) }),
    ),
  ),
  request("OffsetDelete 0", (probe) =>
    probe.ask(
      offsetDelete.offsetDeleteApi,
      0,
      offsetDelete.makeOffsetDeleteRequest({
        groupId: probe.named(GROUP),
        topics: topicsOf(probe).map((name) =>
          offsetDelete.makeOffsetDeleteRequestTopic({
            name,
            partitions: [offsetDelete.makeOffsetDeleteRequestPartition({ partitionIndex: 9 })],
          }),
        ),
      }),
    ),
  ),
  ...[["seen"], ["seen", "other"], null].map((names) =>
    request(`ConsumerGroupHeartbeat 1 ${names}`, (probe) =>
      probe.ask(
        groupHeartbeat.consumerGroupHeartbeatApi,
        1,
        groupHeartbeat.makeConsumerGroupHeartbeatRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          memberEpoch: 7,
          subscribedTopicNames: names && names.map((name) => probe.named(name)),
        }),
      ),
    ),
  ),
  ...[["seen"], ["seen", "other"], null].map((names) =>
    request(`StreamsGroupHeartbeat 1 ${names}`, (probe) =>
      probe.ask(
        streamsHeartbeat.streamsGroupHeartbeatApi,
        1,
        streamsHeartbeat.makeStreamsGroupHeartbeatRequest({
          groupId: probe.named(GROUP),
          memberId: "unknown",
          memberEpoch: 7,
          topology:
            names &&
            streamsHeartbeat.makeTopology({
              subtopologies: [
                streamsHeartbeat.makeSubtopology({ subtopologyId: "0", sourceTopics: names.map((name) => probe.named(name)) }),
              ],
            }),
        }),
      ),
    ),
  ),
  request("StreamsGroupDescribe 1", (probe) =>
    probe.ask(
      streamsDescribe.streamsGroupDescribeApi,
      1,
      streamsDescribe.makeStreamsGroupDescribeRequest({
        groupIds: ["nobody", GROUP].map((group) => probe.named(group)),
        includeAuthorizedOperations: true,
      }),
    ),
  ),
  request("ConsumerGroupDescribe 1", (probe) =>
    probe.ask(
      groupDescribe.consumerGroupDescribeApi,
      1,
      groupDescribe.makeConsumerGroupDescribeRequest({
        groupIds: ["nobody", GROUP].map((group) => probe.named(group)),
        includeAuthorizedOperations: true,
      }),
    ),
  ),
];
