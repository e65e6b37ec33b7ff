import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  makeEndpointToPartitions,
  makeStatus,
  makeStreamsGroupHeartbeatResponse,
  makeStreamsGroupHeartbeatResponseEndpoint,
  makeStreamsGroupHeartbeatResponseTaskIds,
  makeTopicPartition,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import * as member from "../epoch-member/member-state.ts";
import { type StreamsAssignment, streamsAssignments, tasksOf } from "./streams-assignment.ts";
import {
  endpointsOf,
  nextStreamsHeartbeat,
  type StreamsHeartbeatContext,
  type StreamsMemberState,
  type StreamsTold,
  statusesOf,
  targetOf,
} from "./streams-heartbeat.ts";
import type { StreamsInternalTopic, StreamsRole, StreamsTaskOffset } from "./streams-role.ts";

const internal = (name: string, partitionCount = 0): StreamsInternalTopic => ({
  name,
  partitionCount,
  replicationFactor: -1,
  configs: { "cleanup.policy": "compact", a: "b" },
});

interface Said {
  offsets: readonly StreamsTaskOffset[];
  ends: readonly StreamsTaskOffset[];
  isShutdownRequested: boolean;
}

function roleOf(said: Said): StreamsRole {
  return {
    topology: {
      epoch: 0,
      subtopologies: [
        {
          id: "1",
          sourceTopics: ["z", "b"],
          repartitionSourceTopics: [internal("r2", 4), internal("r1")],
          repartitionSinkTopics: [],
          changelogTopics: [internal("c")],
          copartitionGroups: [["r1", "z"]],
        },
        {
          id: "0",
          sourceTopics: ["a"],
          repartitionSourceTopics: [],
          repartitionSinkTopics: ["r2", "r1"],
          changelogTopics: [],
          copartitionGroups: [],
        },
      ],
    },
    processId: "p",
    userEndpoint: { host: "h", port: 80 },
    clientTags: { zone: "x" },
    taskOffsets: () => said,
    isShutdownRequested: () => said.isShutdownRequested,
    partitionsOf: () => [],
    onTasks() {},
    onNews() {},
  };
}

class Stage {
  readonly said: Said = { offsets: [], ends: [], isShutdownRequested: false };
  state: StreamsMemberState = member.memberOutside<StreamsAssignment, StreamsTold>(streamsAssignments, "m");
  nowMs = 0;
  readonly #role = roleOf(this.said);

  beat(): StreamsGroupHeartbeatRequest {
    const wishes = { taskOffsetIntervalMs: 1000, acceptableRecoveryLag: 10, endpointInformationEpoch: 5 };
    const context: StreamsHeartbeatContext = {
      groupId: "g",
      instanceId: undefined,
      rack: "r",
      rebalanceTimeoutMs: 9,
      role: this.#role,
      wishes,
      nowMs: this.nowMs,
    };
    const { request, state } = nextStreamsHeartbeat(this.state, context);
    this.state = state;
    return request;
  }

  answer(memberEpoch: number, response: Partial<StreamsGroupHeartbeatResponse> = {}): void {
    const target = targetOf(this.state.target, makeStreamsGroupHeartbeatResponse({ status: [], ...response }));
    this.state = member.onAnswer(this.state, { memberId: "m", memberEpoch, target });
  }

  apply(): void {
    this.state = member.onApplied(this.state, this.state.target, this.state.joins);
  }

  join(): StreamsGroupHeartbeatRequest {
    this.state = member.join(this.state);
    return this.beat();
  }
}

const taskIds = (subtopologyId: string, ...partitions: number[]) => makeStreamsGroupHeartbeatResponseTaskIds({ subtopologyId, partitions });
const gives = (active: number[], standby: number[] = [], warmup: number[] = []) => ({
  activeTasks: [taskIds("1", ...active)],
  standbyTasks: [taskIds("1", ...standby)],
  warmupTasks: [taskIds("1", ...warmup)],
});
const partitions = (tasks: StreamsGroupHeartbeatRequest["activeTasks"]) => tasks?.flatMap((each) => each.partitions);

