import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopic,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import { ClosedSignal } from "../net/closed.ts";
import { TestBroker } from "../testing/test-broker.ts";

const PARTITIONS = 600;

/** As the system's; once it hurries, each look at it takes two milliseconds, and something happens in each turn. */
class HurryingClock implements Clock {
  inEachTurn: (() => void) | undefined;
  #hurriedMs = 0;

  nowMs(): number {
    return systemClock.nowMs();
  }

  monotonicMs(): number {
    if (this.inEachTurn) this.#hurriedMs += 2;
    return systemClock.monotonicMs() + this.#hurriedMs;
  }

  schedule: Clock["schedule"] = (delayMs, run) => systemClock.schedule(delayMs, run);

  nextTurn(run: () => void): void {
    systemClock.nextTurn(() => {
      this.inEachTurn?.();
      run();
    });
  }
}

test("many offsets of one group are looked up in several turns of the loop, each as it is by then", async () => {
  const clock = new HurryingClock();
  await using broker = await TestBroker.start({ clock, settings: { "offsets.topic.num.partitions": "1" } });
  const topics = [makeCreatableTopic({ name: "wide", numPartitions: PARTITIONS, replicationFactor: 1 })];
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  const { metadata, groups } = broker.running.state;
  const topicId = metadata.topic("wide")!.topicId;
  let turn = 0;
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({ partitionIndex }));
  const commitAll = (): void => {
    if (turn++ > 0) void groups.offsets.delete("g", metadata.nodes[0]!.nodeId, [{ name: "wide", partitions }]);
    const answer = groups.offsets.commit({
      groupId: "g",
      nodeId: metadata.nodes[0]!.nodeId,
      closed: new ClosedSignal(),
      memberId: "",
      groupInstanceId: null,
      generationId: -1,
      retentionMs: -1,
      unknownGroupErrorCode: ErrorCode.ILLEGAL_GENERATION,
      topics: [
        {
          name: "wide",
          topicId,
          partitions: partitions.map((each) => ({
            ...each,
            committedOffset: turn,
            committedLeaderEpoch: -1,
            committedMetadata: null,
          })),
        },
      ],
    });
    assert.ok(!(answer instanceof Promise) && answer.errorCode === ErrorCode.NONE);
  };
  commitAll();
  const named = Array.from({ length: PARTITIONS }, (_, index) => index);
  const asked = [
    async () => (await broker.send(offsetFetchApi, 7, makeOffsetFetchRequest({ groupId: "g", topics: null }))).topics,
    async () =>
      (
        await broker.send(
          offsetFetchApi,
          7,
          makeOffsetFetchRequest({ groupId: "g", topics: [makeOffsetFetchRequestTopic({ name: "wide", partitionIndexes: named })] }),
        )
      ).topics,
    async () => {
      const wanted = [makeOffsetFetchRequestGroup({ groupId: "g", topics: null })];
      return (await broker.send(offsetFetchApi, 9, makeOffsetFetchRequest({ groups: wanted }))).groups[0]!.topics;
    },
  ];
  for (const ask of asked) {
    clock.inEachTurn = commitAll;
    const [topic, ...others] = await ask();
    clock.inEachTurn = undefined;
    assert.equal(others.length, 0);
    assert.deepEqual(
      topic!.partitions.map(({ partitionIndex }) => partitionIndex),
      named,
    );
    const offsets = topic!.partitions.map(({ committedOffset }) => committedOffset);
    assert.deepEqual(
      offsets,
      offsets.toSorted((one, other) => one - other),
    );
    assert.ok(new Set(offsets).size > 2, `${new Set(offsets).size} turns`);
  }
});
