import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData } from "@ottla/protocol/apis/produce";
import { ClosedSignal } from "../net/closed.ts";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";
import { QuietBroker, settled } from "../testing/quiet-broker.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestGate } from "../testing/test-gate.ts";
import type { AppendResult } from "./append-records.ts";
import { ProduceCall } from "./produce-call.ts";

const NOW_MS = new SimulatedClock().nowMs();
const PRODUCER = { id: 7, epoch: 0, sequence: 0 };

/** A producer with one connection, and the coordinator of its transactions. */
class Producer {
  readonly gate = new TestGate();
  readonly closed = new ClosedSignal();
  readonly broker: QuietBroker;

  constructor(broker: QuietBroker) {
    this.broker = broker;
  }

  /** One request; the result of each batch, in order, once all are there. */
  async send(
    batches: readonly { readonly topic?: string; readonly index?: number; readonly records: Buffer }[],
    { version = 12, transactionalId = "id" }: { readonly version?: number; readonly transactionalId?: string | null } = {},
  ): Promise<AppendResult[]> {
    const topicData = batches.map(({ topic = "t", index = 0, records }) =>
      makeTopicProduceData({ name: topic, partitionData: [makePartitionProduceData({ index, records })] }),
    );
    const context = {
      broker: { ...this.broker.state, transactionGate: this.gate },
      version,
      clientId: "c",
      session: { closed: this.closed, nodeId: 1 },
      keepFrame: () => false,
      answerBeforeNext: () => {},
    };
    const call = new ProduceCall(context, makeProduceRequest({ acks: -1, transactionalId, topicData }));
    const results: AppendResult[] = [];
    for (const [i, { name, partitionData }] of topicData.entries()) {
      const { index, records } = partitionData[0]!;
      call.append({ ...topicData[i]!, topicId: NIL_UUID }, name, index, records, (result) => (results[i] = result));
    }
    await call.finish();
    return results;
  }

  async codes(...of: Parameters<Producer["send"]>): Promise<number[]> {
    return (await this.send(...of)).map(({ errorCode }) => errorCode);
  }

  mark(more: Partial<TransactionMarker> = {}, index = 0): Promise<number> {
    const marker = { producerId: 7, producerEpoch: 0, coordinatorEpoch: 1, isCommit: true, transactionVersion: 0, ...more };
    return this.broker.state.markers.writeMarker({ topic: "t", partition: index }, marker);
  }
}

const batch = (value = "a", producer: Partial<typeof PRODUCER> = {}) =>
  sampleBatch([{ value, timestampMs: NOW_MS }], { producer: { ...PRODUCER, ...producer }, isTransactional: true });

async function scene(partitions = 1, configs: Readonly<Record<string, string>> = {}) {
  const broker = await QuietBroker.start();
  await broker.createTopic("t", partitions, configs);
  return { broker, producer: new Producer(broker), [Symbol.asyncDispose]: () => broker.stop() };
}

test("the coordinator is asked once for all partitions of a request, and for none that is in the transaction already", async () => {
  await using it = await scene(3);
  const { producer } = it;
  assert.deepEqual(await producer.codes([{ records: batch() }]), [ErrorCode.NONE]);
  const second = [
    { index: 1, records: batch() },
    { index: 0, records: batch("b", { sequence: 1 }) },
    { index: 2, records: batch() },
  ];
  assert.deepEqual(await producer.codes(second, { version: 13 }), [0, 0, 0]);
  assert.deepEqual(producer.gate.calls, [
    { transactionalId: "id", producerId: 7, producerEpoch: 0, partitions: [{ topic: "t", partition: 0 }], mode: "add" },
    {
      transactionalId: "id",
      producerId: 7,
      producerEpoch: 0,
      partitions: [
        { topic: "t", partition: 1 },
        { topic: "t", partition: 2 },
      ],
      mode: "add",
    },
  ]);
  assert.deepEqual(await producer.codes([{ records: batch("c", { sequence: 2 }) }]), [0]);
  assert.equal(producer.gate.calls.length, 2);
  assert.equal(producer.closed.listenerCount, 0);
});