describe("heartbeats of a member of a streams group", () => {
  test("who joins tells the topology in one order, itself, and no tasks", () => {
    const stage = new Stage();
    const request = stage.join();
    assert.deepEqual([request.memberEpoch, request.processId, request.rackId, request.rebalanceTimeoutMs], [0, "p", "r", 9]);
    assert.deepEqual([request.activeTasks, request.standbyTasks, request.warmupTasks], [[], [], []]);
    assert.deepEqual([request.userEndpoint?.host, request.userEndpoint?.port, request.clientTags?.[0]?.key], ["h", 80, "zone"]);
    const [first, second] = request.topology!.subtopologies;
    assert.deepEqual([first?.subtopologyId, first?.repartitionSinkTopics], ["0", ["r1", "r2"]]);
    assert.deepEqual(
      [second?.sourceTopics, second?.repartitionSourceTopics.map(({ name, partitions: count }) => [name, count])],
      [
        ["b", "z"],
        [
          ["r1", 0],
          ["r2", 4],
        ],
      ],
    );
    assert.deepEqual(
      second?.stateChangelogTopics[0]?.topicConfigs.map(({ key }) => key),
      ["a", "cleanup.policy"],
    );
    const [group] = second.copartitionGroups;
    assert.deepEqual([group?.sourceTopics, group?.repartitionSourceTopics], [[1], [0]], "places in the sorted lists");
  });

  test("a group that is not ready gives an empty assignment, and one that is ready the same again: the second one counts", () => {
    const stage = new Stage();
    stage.join();
    stage.answer(1, { ...gives([]), status: [makeStatus({ statusCode: 3, statusDetail: "made" })] });
    assert.equal(stage.state.phase, "stable");
    stage.answer(1);
    assert.equal(stage.state.phase, "reconciling", "all is there, and there is no task for this member");
    stage.apply();
    assert.equal(member.isUrgent(stage.state), true);
    assert.deepEqual(stage.beat().activeTasks, []);
    assert.equal(stage.state.phase, "stable");
  });

  test("what it owns is told once it owns it, and only when it is another", () => {
    const stage = new Stage();
    stage.join();
    stage.answer(1, gives([0, 1], [2], [3]));
    assert.equal(stage.beat().activeTasks, null, "what it does not own yet is not told");
    stage.apply();
    const told = stage.beat();
    assert.deepEqual([partitions(told.activeTasks), partitions(told.standbyTasks), partitions(told.warmupTasks)], [[0, 1], [2], [3]]);
    assert.equal(told.topology, null);
    assert.equal(stage.beat().activeTasks, null);
    stage.state = member.onSilence(stage.state);
    assert.deepEqual(partitions(stage.beat().activeTasks), [0, 1], "nobody knows whether it was heard");
  });

  test("a task that is given twice runs, or is one copy", () => {
    const stage = new Stage();
    stage.join();
    stage.answer(1, gives([0], [0, 1], [0, 1, 2]));
    const { active, standby, warmup } = tasksOf(stage.state.target);
    assert.deepEqual(
      [active, standby, warmup].map((tasks) => tasks.map(({ partition }) => partition)),
      [[0], [1], [2]],
    );
  });

  test("offsets are told at the time that the coordinator asks for, when tasks are others, and when a warm-up has caught up", () => {
    const stage = new Stage();
    const at = (offset: number) => [{ subtopologyId: "1", partition: 3, offset }];
    stage.said.offsets = at(1);
    assert.deepEqual(
      stage.join().taskOffsets?.map(({ offset }) => offset),
      [1],
    );
    stage.answer(1, gives([], [], [3]));
    stage.apply();
    stage.said.offsets = at(2);
    stage.said.ends = at(100);
    assert.deepEqual(
      stage.beat().taskOffsets?.map(({ offset }) => offset),
      [2],
      "with its new tasks",
    );
    stage.said.offsets = at(50);
    stage.nowMs = 999;
    assert.equal(stage.beat().taskOffsets, null);
    stage.nowMs = 1000;
    const due = stage.beat();
    assert.deepEqual([due.taskOffsets?.length, due.taskEndOffsets], [1, null], "the ends are as they were");
    stage.said.offsets = at(91);
    assert.equal(stage.beat().taskOffsets?.length, 1, "it lacks nine records");
    assert.equal(stage.beat().taskOffsets, null, "told is told");
  });

  test("the end of the application is asked for in every heartbeat from then on", () => {
    const stage = new Stage();
    assert.equal(stage.join().shutdownApplication, false);
    stage.answer(1, gives([]));
    stage.said.isShutdownRequested = true;
    assert.equal(stage.beat().shutdownApplication, true);
    assert.equal(stage.beat().shutdownApplication, true);
  });

  test("statuses have names, also those that come later, and endpoints their partitions", () => {
    const response = makeStreamsGroupHeartbeatResponse({
      status: [makeStatus({ statusCode: 4, statusDetail: "x" }), makeStatus({ statusCode: 99, statusDetail: "y" })],
      partitionsByUserEndpoint: [
        makeEndpointToPartitions({
          userEndpoint: makeStreamsGroupHeartbeatResponseEndpoint({ host: "h", port: 1 }),
          activePartitions: [makeTopicPartition({ topic: "a", partitions: [0, 2] })],
        }),
      ],
    });
    assert.deepEqual(
      statusesOf(response).map(({ name }) => name),
      ["SHUTDOWN_APPLICATION", "UNKNOWN_99"],
    );
    const active = [0, 2].map((partition) => ({ topic: "a", partition }));
    assert.deepEqual(endpointsOf(response), [{ host: "h", port: 1, active, standby: [] }]);
    assert.equal(endpointsOf(makeStreamsGroupHeartbeatResponse({ status: null })), undefined);
  });
});
