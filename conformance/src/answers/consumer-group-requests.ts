import { consumerGroupDescribeApi, makeConsumerGroupDescribeRequest } from "@ottla/protocol/apis/consumer-group-describe";
import {
  type ConsumerGroupHeartbeatRequest,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
  makeConsumerGroupHeartbeatRequestTopicPartitions,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { makeSyncGroupRequest, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import type { OddRequest } from "./odd-requests.ts";
import type { Probe } from "./probe.ts";

type Said = Partial<ConsumerGroupHeartbeatRequest>;

/** A heartbeat; what a member says when it joins, unless told otherwise. */
function beat(probe: Probe, group: string, said: Said = {}, version = 1): Promise<unknown> {
  const isJoining = (said.memberEpoch ?? 0) === 0;
  return probe.ask(
    consumerGroupHeartbeatApi,
    version,
    makeConsumerGroupHeartbeatRequest({
      groupId: probe.named(group),
      memberId: "m",
      memberEpoch: 0,
      ...(isJoining && { rebalanceTimeoutMs: 60_000, subscribedTopicNames: [probe.named("empty")], topicPartitions: [] }),
      ...said,
    }),
  );
}

async function each(asks: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const ask of asks) answers.push(await ask());
  return answers;
}

function commit(probe: Probe, group: string, memberId: string, generationIdOrMemberEpoch: number, version: number): Promise<unknown> {
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 3 })];
  const topics = [makeOffsetCommitRequestTopic({ name: probe.named("empty"), topicId: probe.topicId("empty"), partitions })];
  const request = makeOffsetCommitRequest({ groupId: probe.named(group), memberId, generationIdOrMemberEpoch, topics });
  return probe.ask(offsetCommitApi, version, request);
}

function fetchOffsets(probe: Probe, group: string, memberId: string | null, memberEpoch: number, version = 9): Promise<unknown> {
  const groups = [makeOffsetFetchRequestGroup({ groupId: probe.named(group), memberId, memberEpoch, topics: null })];
  return probe.ask(offsetFetchApi, version, makeOffsetFetchRequest({ groups }));
}

/** The subscription of a classic member: version 1, one topic, nothing else. */
function subscription(topic: string): Buffer {
  const name = Buffer.from(topic);
  return Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 1, 0, name.length]), name, Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]);
}

function join(
  probe: Probe,
  group: string,
  memberId: string,
  protocolType = "consumer",
  metadata = subscription(probe.named("empty")),
): Promise<unknown> {
  const protocols = [makeJoinGroupRequestProtocol({ name: "range", metadata })];
  const groupId = probe.named(group);
  return probe.ask(
    joinGroupApi,
    9,
    makeJoinGroupRequest({ groupId, memberId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 20_000, protocolType, protocols }),
  );
}

function classic(probe: Probe, group: string, memberId: string, generationId: number): readonly (() => Promise<unknown>)[] {
  const groupId = probe.named(group);
  return [
    () => probe.ask(heartbeatApi, 4, makeHeartbeatRequest({ groupId, memberId, generationId })),
    () =>
      probe.ask(
        syncGroupApi,
        5,
        makeSyncGroupRequest({ groupId, memberId, generationId, protocolType: "consumer", protocolName: "range" }),
      ),
  ];
}

/** Requests that are no heartbeats at all. */
const faults: readonly (readonly [string, Said, number?])[] = [
  ["no group", { groupId: "" }],
  ["a blank group", { groupId: "  " }],
  ["no member id", { memberId: "" }],
  ["no member id, leaving", { memberId: "", memberEpoch: -1 }, 0],
  ["a blank instance", { instanceId: " " }],
  ["an empty rack", { rackId: "" }],
  ["no rebalance timeout", { rebalanceTimeoutMs: -1 }],
  ["owns already", { topicPartitions: null }],
  ["no subscription", { subscribedTopicNames: null }],
  ["leaves for a while without an instance", { memberEpoch: -2 }],
  ["an epoch below all", { memberEpoch: -3 }],
  ["an assignor that there is not", { serverAssignor: "sticky" }],
  ["an epoch of a group that there is not", { memberEpoch: 3 }],
  ["leaves a group that there is not", { memberEpoch: -1 }],
  ["a pattern that is none", { subscribedTopicNames: null, subscribedTopicRegex: "a(" }],
];

