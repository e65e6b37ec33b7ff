// StreamsGroupDescribe v0-1. KIP-1071; v1: the assignor, and descriptions of topologies, of which there are none without a plug-in (KIP-1331).
import { TimeSlice } from "@ottla/base";
import { ErrorCode, ResourceType } from "@ottla/protocol";
import {
  type DescribedGroup,
  type Member,
  makeAssignment,
  makeDescribedGroup,
  makeEndpoint,
  makeKeyValue,
  makeMember,
  makeStreamsGroupDescribeResponse,
  makeSubtopology,
  makeTaskIds,
  makeTaskOffset,
  makeTopicInfo,
  makeTopology,
  type StreamsGroupDescribeRequest,
  type StreamsGroupDescribeResponse,
  streamsGroupDescribeApi,
  type Topology,
} from "@ottla/protocol/apis/streams-group-describe";
import { eachItem, isMet, need } from "../authorisation.ts";
import { NOT_ASKED } from "../authorized-operations.ts";
import { NO_OFFSETS, type StreamsGroup, type TaskOffsets } from "../groups/streams/streams-group.ts";
import type { StreamsMember } from "../groups/streams/streams-member.ts";
import { heldCount, type HeldTasks, listTasks, NO_TUPLE, type TaskTuple } from "../groups/streams/tasks.ts";
import { namedTopics } from "../groups/streams/topology/topology.ts";
import type { Handler, RequestContext } from "../handler.ts";
import { servesStreamsGroups } from "./88-streams-group-heartbeat.ts";

/** Groups that come when an answer tells of so many details already (tasks, topics, tags, offsets) are refused: a request may name a group many times over, and an answer is written at once. */
const DETAILS_MAX = 200_000;
/** What a group, a part of its topology, or a member takes as long to be written as. */
const DETAILS_EACH = 30;
/** The topology's description was asked for, and nothing keeps one. */
const NO_DESCRIPTION = 1;

const MAY_DESCRIBE = need("DESCRIBE", "GROUP", "each group");
const MAY_SEE_TOPICS = need("DESCRIBE", "TOPIC", "each topic of the topology", { note: "else the group is refused" });
const TOPICS_HIDDEN = "The described group uses topics that the client is not authorized to describe.";

export const streamsGroupDescribeHandler: Handler<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse> = {
  api: streamsGroupDescribeApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: eachItem({
    need: [MAY_DESCRIBE, MAY_SEE_TOPICS],
    items: ({ groupIds }) => groupIds,
    nameOf: (groupId, { broker }) => (servesStreamsGroups(broker) ? groupId : undefined),
    narrow: (request, groupIds) => ({ ...request, groupIds }),
    refuse: (groupId, errorCode) => failed(groupId, errorCode, null),
    join: (response, refused) => ({ ...response, groups: [...refused, ...response.groups] }),
  }),

  async handle(context, request) {
    const description = new Description(context, request);
    const groups: DescribedGroup[] = [];
    for (const groupId of request.groupIds) {
      groups.push(await description.describe(groupId));
      await description.rest();
    }
    return makeStreamsGroupDescribeResponse({ groups });
  },
};

class Description {
  readonly #context: RequestContext;
  readonly #request: StreamsGroupDescribeRequest;
  readonly #slice: TimeSlice;
  #details = 0;

  constructor(context: RequestContext, request: StreamsGroupDescribeRequest) {
    this.#context = context;
    this.#request = request;
    this.#slice = new TimeSlice(context.broker.clock);
  }

