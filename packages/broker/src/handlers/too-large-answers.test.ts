// Answers that list what others have made: one for which there could never be memory tells so, and does not end the connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeResponse, encodeRequest, ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import { listTransactionsApi, makeListTransactionsRequest } from "@ottla/protocol/apis/list-transactions";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { RawConnection } from "../testing/raw-connection.ts";
import { TestBroker } from "../testing/test-broker.ts";

const settings = {
  "ottla.client.memory.bytes": String(1024 * 1024),
  "offsets.topic.num.partitions": "1",
  "transaction.state.log.num.partitions": "1",
};
const COUNT = 100;
const nameOf = (i: number): string => `${i}-${"n".repeat(30_000)}`;

test("a list of groups that is too large is refused, and a smaller one is answered on the same connection", async () => {
  await using broker = await TestBroker.start({ settings });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g" }));
  await broker.send(
    createTopicsApi,
    5,
    makeCreateTopicsRequest({ topics: [makeCreatableTopic({ name: "t", numPartitions: 1, replicationFactor: 1 })] }),
  );
  const topics = [makeOffsetCommitRequestTopic({ name: "t", partitions: [makeOffsetCommitRequestPartition({ committedOffset: 1 })] })];
  for (let i = 0; i < COUNT; i++) {
    const { topics: done } = await broker.send(offsetCommitApi, 8, makeOffsetCommitRequest({ groupId: nameOf(i), topics }));
    assert.equal(done[0]?.partitions[0]?.errorCode, ErrorCode.NONE);
  }
  using connection = await RawConnection.open(broker);
  const ask = async (statesFilter: string[]) => {
    connection.write(...encodeRequest(listGroupsApi, 5, 1, "test", makeListGroupsRequest({ statesFilter })));
    return decodeResponse(listGroupsApi, 5, (await connection.frame())!);
  };
  for (let time = 0; time < 3; time++) {
    const { errorCode, groups } = await ask([]);
    assert.deepEqual([errorCode, groups.length], [ErrorCode.INVALID_REQUEST, 0]);
  }
  assert.deepEqual((await ask(["Stable"])).errorCode, ErrorCode.NONE);
  while (broker.running.state.clientMemory.heldBytes > 0) await new Promise((resolve) => setImmediate(resolve));
});

test("so is a list of transactions, and what a filter leaves of it is shown", async () => {
  await using broker = await TestBroker.start({ settings });
  await broker.send(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: "g", keyType: 1 }));
  for (let i = 0; i < COUNT; i++) {
    const init = makeInitProducerIdRequest({ transactionalId: nameOf(i), transactionTimeoutMs: 1000 });
    assert.equal((await broker.send(initProducerIdApi, 4, init)).errorCode, ErrorCode.NONE);
  }
  const all = await broker.send(listTransactionsApi, 2, makeListTransactionsRequest());
  assert.deepEqual([all.errorCode, all.transactionStates.length], [ErrorCode.INVALID_REQUEST, 0]);
  const some = await broker.send(listTransactionsApi, 2, makeListTransactionsRequest({ transactionalIdPattern: "1-.*" }));
  assert.deepEqual([some.errorCode, some.transactionStates.length], [ErrorCode.NONE, 1]);
});

test("where a version has no place for the error, no empty list is told in its stead: the connection ends", async () => {
  await using broker = await TestBroker.start({ settings });
  for (let first = 0; first < 2100; first += 300) {
    const names = Array.from({ length: 300 }, (_, i) => `${first + i}-`.padEnd(249, "t"));
    const topics = names.map((name) => makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1 }));
    const { topics: created } = await broker.send(createTopicsApi, 4, makeCreateTopicsRequest({ topics, timeoutMs: 30_000 }));
    assert.ok(created.every(({ errorCode }) => errorCode === ErrorCode.NONE));
  }
  using connection = await RawConnection.open(broker);
  connection.write(...encodeRequest(metadataApi, 12, 1, "test", makeMetadataRequest({ topics: null })));
  assert.equal((await connection.frame())?.length, undefined);
});
