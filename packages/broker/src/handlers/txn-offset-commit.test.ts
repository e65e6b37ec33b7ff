import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryDisk } from "@ottla/base/simulated";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetFetchRequest,
  makeOffsetFetchRequestGroup,
  makeOffsetFetchRequestTopics,
  offsetFetchApi,
} from "@ottla/protocol/apis/offset-fetch";
import {
  makeTxnOffsetCommitRequest,
  makeTxnOffsetCommitRequestPartition,
  makeTxnOffsetCommitRequestTopic,
  type TxnOffsetCommitRequest,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { partitionForKey } from "../coordinator/partition-for-key.ts";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { type TestGate, useGate } from "../testing/test-gate.ts";

const PARTITIONS = 4;
const SETTINGS = { "offsets.topic.num.partitions": String(PARTITIONS) };
const PRODUCER = { producerId: 7, producerEpoch: 0 };

class Scene {
  readonly broker: TestBroker;
  readonly gate: TestGate;
  topicId: string = NIL_UUID;

  private constructor(broker: TestBroker) {
    this.broker = broker;
    this.gate = useGate(broker.running);
  }

  static async start(disk: MemoryDisk = new MemoryDisk()): Promise<Scene> {
    const scene = new Scene(await TestBroker.start({ settings: SETTINGS, disk }));
    const known = scene.broker.running.state.metadata.topic("t");
    scene.topicId = known?.topicId ?? (await createTopic(scene.broker, "t", {}, { numPartitions: 3 }));
    await scene.broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
    return scene;
  }

  /** Commits the offset of partition 0, and of partition 9, which is not there; the codes of both. */
  async commit(version: number, committedOffset: number, init: Partial<TxnOffsetCommitRequest> = {}): Promise<number[]> {
    const partitions = [0, 9].map((partitionIndex) => makeTxnOffsetCommitRequestPartition({ partitionIndex, committedOffset }));
    const topics = [makeTxnOffsetCommitRequestTopic({ name: "t", topicId: this.topicId, partitions })];
    const request = makeTxnOffsetCommitRequest({ transactionalId: "id", groupId: "g", ...PRODUCER, topics, ...init });
    const answer = await this.broker.send(txnOffsetCommitApi, version, request);
    const [topic] = answer.topics;
    assert.deepEqual([topic!.name, topic!.topicId], version >= 6 ? ["", this.topicId] : ["t", NIL_UUID]);
    return topic!.partitions.map(({ errorCode }) => errorCode);
  }

  mark(isCommit: boolean, more: Partial<TransactionMarker> = {}): Promise<number> {
    const at = { topic: "__consumer_offsets", partition: partitionForKey("g", PARTITIONS) };
    const marker = { ...PRODUCER, coordinatorEpoch: 0, isCommit, transactionVersion: 0, ...more };
    return this.broker.running.state.markers.writeMarker(at, marker);
  }

  /** `offset` or `!code` of partition 0. */
  async fetch(requireStable: boolean): Promise<string> {
    const topics = [makeOffsetFetchRequestTopics({ name: "t", partitionIndexes: [0] })];
    const groups = [makeOffsetFetchRequestGroup({ groupId: "g", topics })];
    const answer = await this.broker.send(offsetFetchApi, 8, makeOffsetFetchRequest({ groups, requireStable }));
    const { errorCode, committedOffset } = answer.groups[0]!.topics[0]!.partitions[0]!;
    return errorCode === ErrorCode.NONE ? String(committedOffset) : `!${errorCode}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker.stop();
  }
}

const UNSTABLE = `!${ErrorCode.UNSTABLE_OFFSET_COMMIT}`;

test("offsets of a transaction are pending until its marker, in every version, and over a restart", async () => {
  const disk = new MemoryDisk();
  let scene = await Scene.start(disk);
  let last = "-1";
  for (let version = 0; version <= 6; version++) {
    for (const isCommit of [false, true]) {
      const offset = 10 * version + Number(isCommit);
      assert.deepEqual(await scene.commit(version, offset), [ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION], `version ${version}`);
      assert.deepEqual([await scene.fetch(false), await scene.fetch(true)], [last, UNSTABLE]);
      await scene.broker.stop();
      scene = await Scene.start(disk);
      assert.deepEqual([await scene.fetch(false), await scene.fetch(true)], [last, UNSTABLE], "after a restart");
      assert.equal(await scene.mark(isCommit), ErrorCode.NONE);
      last = isCommit ? String(offset) : last;
      assert.deepEqual([await scene.fetch(false), await scene.fetch(true)], [last, last]);
    }
  }
  await scene.broker.stop();
  scene = await Scene.start(disk);
  assert.equal(await scene.fetch(true), last, "markers are read too");
  await scene.broker.stop();
});

test("the coordinator is asked about the group's partition once per transaction, and its refusals are told", async () => {
  await using scene = await Scene.start();
  scene.gate.answers.push(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  const code = async (version: number): Promise<number> => (await scene.commit(version, 1))[0]!;
  assert.equal(await code(1), ErrorCode.COORDINATOR_NOT_AVAILABLE, "older producers cannot bear to hear of loading");
  assert.equal(await code(2), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  scene.gate.answers[0] = ErrorCode.TRANSACTION_ABORTABLE;
  assert.equal(await code(3), ErrorCode.INVALID_TXN_STATE);
  assert.equal(await code(4), ErrorCode.TRANSACTION_ABORTABLE);
  scene.gate.answers[0] = ErrorCode.PRODUCER_FENCED;
  assert.equal(await code(5), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(await scene.fetch(true), "-1");
  scene.gate.answers.length = 0;
  scene.gate.calls.length = 0;
  assert.deepEqual([await code(5), await code(5)], [ErrorCode.NONE, ErrorCode.NONE]);
  const partitions = [{ topic: "__consumer_offsets", partition: partitionForKey("g", PARTITIONS) }];
  assert.deepEqual(scene.gate.calls, [{ transactionalId: "id", ...PRODUCER, partitions, mode: "add" }]);
});

test("a producer of an old epoch, of no id, or without a group is refused", async () => {
  await using scene = await Scene.start();
  assert.deepEqual((await scene.commit(5, 1, { producerEpoch: 3 }))[0], ErrorCode.NONE);
  assert.deepEqual((await scene.commit(5, 2, { producerEpoch: 2 }))[0], ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.deepEqual((await scene.commit(5, 2, { producerId: -1 }))[0], ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  assert.deepEqual((await scene.commit(5, 2, { producerId: 2 ** 60 }))[0], ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  assert.deepEqual((await scene.commit(5, 2, { groupId: "" }))[0], ErrorCode.INVALID_GROUP_ID);
  const generation = { memberId: "m", generationIdOrMemberEpoch: 1 };
  assert.deepEqual((await scene.commit(5, 2, { ...generation, groupId: "h" }))[0], ErrorCode.ILLEGAL_GENERATION);
  assert.deepEqual((await scene.commit(6, 2, { ...generation, groupId: "h" }))[0], ErrorCode.GROUP_ID_NOT_FOUND);
  assert.deepEqual(
    (await scene.commit(3, 2, { ...generation, producerEpoch: 3 }))[0],
    ErrorCode.UNKNOWN_MEMBER_ID,
    "the group came with the first commit",
  );
});

test("markers among the offsets are judged as others are, and what comes late changes nothing", async () => {
  await using scene = await Scene.start();
  await scene.commit(5, 1, { producerEpoch: 3 });
  assert.equal(await scene.mark(true, { producerEpoch: 3, transactionVersion: 2 }), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(await scene.fetch(true), UNSTABLE);
  assert.equal(await scene.mark(true, { producerEpoch: 4, transactionVersion: 2, coordinatorEpoch: 5 }), ErrorCode.NONE);
  assert.equal(await scene.fetch(true), "1");
  assert.equal(
    await scene.mark(false, { producerEpoch: 5, transactionVersion: 2, coordinatorEpoch: 4 }),
    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
  );
  assert.equal(await scene.mark(true, { producerId: 99 }), ErrorCode.NONE, "of a producer that is not known here");
  const nowhere = { topic: "__consumer_offsets", partition: 99 };
  const marker = { ...PRODUCER, coordinatorEpoch: 0, isCommit: true, transactionVersion: 0 };
  assert.equal(await scene.broker.running.state.markers.writeMarker(nowhere, marker), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});
