import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import { produceApi } from "@ottla/protocol/apis/produce";
import { isTransactional } from "@ottla/protocol/records";
import { answerAll, batchesOf, record } from "../../testing/producer-stage.ts";
import { HANG_UP } from "../../testing/scripted-broker.ts";
import { startTransactions } from "../../testing/transaction-stage.ts";

const member = { groupId: "g", generationId: 4, memberId: "m-1", groupInstanceId: "i-1" };

describe("a transaction of the classic protocol", () => {
  test("peers' defects, partitions outside their transaction: begins as nobody, and tells every partition before its first batch however many send at once, in a client's version", async () => {
    const { world, producer, story } = await startTransactions({ transactionVersion: 0 });
    await world.settle(
      producer.transaction(async (tx) => {
        await Promise.all([tx.send(record("a", 0)), tx.send(record("b", 1)), tx.send(record("c", 2))]);
        await Promise.all([tx.send(record("d", 0)), tx.send({ topic: "u", partition: 1, value: "e" })]);
      }),
    );
    const lines = story();
    assert.equal(lines[0], "InitProducerId -1/-1 (v5)");
    const told = new Set<string>();
    for (const line of lines) {
      const [, places, version] = /^AddPartitionsToTxn (.*) as .* \(v(\d+)\)$/.exec(line) ?? [];
      if (places !== undefined) {
        for (const place of places.split(" ")) told.add(place);
        assert.equal(version, "3");
      }
      for (const [, partition, value] of line.matchAll(/(\d):([a-e]) as/g))
        assert.ok(told.has(`${value === "e" ? "u" : "t"}-${partition}`), line);
    }
    assert.deepEqual([...told].sort(), ["t-0", "t-1", "t-2", "u-1"]);
    assert.match(lines.at(-1)!, /^EndTxn commit as 77\/0 \(v4\)$/);
    assert.ok(lines.filter((line) => line.startsWith("Produce")).every((line) => line.endsWith("(v11)")));
  });

  test("peers' defect, offsets forgotten: offsets of three partitions sent at once are all committed, in the name of the member (KIP-447)", async () => {
    const { world, producer, story } = await startTransactions({ transactionVersion: 1 });
    await world.settle(
      producer.transaction((tx) =>
        Promise.all([0, 1, 2].map((partition) => tx.sendOffsets([{ topic: "t", partition, offset: 5 + partition }], member))),
      ),
    );
    assert.deepEqual(story(), [
      "InitProducerId -1/-1 (v5)",
      "AddOffsetsToTxn g as 77/0 (v4)",
      "TxnOffsetCommit g m-1@4 (i-1): t-0=5 as 77/0 (v4)",
      "TxnOffsetCommit g m-1@4 (i-1): t-1=6 as 77/0 (v4)",
      "TxnOffsetCommit g m-1@4 (i-1): t-2=7 as 77/0 (v4)",
      "EndTxn commit as 77/0 (v4)",
    ]);
  });

  test("the numbers of a partition go on from one transaction to the next", async () => {
    const { world, producer, story } = await startTransactions({ transactionVersion: 0 });
    for (const value of ["a", "b"]) await world.settle(producer.transaction((tx) => tx.send(record(value))));
    assert.deepEqual(
      story().filter((line) => line.startsWith("Produce")),
      ["Produce 0:a as 77/0 #0 (v11)", "Produce 0:b as 77/0 #1 (v11)"],
    );
  });

  test("peers' defect, numbers go on after a failure: after a failed batch the abort is followed by another epoch, and numbers begin at 0", async () => {
    const { world, broker, producer, story } = await startTransactions({ transactionVersion: 0 });
    await world.settle(producer.transaction((tx) => tx.send(record("a"))));
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER }));
    await assert.rejects(world.settle(producer.transaction((tx) => tx.send(record("b")))), { code: "TRANSACTION_FAILED", abortable: true });
    broker.on(produceApi, (request) => answerAll(request, {}));
    await world.settle(producer.transaction((tx) => tx.send(record("c"))));
    assert.deepEqual(story().slice(4), [
      "AddPartitionsToTxn t-0 as 77/0 (v3)",
      "Produce 0:b as 77/0 #1 (v11)",
      "EndTxn abort as 77/0 (v4)",
      "InitProducerId 77/0 (v5)",
      "AddPartitionsToTxn t-0 as 77/1 (v3)",
      "Produce 0:c as 77/1 #0 (v11)",
      "EndTxn commit as 77/1 (v4)",
    ]);
  });
});