  /** Others get their turn among many small groups too. */
  async rest(): Promise<void> {
    if (this.#slice.isOver) await this.#slice.rest();
  }

  async describe(groupId: string): Promise<DescribedGroup> {
    const {
      broker,
      access,
      session: { nodeId },
    } = this.#context;
    if (!servesStreamsGroups(broker)) return failed(groupId, ErrorCode.UNSUPPORTED_VERSION, null);
    if (groupId === "") return failed(groupId, ErrorCode.INVALID_GROUP_ID, null);
    if (this.#details > DETAILS_MAX)
      return failed(groupId, ErrorCode.INVALID_REQUEST, "The answer would be too large: ask for fewer groups at a time.");
    const group = broker.groups.group(groupId, nodeId);
    if (typeof group === "number") return failed(groupId, group, null);
    if (group?.type !== "streams") {
      const why = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a streams group.`;
      return failed(groupId, ErrorCode.GROUP_ID_NOT_FOUND, why);
    }
    const { state, groupEpoch, assignmentEpoch } = group;
    const topology = topologyOf(group);
    const topics = namedTopics(topology.subtopologies ?? []);
    this.#details += DETAILS_EACH + sizeOf(topology);
    for (const topic of topics) if (!isMet(access, MAY_SEE_TOPICS, topic)) return failed(groupId, MAY_SEE_TOPICS.errorCode, TOPICS_HIDDEN);
    const { includeAuthorizedOperations, includeTopologyDescription } = this.#request;
    return makeDescribedGroup({
      groupId,
      groupState: state,
      groupEpoch,
      assignmentEpoch,
      topology,
      members: await this.#members(group),
      authorizedOperations: includeAuthorizedOperations ? access.operationsOn(ResourceType.GROUP, groupId) : NOT_ASKED,
      topologyDescriptionStatus: includeTopologyDescription ? NO_DESCRIPTION : 0,
      assignorName: "sticky",
    });
  }

  /** A large group is told in slices: members that come or go meanwhile may be in it or not. */
  async #members(group: StreamsGroup): Promise<Member[]> {
    const members: Member[] = [];
    for (const member of group.members.values()) {
      const { offsets, endOffsets } = group.soft.taskOffsets.get(member.memberId) ?? NO_OFFSETS;
      this.#details += DETAILS_EACH + heldCount(member.assigned) + member.clientTags.size + countOf(offsets) + countOf(endOffsets);
      members.push(describedMember(group, member));
      if (this.#slice.isOver) await this.#slice.rest();
    }
    return members;
  }
}

/** A topology may name a topic many times: each is written. */
function sizeOf({ subtopologies }: Topology): number {
  let size = 0;
  for (const { sourceTopics, repartitionSinkTopics, repartitionSourceTopics, stateChangelogTopics } of subtopologies ?? []) {
    size += DETAILS_EACH + sourceTopics.length + repartitionSinkTopics.length;
    for (const topics of [repartitionSourceTopics, stateChangelogTopics])
      for (const { topicConfigs } of topics) size += 1 + topicConfigs.length;
  }
  return size;
}

function countOf(offsets: TaskOffsets): number {
  let count = 0;
  for (const byPartition of offsets.values()) count += byPartition.size;
  return count;
}

function describedMember({ targets, soft }: StreamsGroup, member: StreamsMember): Member {
  const { offsets, endOffsets } = soft.taskOffsets.get(member.memberId) ?? NO_OFFSETS;
  return makeMember({
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    topologyEpoch: member.topologyEpoch,
    processId: member.processId,
    userEndpoint: member.userEndpoint && makeEndpoint(member.userEndpoint),
    clientTags: Array.from(member.clientTags, ([key, value]) => makeKeyValue({ key, value })),
    taskOffsets: taskOffsets(offsets),
    taskEndOffsets: taskOffsets(endOffsets),
    assignment: assignment(member.assigned),
    targetAssignment: assignment(targets.get(member.memberId) ?? NO_TUPLE),
  });
}

function assignment({ active, standby, warmup }: TaskTuple | HeldTasks) {
  return makeAssignment({
    activeTasks: listTasks(active).map((each) => makeTaskIds(each)),
    standbyTasks: listTasks(standby).map((each) => makeTaskIds(each)),
    warmupTasks: listTasks(warmup).map((each) => makeTaskIds(each)),
  });
}

function taskOffsets(offsets: TaskOffsets) {
  return [...offsets]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([subtopologyId, byPartition]) =>
      [...byPartition]
        .sort(([one], [other]) => one - other)
        .map(([partition, offset]) => makeTaskOffset({ subtopologyId, partition, offset })),
    );
}

/** As it fits the topics, with their numbers; where it does not, as the members told it. */
function topologyOf({ soft: { configured }, topology }: StreamsGroup): Topology {
  if (configured !== undefined && configured.problem === undefined) {
    return makeTopology({
      epoch: configured.topologyEpoch,
      subtopologies: Array.from(configured.subtopologies.values(), ({ repartitionSourceTopics, stateChangelogTopics, ...each }) =>
        makeSubtopology({
          subtopologyId: each.subtopologyId,
          sourceTopics: each.sourceTopics,
          repartitionSinkTopics: each.repartitionSinkTopics,
          repartitionSourceTopics: repartitionSourceTopics.map(({ partitionCount, ...topic }) =>
            topicInfo({ ...topic, partitions: partitionCount }),
          ),
          stateChangelogTopics: stateChangelogTopics.map(({ partitionCount, ...topic }) =>
            topicInfo({ ...topic, partitions: partitionCount }),
          ),
        }),
      ),
    });
  }
  const subtopologies = [...(topology?.subtopologies ?? [])].sort((one, other) => (one.subtopologyId < other.subtopologyId ? -1 : 1));
  return makeTopology({
    epoch: topology?.epoch ?? 0,
    subtopologies: subtopologies.map(({ repartitionSourceTopics, stateChangelogTopics, ...each }) =>
      makeSubtopology({
        subtopologyId: each.subtopologyId,
        sourceTopics: [...each.sourceTopics].sort(),
        repartitionSinkTopics: [...each.repartitionSinkTopics].sort(),
        repartitionSourceTopics: sorted(repartitionSourceTopics).map(({ topicConfigs, ...topic }) =>
          topicInfo({ ...topic, configs: topicConfigs }),
        ),
        stateChangelogTopics: sorted(stateChangelogTopics).map(({ topicConfigs, ...topic }) =>
          topicInfo({ ...topic, configs: topicConfigs }),
        ),
      }),
    ),
  });
}

function sorted<Topic extends { readonly name: string }>(topics: readonly Topic[]): Topic[] {
  return [...topics].sort((one, other) => (one.name < other.name ? -1 : 1));
}

interface ShownTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: readonly { readonly key: string; readonly value: string }[];
}

function topicInfo({ name, partitions, replicationFactor, configs }: ShownTopic) {
  return makeTopicInfo({
    name,
    partitions,
    replicationFactor,
    topicConfigs: configs.map(({ key, value }) => makeKeyValue({ key, value })),
  });
}

function failed(groupId: string, errorCode: number, errorMessage: string | null): DescribedGroup {
  return makeDescribedGroup({ groupId, errorCode, errorMessage, authorizedOperations: NOT_ASKED });
}
