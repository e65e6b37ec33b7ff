// What the stories of the transcripts do not tell: a disk that takes its time, coordinators that follow one another, bounds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import type { TransactionAnswer } from "./rule-outcome.ts";
import { NODE_ID, TransactionScene } from "./testing/transaction-scene.ts";
import type { Transaction } from "./transaction.ts";
import { TransactionSpec } from "./transaction-spec.ts";

const DAY_MS = 24 * 3_600_000;
const TOKEN = 1;

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

function init(scene: TransactionScene, transactionalId = "x"): Promise<TransactionAnswer> {
  return scene.coordinator.initProducer({ transactionalId, nodeId: NODE_ID, timeoutMs: 60_000, expected: undefined });
}

async function begin(scene: TransactionScene, transactionalId = "x", partitionCount = 1): Promise<TransactionAnswer> {
  const producer = await init(scene, transactionalId);
  const { producerId, producerEpoch } = producer;
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic: "t", partition }));
  const to = { transactionalId, nodeId: NODE_ID, producerId, producerEpoch };
  assert.equal(await scene.coordinator.addPartitions({ ...to, partitions, clientVersion: 2 }), ErrorCode.NONE);
  return producer;
}

function commit(scene: TransactionScene, { producerId, producerEpoch }: TransactionAnswer): Promise<TransactionAnswer> {
  return scene.coordinator.end({ transactionalId: "x", nodeId: NODE_ID, producerId, producerEpoch, isCommit: true, clientVersion: 2 });
}

function stateOf(scene: TransactionScene, transactionalId = "x"): string | undefined {
  const transaction = scene.coordinator.transaction(transactionalId, NODE_ID);
  return typeof transaction === "object" ? transaction.state : undefined;
}

test("while a coordinator loads nobody is told that there are no ids", async () => {
  const scene = new TransactionScene();
  scene.putLast("x", 3);
  const started = scene.coordinator.start();
  const seen: string[] = [];
  const list = (): Promise<number> => scene.coordinator.eachTransaction(NODE_ID, (id) => void seen.push(id));
  assert.equal(await list(), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  await started;
  assert.deepEqual([await list(), seen], [ErrorCode.NONE, ["x"]]);
});

test("who was overdue is aborted, and not the transaction that came after", () => {
  const spec = new TransactionSpec(() => ({ serverVersion: 2, idExpirationMs: DAY_MS, abortRetryMs: 1000 }));
  const state = spec.newState();
  const value: Transaction = {
    state: "Ongoing",
    producerId: 7,
    previousProducerId: -1,
    nextProducerId: -1,
    producerEpoch: 3,
    lastProducerEpoch: -1,
    timeoutMs: 60_000,
    partitions: new Map([["t", new Set([0])]]),
    lastUpdateMs: 500,
    startMs: 500,
    clientVersion: 2,
  };
  state.apply({ transactionalId: "x", value });
  const abort = (startMs: number): (string | undefined)[] =>
    spec
      .decide(state, "x", { kind: "abort-overdue", startMs, token: TOKEN, freshProducerId: 9 }, 1000)
      .records.map((record) => record.value?.state);
  assert.deepEqual([abort(400), abort(500)], [[], ["PrepareAbort"]]);
});

test("no marker is written, and nobody told, before the decision is on the disk", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  const disk = Promise.withResolvers<void>();
  scene.log.durable = disk.promise;
  let told: number | undefined;
  void commit(scene, producer).then(({ errorCode }) => {
    told = errorCode;
  });
  await settled();
  assert.deepEqual([told, scene.markers.written], [undefined, []]);
  scene.log.durable = undefined;
  disk.resolve();
  await settled();
  assert.deepEqual([told, scene.markers.written.length, stateOf(scene)], [ErrorCode.NONE, 1, "CompleteCommit"]);
});

test("a transaction that is being ended began when it began", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  const startMs = scene.clock.nowMs();
  scene.clock.advance(100);
  scene.markers.gate = new Promise(() => {});
  await commit(scene, producer);
  const known = scene.coordinator.transaction("x", NODE_ID);
  assert.deepEqual(typeof known === "object" && [known.state, known.startMs], ["PrepareCommit", startMs]);
});

test("a decision that did not reach the disk is no decision: no marker is written", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  scene.log.durable = Promise.reject(new Error("The disk is gone."));
  const { errorCode } = await commit(scene, producer);
  await settled();
  assert.deepEqual([errorCode, scene.markers.written], [ErrorCode.NOT_COORDINATOR, []]);
});

test("a coordinator that is none any more writes no marker, and the next one waits for the last of the one before", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  const gate = Promise.withResolvers<void>();
  scene.markers.gate = gate.promise;
  await commit(scene, producer);
  await settled();
  // The leader moves away and back: another coordinator in the same process.
  scene.coordinatorEpoch++;
  scene.log.leaders[0] = 2;
  scene.coordinator.metadataChanged();
  await settled();
  scene.log.leaders[0] = NODE_ID;
  scene.coordinator.metadataChanged();
  await settled();
  assert.deepEqual(scene.markers.written, []);
  scene.markers.gate = undefined;
  gate.resolve();
  await settled();
  assert.deepEqual(
    scene.markers.written.map(({ coordinatorEpoch }) => coordinatorEpoch),
    [0, 1],
    "the one that was under way, then those of the next",
  );
  assert.deepEqual([stateOf(scene), scene.coordinator.deliveryCount], ["CompleteCommit", 0]);
});

