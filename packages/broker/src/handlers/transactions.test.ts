// The APIs of the transaction coordinator, over the wire. Its rules have transcripts of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { addOffsetsToTxnApi, makeAddOffsetsToTxnRequest } from "@ottla/protocol/apis/add-offsets-to-txn";
import {
  addPartitionsToTxnApi,
  makeAddPartitionsToTxnRequest,
  makeAddPartitionsToTxnTopic,
  makeAddPartitionsToTxnTransaction,
} from "@ottla/protocol/apis/add-partitions-to-txn";
import { describeTransactionsApi, makeDescribeTransactionsRequest } from "@ottla/protocol/apis/describe-transactions";
import { endTxnApi, makeEndTxnRequest } from "@ottla/protocol/apis/end-txn";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { type ListTransactionsRequest, listTransactionsApi, makeListTransactionsRequest } from "@ottla/protocol/apis/list-transactions";
import {
  makeWritableTxnMarker,
  makeWritableTxnMarkerTopic,
  makeWriteTxnMarkersRequest,
  writeTxnMarkersApi,
} from "@ottla/protocol/apis/write-txn-markers";
import { createTopic } from "../testing/data-path.ts";
import { TestBroker, type TestBrokerOptions } from "../testing/test-broker.ts";

const settings = {
  "transaction.state.log.replication.factor": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.num.partitions": "3",
  "offsets.topic.num.partitions": "3",
};

interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** A broker with a topic "t" of three partitions, and what a transactional producer sends to it. */
class Scene implements AsyncDisposable {
  readonly broker: TestBroker;

  constructor(broker: TestBroker) {
    this.broker = broker;
  }

  static async start(options: TestBrokerOptions = {}): Promise<Scene> {
    const broker = await TestBroker.start({ ...options, settings: { ...settings, ...options.settings } });
    if (options.disk === undefined) await createTopic(broker, "t", {}, { numPartitions: 3 });
    return new Scene(broker);
  }

  async coordinator(id: string): Promise<number> {
    const request = makeFindCoordinatorRequest({ keyType: 1, coordinatorKeys: [id] });
    const { coordinators } = await this.broker.send(findCoordinatorApi, 6, request);
    assert.equal(coordinators[0]?.errorCode, ErrorCode.NONE);
    return coordinators[0]?.nodeId ?? -1;
  }

  async init(id: string, more: { readonly version?: number; readonly timeoutMs?: number } & Partial<Producer> = {}) {
    const { version = 5, timeoutMs = 60_000, ...expected } = more;
    const request = makeInitProducerIdRequest({ transactionalId: id, transactionTimeoutMs: timeoutMs, ...expected });
    return this.broker.send(initProducerIdApi, version, request, await this.coordinator(id));
  }

  async add(id: string, producer: Producer, topics: Readonly<Record<string, readonly number[]>>, version = 3) {
    const list = Object.entries(topics).map(([name, partitions]) => makeAddPartitionsToTxnTopic({ name, partitions: [...partitions] }));
    const request = makeAddPartitionsToTxnRequest({
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producer.producerId,
      v3AndBelowProducerEpoch: producer.producerEpoch,
      v3AndBelowTopics: list,
    });
    const answer = await this.broker.send(addPartitionsToTxnApi, version, request, await this.coordinator(id));
    return Object.fromEntries(
      answer.resultsByTopicV3AndBelow.map(({ name, resultsByPartition }) => [
        name,
        resultsByPartition.map((each) => each.partitionErrorCode),
      ]),
    );
  }

  async end(id: string, { producerId, producerEpoch }: Producer, committed: boolean, version = 5) {
    const request = makeEndTxnRequest({ transactionalId: id, producerId, producerEpoch, committed });
    return this.broker.send(endTxnApi, version, request, await this.coordinator(id));
  }

  async describe(id: string) {
    const request = makeDescribeTransactionsRequest({ transactionalIds: [id] });
    return (await this.broker.send(describeTransactionsApi, 0, request, await this.coordinator(id))).transactionStates[0]!;
  }

  async list(filters: Partial<ListTransactionsRequest> = {}) {
    const answer = await this.broker.send(listTransactionsApi, 2, makeListTransactionsRequest(filters));
    const ids = answer.transactionStates.map(({ transactionalId, transactionState }) => `${transactionalId} ${transactionState}`);
    return { errorCode: answer.errorCode, unknown: answer.unknownStateFilters, ids: ids.sort() };
  }