test("before version 12 the partition must have been added already; without verification nobody is asked", async () => {
  await using it = await scene(1);
  const { producer, broker } = it;
  assert.deepEqual(await producer.codes([{ records: batch() }], { version: 11 }), [0]);
  assert.equal(producer.gate.calls[0]!.mode, "verify");
  await producer.mark();
  const off = { kind: "configs", resource: "broker", name: "", configs: { "transaction.partition.verification.enable": "false" } } as const;
  await broker.state.controller.change(() => [off]);
  assert.deepEqual(await producer.codes([{ records: batch("b", { sequence: 1 }) }], { version: 9 }), [0]);
  assert.equal(producer.gate.calls.length, 1);
});

test("nothing is stored that the coordinator refuses, and the code fits the version", async () => {
  const code = ErrorCode;
  const table: readonly (readonly [number, number, number])[] = [
    [9, code.INVALID_TXN_STATE, code.INVALID_TXN_STATE],
    [9, code.TRANSACTION_ABORTABLE, code.INVALID_TXN_STATE],
    [11, code.TRANSACTION_ABORTABLE, code.TRANSACTION_ABORTABLE],
    [12, code.TRANSACTION_ABORTABLE, code.TRANSACTION_ABORTABLE],
    [11, code.CONCURRENT_TRANSACTIONS, code.NOT_ENOUGH_REPLICAS],
    [11, code.COORDINATOR_LOAD_IN_PROGRESS, code.NOT_ENOUGH_REPLICAS],
    [12, code.COORDINATOR_NOT_AVAILABLE, code.NOT_ENOUGH_REPLICAS],
    [12, code.NOT_COORDINATOR, code.NOT_ENOUGH_REPLICAS],
    [12, code.NETWORK_EXCEPTION, code.NOT_ENOUGH_REPLICAS],
    [12, code.PRODUCER_FENCED, code.INVALID_PRODUCER_EPOCH],
    [12, code.INVALID_PRODUCER_ID_MAPPING, code.INVALID_PRODUCER_ID_MAPPING],
  ];
  await using it = await scene(1);
  const { producer, broker } = it;
  for (const [version, answer, expected] of table) {
    producer.gate.answers.splice(0, 9, answer);
    const [result] = await producer.send([{ records: batch() }], { version });
    assert.deepEqual([result!.errorCode, result!.baseOffset, result!.logStartOffset], [expected, -1, -1], `${version} ${answer}`);
  }
  assert.equal(broker.partition("t").log.logEndOffset, 0);
});

test("a producer that adds is admitted as soon as its last transaction is completed, and waits no longer than it may", async () => {
  await using it = await scene(1);
  const { producer, broker } = it;
  producer.gate.answers.push(ErrorCode.CONCURRENT_TRANSACTIONS, ErrorCode.CONCURRENT_TRANSACTIONS, ErrorCode.NONE);
  const first = producer.codes([{ records: batch() }]);
  await settled();
  assert.equal(producer.gate.calls.length, 1);
  await broker.clock.advanceAsync(10);
  assert.deepEqual([await first, producer.gate.calls.length], [[0], 3]);
  await producer.mark({ producerEpoch: 1, transactionVersion: 2 });
  producer.gate.answers.splice(0, 9, ErrorCode.CONCURRENT_TRANSACTIONS);
  const second = producer.codes([{ records: batch("b", { epoch: 1 }) }]);
  await broker.clock.advanceAsync(200);
  assert.deepEqual(await second, [ErrorCode.CONCURRENT_TRANSACTIONS]);
  assert.ok(producer.gate.calls.length < 20);
});

test("a wait for the coordinator ends with the connection, and nothing is stored", async () => {
  await using it = await scene(1);
  const { producer, broker } = it;
  producer.gate.hold();
  const sent = producer.codes([{ records: batch() }]);
  await settled();
  producer.closed.close();
  assert.deepEqual(await sent, [ErrorCode.NOT_ENOUGH_REPLICAS]);
  producer.gate.letGo();
  await settled();
  assert.equal(broker.partition("t").log.logEndOffset, 0);
  assert.equal(producer.closed.listenerCount, 0);
});