test("markers that take their time, as a partition's first records do, are written over several turns of the loop", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene, "x", 10);
  const { markers, clock } = scene;
  const write = markers.writeMarker.bind(markers);
  markers.writeMarker = (at, marker) => {
    clock.standStill(2);
    return write(at, marker);
  };
  await commit(scene, producer);
  await settled();
  const perTurn = [markers.written.length];
  while (markers.written.length < 10 && perTurn.length < 10) {
    const before = markers.written.length;
    clock.advance(0);
    await settled();
    perTurn.push(markers.written.length - before);
  }
  assert.deepEqual([perTurn, stateOf(scene)], [[3, 3, 3, 1], "CompleteCommit"]);
});

test("a stopped coordinator tries no marker again", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  scene.markers.failures.set("t-0", ErrorCode.KAFKA_STORAGE_ERROR);
  await commit(scene, producer);
  await settled();
  scene.coordinator.stop();
  scene.markers.failures.clear();
  scene.clock.advance(60_000);
  await settled();
  assert.deepEqual(scene.markers.written, []);
  assert.equal((await init(scene)).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
});

test("an id that nobody used for seven days is forgotten, unless its transaction is open", async () => {
  const scene = await TransactionScene.open();
  await init(scene, "unused");
  const producer = await begin(scene);
  await commit(scene, producer);
  scene.config = { ...scene.config, maxTimeoutMs: 2_147_483_647 };
  const open = await scene.coordinator.initProducer({
    transactionalId: "open",
    nodeId: NODE_ID,
    timeoutMs: 2_147_483_647,
    expected: undefined,
  });
  const to = { transactionalId: "open", nodeId: NODE_ID, producerId: open.producerId, producerEpoch: open.producerEpoch };
  await scene.coordinator.addPartitions({ ...to, partitions: [{ topic: "t", partition: 0 }], clientVersion: 2 });
  scene.clock.advance(6 * DAY_MS);
  await settled();
  await init(scene, "late");
  scene.clock.advance(DAY_MS);
  await settled();
  scene.clock.advance(3_600_000);
  await settled();
  const states = ["unused", "x", "open", "late"].map((id) => stateOf(scene, id));
  assert.deepEqual(states, [undefined, undefined, "Ongoing", "Empty"], "found by the hourly look");
  await scene.restart();
  assert.deepEqual(
    ["unused", "x", "open", "late"].map((id) => stateOf(scene, id)),
    states,
  );
});

test("what all ids hold is bounded: who comes beyond is told to try again, those that are there go on", async () => {
  const scene = await TransactionScene.open();
  scene.config = { ...scene.config, heldBytesMax: 2000 };
  const codes: number[] = [];
  for (let i = 0; i < 10; i++) codes.push((await init(scene, `id-${i}`)).errorCode);
  const refused = codes.indexOf(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.ok(refused > 2 && refused < 8, codes.join(" "));
  assert.deepEqual(codes.slice(refused), Array(10 - refused).fill(ErrorCode.COORDINATOR_NOT_AVAILABLE));
  assert.equal((await init(scene, "id-0")).errorCode, ErrorCode.NONE);
});

test("without a producer id to be had nothing happens, and the client is told to try again", async () => {
  const scene = await TransactionScene.open();
  scene.producerIdFailure = new Error("The disk is full.");
  assert.equal((await init(scene)).errorCode, ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(stateOf(scene), undefined);
  scene.producerIdFailure = undefined;
  assert.equal((await init(scene)).errorCode, ErrorCode.NONE);
});

test("a wide transaction's markers are all written", async () => {
  const scene = await TransactionScene.open();
  const producer = await begin(scene);
  const partitions = Array.from({ length: 1000 }, (_, partition) => ({ topic: "wide", partition }));
  const { producerId, producerEpoch } = producer;
  await scene.coordinator.addPartitions({ transactionalId: "x", nodeId: NODE_ID, producerId, producerEpoch, partitions, clientVersion: 2 });
  await commit(scene, producer);
  await settled();
  assert.deepEqual([scene.markers.written.length, stateOf(scene)], [1001, "CompleteCommit"]);
});

test("who was taken over from is not told who its successor is, though that one's transaction ended before transaction.version was raised", async () => {
  const scene = await TransactionScene.open();
  scene.config = { ...scene.config, serverVersion: 1 };
  const fenced = await init(scene);
  const { producerId, producerEpoch } = await init(scene);
  const successor = { transactionalId: "x", nodeId: NODE_ID, producerId, producerEpoch, clientVersion: 0 };
  await scene.coordinator.addPartitions({ ...successor, partitions: [{ topic: "t", partition: 0 }] });
  assert.equal((await scene.coordinator.end({ ...successor, isCommit: true })).errorCode, ErrorCode.NONE);
  await settled();
  scene.config = { ...scene.config, serverVersion: 2 };
  const { errorCode, producerId: toldId } = await commit(scene, fenced);
  assert.deepEqual([errorCode, toldId], [ErrorCode.PRODUCER_FENCED, -1]);
});