  /** Resolves when the id's markers are written. */
  async complete(id: string): Promise<string> {
    for (;;) {
      const { transactionState } = await this.describe(id);
      if (!transactionState.startsWith("Prepare")) return transactionState;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.broker[Symbol.asyncDispose]();
  }
}

test("a transaction goes from InitProducerId to its end at every version", async () => {
  await using scene = await Scene.start();
  for (let version = 0; version <= 5; version++) {
    const id = `x-${version}`;
    const producer = await scene.init(id, { version });
    assert.deepEqual([producer.errorCode, producer.producerEpoch], [ErrorCode.NONE, 0]);
    assert.deepEqual(await scene.add(id, producer, { t: [0, 2] }, Math.min(version, 3)), { t: [0, 0] });
    const { transactionState, topics, transactionTimeoutMs } = await scene.describe(id);
    assert.deepEqual([transactionState, transactionTimeoutMs], ["Ongoing", 60_000]);
    assert.deepEqual(
      topics.map(({ topic, partitions }) => [topic, partitions]),
      [["t", [0, 2]]],
    );
    const ended = await scene.end(id, producer, version % 2 === 0, version);
    const next = version < 5 ? [-1, -1] : [producer.producerId, 1];
    assert.deepEqual([ended.errorCode, ended.producerId, ended.producerEpoch], [ErrorCode.NONE, ...next]);
    assert.equal(await scene.complete(id), version % 2 === 0 ? "CompleteCommit" : "CompleteAbort");
    const log = scene.broker.running.state.partitions.get("t", 0)?.log;
    assert.equal(log?.logEndOffset, version + 1, "one marker each");
    assert.equal(scene.broker.running.state.partitions.get("t", 1)?.log.logEndOffset, 0);
  }
});

test("who was fenced is told so by the name its version knows", async () => {
  await using scene = await Scene.start();
  const fenced = await scene.init("x");
  await scene.init("x");
  for (let version = 0; version <= 5; version++) {
    const ended = await scene.end("x", fenced, true, version);
    assert.equal(ended.errorCode, version < 2 ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.PRODUCER_FENCED);
    if (version >= 3) {
      const init = await scene.init("x", { version, producerId: fenced.producerId + 5, producerEpoch: 0 });
      assert.equal(init.errorCode, version < 4 ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.PRODUCER_FENCED);
    }
    if (version > 4) continue;
    const code = version < 2 ? ErrorCode.INVALID_PRODUCER_EPOCH : ErrorCode.PRODUCER_FENCED;
    if (version < 4) assert.deepEqual(await scene.add("x", fenced, { t: [0] }, version), { t: [code] });
    const request = makeAddOffsetsToTxnRequest({ transactionalId: "x", ...pick(fenced), groupId: "g" });
    assert.equal((await scene.broker.send(addOffsetsToTxnApi, version, request)).errorCode, code);
  }
});

test("AddPartitionsToTxn adds all partitions or none, and lets nobody add internal topics", async () => {
  await using scene = await Scene.start();
  const producer = await scene.init("x");
  assert.deepEqual(await scene.add("x", producer, { t: [0, 9], u: [0] }), {
    t: [ErrorCode.OPERATION_NOT_ATTEMPTED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    u: [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  });
  assert.deepEqual(await scene.add("x", producer, { t: [0], __transaction_state: [0] }), {
    t: [ErrorCode.OPERATION_NOT_ATTEMPTED],
    __transaction_state: [ErrorCode.TOPIC_AUTHORIZATION_FAILED],
  });
  assert.equal((await scene.describe("x")).transactionState, "Empty");
  assert.deepEqual(await scene.add("nobody", producer, { t: [0] }), { t: [ErrorCode.INVALID_PRODUCER_ID_MAPPING] });
  assert.deepEqual(await scene.add("", producer, { t: [0] }), { t: [ErrorCode.INVALID_REQUEST] });
});

test("AddPartitionsToTxn between brokers names several transactions, and may only ask", async () => {
  await using scene = await Scene.start();
  const producer = pick(await scene.init("x"));
  const ask = async (version: number, verifyOnly: boolean) => {
    const topics = [makeAddPartitionsToTxnTopic({ name: "t", partitions: [0, 1] })];
    const transactions = ["x", "nobody"].map((transactionalId) =>
      makeAddPartitionsToTxnTransaction({ transactionalId, ...producer, verifyOnly, topics }),
    );
    const answer = await scene.broker.send(addPartitionsToTxnApi, version, makeAddPartitionsToTxnRequest({ transactions }));
    return answer.resultsByTransaction.map(({ transactionalId, topicResults }) => [
      transactionalId,
      topicResults[0]?.resultsByPartition.map((each) => each.partitionErrorCode),
    ]);
  };
  const unknown = ["nobody", [ErrorCode.INVALID_PRODUCER_ID_MAPPING, ErrorCode.INVALID_PRODUCER_ID_MAPPING]];
  assert.deepEqual(await ask(4, true), [["x", [ErrorCode.TRANSACTION_ABORTABLE, ErrorCode.TRANSACTION_ABORTABLE]], unknown]);
  await scene.add("x", producer, { t: [1] });
  assert.deepEqual(await ask(4, true), [["x", [ErrorCode.TRANSACTION_ABORTABLE, ErrorCode.NONE]], unknown]);
  assert.deepEqual(await ask(5, false), [["x", [ErrorCode.NONE, ErrorCode.NONE]], unknown]);
  const none = await scene.broker.send(addPartitionsToTxnApi, 5, makeAddPartitionsToTxnRequest({ transactions: [] }));
  assert.deepEqual([none.errorCode, none.resultsByTransaction], [ErrorCode.NONE, []]);
});

test("AddOffsetsToTxn adds the partition that keeps the group's offsets", async () => {
  await using scene = await Scene.start();
  const producer = await scene.init("x");
  const request = makeAddOffsetsToTxnRequest({ transactionalId: "x", ...pick(producer), groupId: "g" });
  assert.equal((await scene.broker.send(addOffsetsToTxnApi, 4, request)).errorCode, ErrorCode.NONE);
  const { topics } = await scene.describe("x");
  // "g".hashCode() % 3
  assert.deepEqual(
    topics.map(({ topic, partitions }) => [topic, partitions]),
    [["__consumer_offsets", [103 % 3]]],
  );
});

test("each id is coordinated by the broker that leads its partition, and by the next one when the leader moves", async () => {
  await using scene = await Scene.start({ brokers: 2 });
  const ids = ["x-0", "x-1", "x-2"];
  const leaders = await Promise.all(ids.map((id) => scene.coordinator(id)));
  assert.deepEqual(new Set(leaders), new Set([1, 2]));
  const id = "x-0";
  const producer = await scene.init(id);
  await scene.add(id, producer, { t: [0] });
  const leader = await scene.coordinator(id);
  const elsewhere = makeEndTxnRequest({ transactionalId: id, ...pick(producer), committed: true });
  assert.equal((await scene.broker.send(endTxnApi, 4, elsewhere, 3 - leader)).errorCode, ErrorCode.NOT_COORDINATOR);
  const { metadata, controller, transactions } = scene.broker.running.state;
  const topic = metadata.topic("__transaction_state")!;
  await controller.change(() =>
    topic.partitions.map(({ index }) => ({
      kind: "leader" as const,
      topicId: topic.topicId,
      partition: index,
      leader: 3 - topic.partitions[index]!.leader,
    })),
  );
  assert.equal(await scene.coordinator(id), 3 - leader);
  while (transactions.transaction(id, 3 - leader) === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) await new Promise(setImmediate);
  assert.equal((await scene.describe(id)).transactionState, "Ongoing");
  assert.equal((await scene.end(id, producer, true)).errorCode, ErrorCode.NONE);
  assert.equal(await scene.complete(id), "CompleteCommit");
});

test("ListTransactions filters by state, producer, duration and a pattern of the whole id", async () => {
  await using scene = await Scene.start();
  const orders = await scene.init("orders-1");
  await scene.init("orders-2");
  await scene.init("payments-1");
  await scene.add("orders-1", orders, { t: [0] });
  const all = ["orders-1 Ongoing", "orders-2 Empty", "payments-1 Empty"];
  assert.deepEqual(await scene.list(), { errorCode: ErrorCode.NONE, unknown: [], ids: all });
  assert.deepEqual((await scene.list({ stateFilters: ["Ongoing"] })).ids, ["orders-1 Ongoing"]);
  assert.deepEqual(await scene.list({ stateFilters: ["Dead", "Sleeping"] }), { errorCode: ErrorCode.NONE, unknown: ["Sleeping"], ids: [] });
  assert.deepEqual((await scene.list({ producerIdFilters: [orders.producerId] })).ids, ["orders-1 Ongoing"]);
  assert.deepEqual(
    (await scene.list({ durationFilter: 3_600_000 })).ids,
    ["orders-2 Empty", "payments-1 Empty"],
    "as in Kafka: began never is long ago",
  );
  assert.deepEqual((await scene.list({ transactionalIdPattern: "orders-.*" })).ids, ["orders-1 Ongoing", "orders-2 Empty"]);
  assert.deepEqual((await scene.list({ transactionalIdPattern: "orders" })).ids, []);
  assert.deepEqual((await scene.list({ transactionalIdPattern: "" })).ids, all);
  assert.equal((await scene.list({ transactionalIdPattern: "(" })).errorCode, ErrorCode.INVALID_REGULAR_EXPRESSION);
});

test("DescribeTransactions says what it does not know", async () => {
  await using scene = await Scene.start();
  await scene.coordinator("x");
  assert.equal((await scene.describe("x")).errorCode, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
  assert.equal((await scene.describe("")).errorCode, ErrorCode.INVALID_REQUEST);
});

test("before any transactional id was looked for there is no coordinator, and nothing to list", async () => {
  await using scene = await Scene.start();
  assert.deepEqual(await scene.list(), { errorCode: ErrorCode.NONE, unknown: [], ids: [] });
  const init = makeInitProducerIdRequest({ transactionalId: "x", transactionTimeoutMs: 1000 });
  assert.equal((await scene.broker.send(initProducerIdApi, 5, init)).errorCode, ErrorCode.NOT_COORDINATOR);
});

test("WriteTxnMarkers ends transactions by hand, and names partitions that are not there", async () => {
  await using scene = await Scene.start();
  for (const version of [1, 2]) {
    const marker = (producerId: number, topics: Readonly<Record<string, readonly number[]>>) =>
      makeWritableTxnMarker({
        producerId,
        producerEpoch: 0,
        transactionResult: false,
        topics: Object.entries(topics).map(([name, indexes]) => makeWritableTxnMarkerTopic({ name, partitionIndexes: [...indexes] })),
      });
    const markers = [marker(7, { t: [0, 9] }), marker(8, { nowhere: [0] }), marker(7, { t: [1] }), marker(9, {})];
    const answer = await scene.broker.send(writeTxnMarkersApi, version, makeWriteTxnMarkersRequest({ markers }));
    assert.deepEqual(
      answer.markers.map(({ producerId, topics }) => [
        producerId,
        topics.map(({ name, partitions }) => [name, partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode])]),
      ]),
      [
        [
          7,
          [
            [
              "t",
              [
                [0, ErrorCode.NONE],
                [9, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
                [1, ErrorCode.NONE],
              ],
            ],
          ],
        ],
        [8, [["nowhere", [[0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]]]]],
      ],
    );
  }
});

test("WriteTxnMarkers writes nothing for a producer or an epoch that is none", async () => {
  await using scene = await Scene.start();
  const topics = [makeWritableTxnMarkerTopic({ name: "t", partitionIndexes: [0] })];
  const identities = [
    { producerId: -1, producerEpoch: 0 },
    { producerId: 7, producerEpoch: -1 },
    { producerId: 7, producerEpoch: 0 },
  ];
  const codes: (number | undefined)[] = [];
  for (const identity of identities) {
    const request = makeWriteTxnMarkersRequest({ markers: [makeWritableTxnMarker({ ...identity, topics })] });
    const answer = await scene.broker.send(writeTxnMarkersApi, 1, request);
    codes.push(answer.markers[0]?.topics[0]?.partitions[0]?.errorCode);
  }
  assert.deepEqual(codes, [ErrorCode.INVALID_PRODUCER_ID_MAPPING, ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.NONE]);
});

test("what became of a transaction is known after a restart", async () => {
  const scene = await Scene.start();
  const producer = await scene.init("x");
  await scene.add("x", producer, { t: [0, 1, 2] });
  await scene.end("x", producer, true);
  assert.equal(await scene.complete("x"), "CompleteCommit");
  await scene.broker.stop();
  await using again = await Scene.start({ disk: scene.broker.disk });
  assert.equal((await again.describe("x")).transactionState, "CompleteCommit");
  const next = await again.init("x");
  assert.deepEqual([next.producerId, next.producerEpoch], [producer.producerId, 2]);
});

function pick({ producerId, producerEpoch }: Producer): Producer {
  return { producerId, producerEpoch };
}