test("others write meanwhile: neither other producers nor other partitions wait for the coordinator", async () => {
  await using it = await scene(2);
  const { producer, broker } = it;
  producer.gate.hold();
  const waiting = producer.codes([{ records: batch() }, { index: 1, records: sampleBatch([{ value: "x", timestampMs: NOW_MS }]) }]);
  const other = new Producer(broker);
  assert.deepEqual(await other.codes([{ records: sampleBatch([{ value: "o", timestampMs: NOW_MS }]) }], { transactionalId: null }), [0]);
  assert.equal(broker.partition("t", 1).log.logEndOffset, 1, "what needs no coordinator is stored at once");
  producer.gate.letGo();
  assert.deepEqual(await waiting, [0, 0]);
  assert.equal(broker.partition("t").log.lastStableOffset, 1);
});

for (const [version, marker, expected] of [
  [11, { isCommit: false }, ErrorCode.INVALID_TXN_STATE],
  [12, { isCommit: false, producerEpoch: 1, transactionVersion: 2 }, ErrorCode.INVALID_PRODUCER_EPOCH],
] as const) {
  test(`a batch whose transaction ends while the coordinator is asked opens no new one: Produce ${version}`, async () => {
    await using it = await scene(1);
    const { producer, broker } = it;
    producer.gate.hold();
    const late = producer.codes([{ records: batch() }], { version });
    await settled();
    assert.equal(await producer.mark(marker), ErrorCode.NONE);
    producer.gate.letGo();
    assert.deepEqual(await late, [expected]);
    const { log } = broker.partition("t");
    assert.deepEqual([log.lastStableOffset, log.logEndOffset], [1, 1]);
  });
}

test("all transactional batches of a request come from one producer; others may come with them", async () => {
  await using it = await scene(2);
  const { producer } = it;
  const mixed = [{ records: batch() }, { index: 1, records: batch("b", { id: 8 }) }];
  assert.deepEqual(await producer.codes(mixed), [ErrorCode.INVALID_PRODUCER_ID_MAPPING, ErrorCode.INVALID_PRODUCER_ID_MAPPING]);
  assert.deepEqual(
    await producer.codes([{ records: batch() }, { index: 1, records: sampleBatch([{ value: "b", timestampMs: NOW_MS }]) }]),
    [0, 0],
  );
  const plain = sampleBatch([{ value: "c", timestampMs: NOW_MS }], { producer: { ...PRODUCER, sequence: 1 } });
  assert.deepEqual(await producer.codes([{ records: plain }]), [ErrorCode.INVALID_TXN_STATE], "outside of the transaction that is open");
});

test("a large batch waits for the coordinator and is read in pieces all the same; a damaged one asks nobody", async () => {
  await using it = await scene(1);
  const { producer, broker } = it;
  const large = sampleBatch(
    Array.from({ length: 40 }, () => ({ value: "x".repeat(64 * 1024), timestampMs: NOW_MS })),
    { codec: "gzip", producer: PRODUCER, isTransactional: true },
  );
  const damaged = Buffer.from(large);
  damaged[damaged.length - 1]! ^= 1;
  assert.deepEqual(await producer.codes([{ records: damaged }]), [ErrorCode.CORRUPT_MESSAGE]);
  assert.equal(producer.gate.calls.length, 0);
  assert.deepEqual(await producer.codes([{ records: large }]), [0]);
  assert.equal(broker.partition("t").log.logEndOffset, 40);
});

test("markers are answered with what the log says of them", async () => {
  await using it = await scene(1);
  const { producer, broker } = it;
  assert.equal(await producer.mark({}, 5), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.deepEqual(await producer.codes([{ records: batch("a", { epoch: 3 }) }]), [0]);
  assert.equal(await producer.mark({ producerEpoch: 2 }), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(await producer.mark({ producerEpoch: 3, transactionVersion: 2 }), ErrorCode.INVALID_PRODUCER_EPOCH);
  assert.equal(await producer.mark({ producerEpoch: 4, transactionVersion: 2, coordinatorEpoch: 9 }), ErrorCode.NONE);
  assert.equal(
    await producer.mark({ producerEpoch: 5, transactionVersion: 2, coordinatorEpoch: 8 }),
    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
  );
  const { log } = broker.partition("t");
  assert.deepEqual([log.lastStableOffset, log.logEndOffset], [2, 2]);
});