/** Groups of the consumer protocol: what is refused, and a few members' lives. Each case has groups of its own. */
export const consumerGroupRequests: readonly OddRequest[] = [
  ...faults.map(
    ([name, said, version], i): OddRequest => ({
      name: `ConsumerGroupHeartbeat: ${name}`,
      // What is wrong with a pattern is said in the library's own words.
      ask: async (probe) => {
        const answer = (await beat(probe, `fault-${i}`, said, version ?? 1)) as { errorMessage: string };
        return said.subscribedTopicRegex == null ? answer : { ...answer, errorMessage: null };
      },
    }),
  ),
  {
    name: "a member of the consumer protocol joins, is told, confirms, is behind, is fenced, leaves",
    ask: (probe) => {
      const owned = [makeConsumerGroupHeartbeatRequestTopicPartitions({ topicId: probe.topicId("empty"), partitions: [0] })];
      return each([
        () => beat(probe, "life"),
        () => beat(probe, "life", { memberEpoch: 2 }),
        () => beat(probe, "life", { memberEpoch: 2, topicPartitions: owned }),
        () =>
          beat(probe, "life", {
            memberEpoch: 2,
            rebalanceTimeoutMs: 60_000,
            subscribedTopicNames: [probe.named("empty")],
            topicPartitions: owned,
          }),
        () => beat(probe, "life", { memberEpoch: 9 }),
        () => beat(probe, "life", { memberEpoch: 1 }),
        () => beat(probe, "life", { memberEpoch: 2, memberId: "other" }),
        () => beat(probe, "life", { memberEpoch: 2, subscribedTopicNames: [] }),
        () => beat(probe, "life", { memberEpoch: 2, topicPartitions: [] }),
        () => beat(probe, "life", { memberEpoch: -1 }),
        () => beat(probe, "life", { memberEpoch: -1 }),
      ]);
    },
  },
  {
    name: "a static member of the consumer protocol goes for a while and comes back under another id",
    ask: (probe) => {
      const s = { instanceId: "i" };
      return each([
        () => beat(probe, "static", s),
        () => beat(probe, "static", { ...s, memberId: "n" }),
        () => beat(probe, "static", { ...s, memberEpoch: -2 }),
        () => beat(probe, "static", { ...s, memberId: "n" }),
        () => beat(probe, "static", { ...s, memberEpoch: 2 }),
        () => beat(probe, "static", { instanceId: "j", memberEpoch: 2 }),
        () => beat(probe, "static", { ...s, memberId: "n", memberEpoch: -1 }),
      ]);
    },
  },
  {
    name: "members of the consumer protocol commit and fetch with epochs",
    ask: (probe) =>
      each([
        () => beat(probe, "epochs"),
        ...[8, 9, 10].flatMap((version) => [1, 2, 3, -1].map((epoch) => () => commit(probe, "epochs", "m", epoch, version))),
        () => commit(probe, "epochs", "x", 2, 9),
        () => commit(probe, "epochs", "", -1, 9),
        ...[1, 2, 3].map((epoch) => () => fetchOffsets(probe, "epochs", "m", epoch)),
        () => fetchOffsets(probe, "epochs", "x", 2),
        () => fetchOffsets(probe, "epochs", null, -1),
        () => commit(probe, "no-such-group", "m", 2, 8),
        () => commit(probe, "no-such-group", "m", 2, 9),
        () => fetchOffsets(probe, "no-such-group", "m", 2),
      ]),
  },
  {
    name: "classic members in a consumer group",
    ask: (probe) =>
      each([
        () => beat(probe, "mixed"),
        () => join(probe, "mixed", "c"),
        ...classic(probe, "mixed", "c", 2),
        ...classic(probe, "mixed", "c", 7),
        ...classic(probe, "mixed", "m", 2),
        ...classic(probe, "mixed", "x", 2),
        () => join(probe, "mixed", "d", "connect"),
        () => join(probe, "mixed", "d", "consumer", Buffer.from([0, 1, 9])),
        () =>
          probe.ask(
            leaveGroupApi,
            5,
            makeLeaveGroupRequest({
              groupId: probe.named("mixed"),
              members: ["c", "x"].map((memberId) => makeMemberIdentity({ memberId })),
            }),
          ),
      ]),
  },
  {
    name: "a consumer group described as such, as a classic one, and one that there is not",
    ask: (probe) =>
      each([
        () => beat(probe, "described", { rackId: "r" }),
        ...["described", "no-such-group"].flatMap((group) => [
          ...[0, 1].map(
            (version) => () =>
              probe.ask(consumerGroupDescribeApi, version, makeConsumerGroupDescribeRequest({ groupIds: [probe.named(group)] })),
          ),
          ...[5, 6].map(
            (version) => () => probe.ask(describeGroupsApi, version, makeDescribeGroupsRequest({ groups: [probe.named(group)] })),
          ),
        ]),
        () => probe.ask(consumerGroupDescribeApi, 1, makeConsumerGroupDescribeRequest({ groupIds: [""] })),
      ]),
  },
];
