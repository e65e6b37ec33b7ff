// A transaction over three partitions and a group's offsets, whose broker dies at each of the writes that its end takes: all of it is seen afterwards, or nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom, SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, type InitProducerIdResponse, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
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
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { createTopic, fetch, produce, valuesOf } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";

const PARTITIONS = [0, 1, 2];
const ID = "x";
const GROUP = "g";
/** More writes than an end of this transaction takes. */
const POINTS_MAX = 40;

const settings = {
  "transaction.state.log.replication.factor": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.num.partitions": "1",
  "offsets.topic.num.partitions": "1",
};
/** With these a record that was acknowledged is on the disk. */
const synced = { ...settings, "log.flush.interval.messages": "1" };

type Mode = "process" | "power";

async function start(mode: Mode, disk: SimulatedDisk): Promise<TestBroker> {
  const broker = await TestBroker.start({ disk, settings: mode === "power" ? synced : settings });
  for (const keyType of [0, 1]) {
    const find = makeFindCoordinatorRequest({ keyType, coordinatorKeys: [keyType === 0 ? GROUP : ID] });
    await until(async () => (await broker.send(findCoordinatorApi, 6, find)).coordinators[0]?.errorCode === ErrorCode.NONE);
  }
  return broker;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}

/** Resolves once the coordinator is there for the id, and whatever it had to abort or carry out is done. */
async function init(broker: TestBroker): Promise<InitProducerIdResponse> {
  for (;;) {
    const request = makeInitProducerIdRequest({ transactionalId: ID, transactionTimeoutMs: 60_000 });
    const answer = await broker.send(initProducerIdApi, 5, request);
    if (answer.errorCode === ErrorCode.NONE) return answer;
    const waits: readonly number[] = [ErrorCode.CONCURRENT_TRANSACTIONS, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS];
    assert.ok(waits.includes(answer.errorCode), `InitProducerId: ${answer.errorCode}`);
  }
}

/** A record in each partition and an offset, all in one transaction. */
async function fill(broker: TestBroker, { producerId, producerEpoch }: InitProducerIdResponse): Promise<void> {
  for (const index of PARTITIONS) {
    const batch = sampleBatch([`v${index}`], { producer: { id: producerId, epoch: producerEpoch, sequence: 0 }, isTransactional: true });
    assert.equal((await produce(broker, "t", batch, { index, transactionalId: ID })).errorCode, ErrorCode.NONE);
  }
  const partitions = [makeTxnOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 7 })];
  const commit = makeTxnOffsetCommitRequest({
    transactionalId: ID,
    groupId: GROUP,
    producerId,
    producerEpoch,
    topics: [makeTxnOffsetCommitRequestTopic({ name: "t", partitions })],
  });
  const committed = await broker.send(txnOffsetCommitApi, 5, commit);
  assert.equal(committed.topics[0]?.partitions[0]?.errorCode, ErrorCode.NONE);
}

/** What a reader of committed records sees of the transaction: an entry per partition, and the offset. */
async function seen(broker: TestBroker): Promise<string[]> {
  const values: string[] = [];
  for (const index of PARTITIONS) {
    const answer = await fetch(broker, [{ topic: "t", index, offset: 0 }], { isolationLevel: 1 });
    const { records, abortedTransactions, errorCode } = answer.responses[0]!.partitions[0]!;
    assert.equal(errorCode, ErrorCode.NONE);
    if ((abortedTransactions ?? []).length === 0)
      values.push(
        ...valuesOf(records)
          .filter((value) => value?.startsWith("v"))
          .map(String),
      );
  }
  const topics = [makeOffsetFetchRequestTopics({ name: "t", partitionIndexes: [0] })];
  const groups = [makeOffsetFetchRequestGroup({ groupId: GROUP, topics })];
  let offset = -1;
  await until(async () => {
    const answer = await broker.send(offsetFetchApi, 8, makeOffsetFetchRequest({ groups, requireStable: true }));
    const partition = answer.groups[0]?.topics[0]?.partitions[0];
    offset = partition?.committedOffset ?? -1;
    return answer.groups[0]?.errorCode === ErrorCode.NONE && partition?.errorCode === ErrorCode.NONE;
  });
  if (offset !== -1) values.push(`offset ${offset}`);
  return values;
}

/** Ends the transaction on a disk that takes so many more writes; tells whether the producer was told that it is decided, and what is seen after the next start. */
async function endAndDie(isCommit: boolean, mode: Mode, writes: number): Promise<{ isTold: boolean; died: boolean; values: string[] }> {
  const disk = new SimulatedDisk();
  const first = await start(mode, disk);
  await createTopic(first, "t", {}, { numPartitions: PARTITIONS.length });
  const producer = await init(first);
  await fill(first, producer);
  const takeBack = [
    disk.fail({ operation: "append", after: writes, times: Number.POSITIVE_INFINITY }),
    disk.fail({ operation: "sync", after: writes, times: Number.POSITIVE_INFINITY }),
  ];
  const before = disk.count("append");
  const { producerId, producerEpoch } = producer;
  const request = makeEndTxnRequest({ transactionalId: ID, producerId, producerEpoch, committed: isCommit });
  const { errorCode } = await first.send(endTxnApi, 5, request);
  // What goes on by itself meanwhile has its time.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  const died = disk.count("append") - before > writes;
  const gone = first.running.abandon();
  disk.crash(mode === "process" ? { mode } : { mode, random: new SeededRandom(writes) });
  for (const each of takeBack) each();
  await gone;
  await using second = await start(mode, disk);
  await init(second);
  return { isTold: errorCode === ErrorCode.NONE, died, values: await seen(second) };
}

/** Either end and either kind of death where it must be quick; each with each in the long run. */
const ENDS = [
  ["power", true],
  ["process", false],
  ["process", true],
  ["power", false],
] as const;

for (const [mode, isCommit] of ENDS.slice(0, runsOf({ quick: 2, long: ENDS.length }))) {
  const what = isCommit ? "commit" : "abort";
  test(`a ${mode === "power" ? "power cut" : "kill"} at any write of a ${what} leaves all of the transaction or nothing`, async () => {
    const all = [...PARTITIONS.map((index) => `v${index}`), "offset 7"];
    const outcomes = new Set<string>();
    let writes = 0;
    for (; writes < POINTS_MAX; writes++) {
      const { isTold, died, values } = await endAndDie(isCommit, mode, writes);
      const expected = isCommit && (isTold || values.length > 0) ? all : [];
      assert.deepEqual(values, expected, `after ${writes} writes, ${isTold ? "told" : "not told"}`);
      outcomes.add(`${isTold} ${values.length > 0}`);
      if (!died) break;
    }
    assert.ok(writes > 4, `only ${writes} writes were found: a decision, a marker in each place, and that it is complete`);
    assert.ok(writes < POINTS_MAX);
    assert.deepEqual(outcomes, new Set([`false false`, `true ${isCommit}`]));
  });
}
