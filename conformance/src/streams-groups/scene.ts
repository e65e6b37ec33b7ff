import type { SeededRandom } from "@ottla/base/simulated";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import {
  makeOffsetDeleteRequest,
  makeOffsetDeleteRequestPartition,
  makeOffsetDeleteRequestTopic,
  offsetDeleteApi,
} from "@ottla/protocol/apis/offset-delete";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { consumerGroupHeartbeatApi, makeConsumerGroupHeartbeatRequest } from "@ottla/protocol/apis/consumer-group-heartbeat";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import {
  makeStreamsGroupDescribeRequest,
  streamsGroupDescribeApi,
  type StreamsGroupDescribeResponse,
} from "@ottla/protocol/apis/streams-group-describe";
import {
  makeCopartitionGroup,
  makeKeyValue,
  makeStreamsGroupHeartbeatRequest,
  makeStreamsGroupHeartbeatRequestTaskIds,
  makeSubtopology,
  makeTaskOffset,
  makeTopicInfo,
  makeTopology,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
  streamsGroupHeartbeatApi,
  type Topology,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { ModelThread } from "./model-thread.ts";
import type { Pair } from "./pair.ts";

const MISSING_INTERNAL_TOPICS = 3;

/** One group of seeded members, at both clusters. */
export class Scene {
  readonly #pair: Pair;
  readonly #random: SeededRandom;
  readonly #groupId: string;
  readonly #topology: Topology;
  readonly #topics: readonly string[];
  readonly #threads: ModelThread[] = [];

  private constructor(pair: Pair, random: SeededRandom, groupId: string) {
    this.#pair = pair;
    this.#random = random;
    this.#groupId = groupId;
    const name = (suffix: string) => `${groupId}-${suffix}`;
    const config = [makeKeyValue({ key: "cleanup.policy", value: "compact" })];
    const repartition = makeTopicInfo({ name: name("repartition"), partitions: random.nextInt(2) * 5 });
    this.#topology = makeTopology({
      epoch: 0,
      subtopologies: [
        makeSubtopology({
          subtopologyId: "0",
          sourceTopics: [name("in"), name("other")].slice(0, 1 + random.nextInt(2)),
          repartitionSinkTopics: [repartition.name],
        }),
        makeSubtopology({
          subtopologyId: "1",
          sourceTopics: [],
          repartitionSourceTopics: [repartition],
          stateChangelogTopics: [makeTopicInfo({ name: name("changelog"), topicConfigs: config })],
        }),
        makeSubtopology({
          subtopologyId: "2",
          sourceTopics: [name("in")],
          stateChangelogTopics: [makeTopicInfo({ name: name("store"), topicConfigs: config })],
          copartitionGroups: [makeCopartitionGroup({ sourceTopics: [0] })],
        }),
      ].slice(0, 2 + random.nextInt(2)),
    });
    this.#topics = [repartition.name, name("changelog"), ...(this.#topology.subtopologies.length > 2 ? [name("store")] : [])];
  }

  static async open(pair: Pair, random: SeededRandom, label: string): Promise<Scene> {
    const scene = new Scene(pair, random, `${label}-${Date.now().toString(36)}`);
    await scene.#prepare();
    return scene;
  }

  async #prepare(): Promise<void> {
    await this.#pair.setGroup(this.#groupId, "streams.num.standby.replicas", String(this.#random.nextInt(3)));
    await this.#pair.loaded(this.#groupId);
    // Nothing is there that the topology reads: Apache Kafka answers who has an endpoint then with an unknown error.
    const thread = this.#come(false);
    await this.#send(thread, thread.join(this.#groupId, this.#topology));
    await this.#pair.createTopic(`${this.#groupId}-in`, 1 + this.#random.nextInt(5));
    if (this.#topology.subtopologies[0]!.sourceTopics.length > 1)
      await this.#pair.createTopic(`${this.#groupId}-other`, 1 + this.#random.nextInt(5));
  }

  async step(): Promise<void> {
    const random = this.#random;
    const thread = this.#threads[random.nextInt(this.#threads.length)]!;
    switch (random.nextInt(16)) {
      case 0:
        if (this.#threads.length < 7) this.#come(random.nextInt(2) === 0);
        return;
      case 1:
        return this.#go(thread);
      case 2:
        if (thread.isMember) await this.#send(thread, thread.odd(this.#groupId, random), true);
        return;
      case 3:
        return this.#commit(thread);
      case 4:
        return this.#describe();
      case 5:
        if (thread.isMember) await this.#send(thread, thread.heartbeat(this.#groupId, random), true);
        return;
      case 6:
        return this.#others();
      default:
        return this.#beat(thread);
    }
  }

  /** All go; the group is empty, its offsets can be deleted, and then it can. */
  async end(): Promise<void> {
    await this.#describe();
    for (const thread of this.#threads) if (thread.isMember) await this.#send(thread, thread.leave(this.#groupId, -1));
    await this.#describe();
    await this.#others();
    await this.#pair.same(deleteGroupsApi, 2, makeDeleteGroupsRequest({ groupsNames: [this.#groupId] }), ({ results }) => results);
    await this.#describe();
  }

  #come(hasEndpoint: boolean): ModelThread {
    const thread = new ModelThread(this.#threads.length, this.#random, hasEndpoint);
    this.#threads.push(thread);
    return thread;
  }

  async #beat(thread: ModelThread): Promise<void> {
    const request = thread.isMember ? thread.heartbeat(this.#groupId, this.#random) : thread.join(this.#groupId, this.#topology);
    const { errorCode } = await this.#send(thread, request);
    if (errorCode !== 0) thread.epoch = 0;
  }

  async #go(thread: ModelThread): Promise<void> {
    if (!thread.isMember) return;
    await this.#send(thread, thread.leave(this.#groupId, thread.instanceId !== null && this.#random.nextInt(2) === 0 ? -2 : -1));
    thread.startAnew();
  }

  /** `isLost`: the member does not hear the answer. */
  async #send(thread: ModelThread, request: StreamsGroupHeartbeatRequest, isLost = false): Promise<StreamsGroupHeartbeatResponse> {
    const version = this.#random.nextInt(4) === 0 ? 0 : 1;
    const isBehind = thread.isBehind || (request.memberEpoch > 0 && request.memberEpoch !== thread.epoch);
    const shown = (answer: StreamsGroupHeartbeatResponse) =>
      shownHeartbeat(isBehind ? { ...answer, activeTasks: null, standbyTasks: null, warmupTasks: null } : answer);
    const answer = await this.#pair.same(streamsGroupHeartbeatApi, version, request, shown);
    thread.isBehind = isLost && request.memberEpoch !== answer.memberEpoch;
    if (!isLost) thread.answered(answer);
    if (answer.status?.some(({ statusCode }) => statusCode === MISSING_INTERNAL_TOPICS)) await this.#pair.wait(this.#topics);
    return answer;
  }

  async #describe(): Promise<void> {
    const version = this.#random.nextInt(2);
    const request = makeStreamsGroupDescribeRequest({
      groupIds: [this.#groupId, "not-there"],
      includeAuthorizedOperations: this.#random.nextInt(2) === 0,
      includeTopologyDescription: version > 0 && this.#random.nextInt(2) === 0,
    });
    await this.#pair.same(streamsGroupDescribeApi, version, request, shownDescription);
  }

  /** Requests of other kinds of groups. */
  async #others(): Promise<void> {
    const groupId = this.#groupId;
    const types = makeListGroupsRequest({ typesFilter: ["streams"] });
    await this.#pair.same(listGroupsApi, 5, types, ({ groups }) => groups.filter((group) => group.groupId === groupId));
    await this.#pair.same(describeGroupsApi, 6, makeDescribeGroupsRequest({ groups: [groupId] }), ({ groups }) => groups);
    const consumer = makeConsumerGroupHeartbeatRequest({
      groupId,
      memberId: "c",
      memberEpoch: 0,
      rebalanceTimeoutMs: 1000,
      subscribedTopicNames: ["t"],
      topicPartitions: [],
    });
    await this.#pair.same(consumerGroupHeartbeatApi, 1, consumer, ({ errorCode, errorMessage }) => ({ errorCode, errorMessage }));
    await this.#pair.same(heartbeatApi, 4, makeHeartbeatRequest({ groupId, memberId: "m", generationId: 1 }), ({ errorCode }) => errorCode);
    const leave = makeLeaveGroupRequest({ groupId, members: [makeMemberIdentity({ memberId: "m" })] });
    await this.#pair.same(leaveGroupApi, 5, leave, ({ errorCode, members }) => ({ errorCode, members }));
    if (this.#threads.some(({ isMember }) => isMember)) {
      const protocols = [makeJoinGroupRequestProtocol({ name: "range", metadata: Buffer.alloc(0) })];
      const join = makeJoinGroupRequest({
        groupId,
        memberId: "",
        protocolType: "consumer",
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 1000,
        protocols,
      });
      await this.#pair.same(joinGroupApi, 9, join, ({ errorCode, memberId }) => ({ errorCode, hasId: memberId !== "" }));
      await this.#pair.same(deleteGroupsApi, 2, makeDeleteGroupsRequest({ groupsNames: [groupId] }), ({ results }) => results);
    }
  }

  async #commit(thread: ModelThread): Promise<void> {
    const random = this.#random;
    const topic = [`${this.#groupId}-in`, ...this.#topics][random.nextInt(1 + this.#topics.length)]!;
    const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: random.nextInt(3), committedOffset: random.nextInt(100) })];
    const commit = makeOffsetCommitRequest({
      groupId: this.#groupId,
      memberId: random.nextInt(6) === 0 ? "" : thread.memberId,
      generationIdOrMemberEpoch: random.nextInt(6) === 0 ? -1 : thread.epoch + random.nextInt(3) - 1,
      topics: [makeOffsetCommitRequestTopic({ name: topic, partitions })],
    });
    await this.#pair.same(offsetCommitApi, 8 + random.nextInt(2), commit, ({ topics }) => topics.map((each) => each.partitions));
    const group = makeOffsetFetchRequestGroup({
      groupId: this.#groupId,
      memberId: thread.memberId,
      memberEpoch: thread.epoch + random.nextInt(2),
      topics: null,
    });
    await this.#pair.same(offsetFetchApi, 9, makeOffsetFetchRequest({ groups: [group] }), ({ groups }) =>
      groups.map(({ errorCode, topics }) => ({
        errorCode,
        topics: sortedBy(
          topics.map(({ name, partitions: found }) => ({ name, found: sortedBy(found, ({ partitionIndex }) => partitionIndex) })),
          ({ name }) => name,
        ),
      })),
    );
    const remove = makeOffsetDeleteRequest({
      groupId: this.#groupId,
      topics: [makeOffsetDeleteRequestTopic({ name: topic, partitions: [makeOffsetDeleteRequestPartition({ partitionIndex: 0 })] })],
    });
    await this.#pair.same(offsetDeleteApi, 0, remove, ({ errorCode, topics }) => ({ errorCode, topics }));
  }

  /** Heartbeats that are none, and topologies that are none. */
  async oddRequests() {
    const base = {
      groupId: `${this.#groupId}-odd`,
      memberId: "m",
      memberEpoch: 0,
      rebalanceTimeoutMs: 1000,
      topology: this.#topology,
      activeTasks: [],
      standbyTasks: [],
      warmupTasks: [],
      processId: "p",
    };
    const task = [makeStreamsGroupHeartbeatRequestTaskIds({ subtopologyId: "0", partitions: [0] })];
    const odd = (subtopology: Parameters<typeof makeSubtopology>[0]) => ({
      topology: makeTopology({ subtopologies: [makeSubtopology({ subtopologyId: "0", ...subtopology })] }),
    });
    const looping = makeTopicInfo({ name: "loop" });
    const changes: Partial<StreamsGroupHeartbeatRequest>[] = [
      { memberId: "" },
      { memberId: " " },
      { groupId: "" },
      { instanceId: "" },
      { rackId: "" },
      { rebalanceTimeoutMs: -1 },
      { activeTasks: task },
      { standbyTasks: task },
      { warmupTasks: task },
      { topology: null },
      { memberEpoch: -2 },
      { memberEpoch: -3 },
      { memberEpoch: -1, topology: null },
      { memberEpoch: 3 },
      { memberEpoch: 3, topology: null },
      { memberEpoch: 3, topology: null, warmupTasks: null },
      { groupId: this.#groupId, memberId: "stranger", memberEpoch: 3, topology: null },
      { groupId: this.#groupId, memberId: "stranger", memberEpoch: -1, topology: null },
      { groupId: this.#groupId, memberId: "stranger", memberEpoch: -2, instanceId: "i", topology: null },
      { groupId: this.#groupId, memberId: "other", topology: makeTopology({ ...this.#topology, epoch: 1 }) },
      odd({ sourceTopics: ["__consumer_offsets"] }),
      odd({ sourceTopics: ["a/b"] }),
      odd({ sourceTopics: ["t"], sourceTopicRegex: ["a.*"] }),
      odd({ sourceTopics: ["t"], stateChangelogTopics: [makeTopicInfo({ name: "c", partitions: 2 })] }),
      odd({ sourceTopics: [], repartitionSourceTopics: [looping] }),
      odd({ sourceTopics: [], repartitionSourceTopics: [looping], repartitionSinkTopics: ["loop"] }),
      odd({ sourceTopics: [] }),
      { taskOffsets: [makeTaskOffset({ subtopologyId: "0", partition: 0 }), makeTaskOffset({ subtopologyId: "0", partition: 0 })] },
    ];
    const answers = [];
    for (const change of changes) {
      const request = makeStreamsGroupHeartbeatRequest({ ...base, ...change });
      const { ours, kafka } = await this.#pair.both(streamsGroupHeartbeatApi, 1, request);
      answers.push({ ours: { change, ours: shownOr(ours) }, kafka: { change, ours: shownOr(kafka) } });
    }
    return answers;
  }
}

function shownOr(answer: StreamsGroupHeartbeatResponse | "closed" | "silent"): unknown {
  return typeof answer === "string" ? answer : shownHeartbeat(answer);
}

/** In an order: Java's depends on its hash tables. */
function shownHeartbeat({
  activeTasks,
  standbyTasks,
  warmupTasks,
  partitionsByUserEndpoint,
  ...answer
}: StreamsGroupHeartbeatResponse): unknown {
  const sorted = (tasks: StreamsGroupHeartbeatResponse["activeTasks"]) => tasks && sortedBy(tasks, ({ subtopologyId }) => subtopologyId);
  return {
    ...answer,
    status: answer.status?.map(({ statusDetail, ...each }) => ({ ...each, detail: statusDetail.split(/: |, /).sort() })),
    activeTasks: sorted(activeTasks),
    standbyTasks: sorted(standbyTasks),
    warmupTasks: sorted(warmupTasks),
    partitionsByUserEndpoint:
      partitionsByUserEndpoint &&
      sortedBy(partitionsByUserEndpoint, ({ userEndpoint: { host } }) => host).map(({ activePartitions, standbyPartitions, ...each }) => ({
        ...each,
        activePartitions: merged(activePartitions),
        standbyPartitions: merged(standbyPartitions),
      })),
  };
}

/** A topic that two sub-topologies read is listed for each of them by Kafka. */
function merged(topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]): Record<string, number[]> {
  const byTopic: Record<string, number[]> = {};
  for (const { topic, partitions } of topics)
    byTopic[topic] = [...new Set([...(byTopic[topic] ?? []), ...partitions])].sort((one, other) => one - other);
  return Object.fromEntries(sortedBy(Object.entries(byTopic), ([name]) => name));
}

function shownDescription({ groups }: StreamsGroupDescribeResponse): unknown {
  return sortedBy(groups, ({ groupId }) => groupId).map(({ members, ...group }) => ({
    ...group,
    members: sortedBy(members, ({ memberId }) => memberId),
  }));
}

function sortedBy<Item>(items: readonly Item[], key: (item: Item) => string | number): Item[] {
  return [...items].sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}