describe("a transaction of KIP-890", () => {
  test("tells no partition and no group, and each has the epoch that the end of the last one brought, with numbers from 0", async () => {
    const { world, broker, producer, story } = await startTransactions();
    for (const value of ["a", "b"]) {
      await world.settle(
        producer.transaction(async (tx) => {
          await tx.send(record(value));
          await tx.sendOffsets([{ topic: "t", partition: 0, offset: 9 }], { groupId: "g" });
        }),
      );
    }
    assert.deepEqual(story(), [
      "InitProducerId -1/-1 (v5)",
      "Produce 0:a as 77/0 #0 (v12)",
      "TxnOffsetCommit g @-1: t-0=9 as 77/0 (v5)",
      "EndTxn commit as 77/0 (v5)",
      "Produce 0:b as 77/1 #0 (v12)",
      "TxnOffsetCommit g @-1: t-0=9 as 77/1 (v5)",
      "EndTxn commit as 77/1 (v5)",
    ]);
    const [first] = broker.requestsOf(produceApi);
    assert.equal(first!.transactionalId, "tx");
    assert.ok(isTransactional(batchesOf([first!])[0]!.bytes, 0));
  });

  test("when the epochs of an id are used up the next transaction has another id", async () => {
    const { world, producer, story } = await startTransactions({ first: { producerId: 77, producerEpoch: 32_766 } });
    for (const value of ["a", "b"]) await world.settle(producer.transaction((tx) => tx.send(record(value))));
    assert.deepEqual(
      story().filter((line) => !line.startsWith("Init")),
      ["Produce 0:a as 77/32766 #0 (v12)", "EndTxn commit as 77/32766 (v5)", "Produce 0:b as 78/0 #0 (v12)", "EndTxn commit as 78/0 (v5)"],
    );
  });

  test("a leader that still ends the last transaction is asked again, soon and with the same bytes", async () => {
    const { world, broker, producer, story } = await startTransactions();
    let answers = 0;
    broker.on(produceApi, (request) =>
      answerAll(request, { errorCode: answers++ < 2 ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE }),
    );
    const before = world.clock.monotonicMs();
    await world.settle(producer.transaction((tx) => tx.send(record("a"))));
    assert.ok(world.clock.monotonicMs() - before < 50);
    assert.equal(story().filter((line) => line === "Produce 0:a as 77/0 #0 (v12)").length, 3);
  });

  test("nothing in it: nobody is asked; only a batch of a consumer and a group: its next offset is committed", async () => {
    const { world, producer, story } = await startTransactions();
    assert.equal(await world.settle(producer.transaction(() => 7)), 7);
    const batch = { topic: "t", partition: 1, nextOffset: 12, cursor: () => undefined };
    await world.settle(producer.transaction((tx) => tx.sendOffsets([batch as never], member)));
    assert.deepEqual(story(), [
      "InitProducerId -1/-1 (v5)",
      "TxnOffsetCommit g m-1@4 (i-1): t-1=12 as 77/0 (v5)",
      "EndTxn commit as 77/0 (v5)",
    ]);
  });

  test("two groups in one transaction", async () => {
    const { world, producer, story } = await startTransactions();
    await world.settle(
      producer.transaction(async (tx) => {
        await tx.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], member);
        await tx.sendOffsets([{ topic: "t", partition: 0, offset: 2 }], { ...member, groupId: "h" });
      }),
    );
    assert.deepEqual(story().slice(1, 3), [
      "TxnOffsetCommit g m-1@4 (i-1): t-0=1 as 77/0 (v5)",
      "TxnOffsetCommit h m-1@4 (i-1): t-0=2 as 77/0 (v5)",
    ]);
  });

  test("the end is asked again of the coordinator that it has moved to, also over a lost connection", async () => {
    const { world, broker, others, producer, coordinateAt } = await startTransactions({ brokers: 2 });
    await world.settle(producer.begin());
    await world.settle(producer.send(record("a")));
    broker.on(endTxnApi, () => makeEndTxnResponse({ errorCode: ErrorCode.NOT_COORDINATOR }));
    coordinateAt(others[0]!);
    await world.settle(producer.commit());
    assert.deepEqual(broker.requestsOf(endTxnApi).length, 1);
    assert.deepEqual(others[0]!.requestsOf(endTxnApi).length, 1);
    await world.settle(producer.begin());
    await world.settle(producer.send(record("b")));
    let calls = 0;
    others[0]!.on(endTxnApi, () => (calls++ === 0 ? HANG_UP : makeEndTxnResponse({ producerId: 77, producerEpoch: 2 })));
    await world.settle(producer.commit());
    assert.equal(calls, 2);
  });
});
