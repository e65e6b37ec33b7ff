import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import {
  makeTxnOffsetCommitResponse,
  makeTxnOffsetCommitResponsePartition,
  makeTxnOffsetCommitResponseTopic,
  txnOffsetCommitApi,
} from "@ottla/protocol/apis/txn-offset-commit";
import { ClientError } from "../../client-error.ts";
import { createClient } from "../../client.ts";
import { answerAll, record } from "../../testing/producer-stage.ts";
import { HANG_UP, SILENCE } from "../../testing/scripted-broker.ts";
import { startTransactions } from "../../testing/transaction-stage.ts";

const ends = (story: readonly string[]) => story.filter((line) => line.startsWith("EndTxn"));

describe("the order of calls", () => {
  test("a nested, a concurrent and a second begin are refused, and the open transaction is none the worse", async () => {
    const { world, producer, story } = await startTransactions();
    await world.settle(
      producer.transaction(async (tx) => {
        await assert.rejects(producer.begin(), { code: "TRANSACTION_STATE" });
        await assert.rejects(
          producer.transaction(() => assert.fail("runs")),
          { code: "TRANSACTION_STATE" },
        );
        await tx.send(record("a"));
      }),
    );
    const outcomes = await world.settle(Promise.allSettled([producer.begin(), producer.begin()]));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
    await world.settle(producer.abort());
    assert.deepEqual(ends(story()), ["EndTxn commit as 77/0 (v5)"]);
  });

  test("without an open transaction nothing is sent, committed or aborted; a late call of a transaction does not slip into the next", async () => {
    const { world, producer, story } = await startTransactions();
    const refused = { code: "TRANSACTION_STATE", retriable: false, abortable: false, fatal: false };
    await assert.rejects(producer.send(record("a")), refused);
    await assert.rejects(producer.commit(), refused);
    await assert.rejects(producer.abort(), refused);
    await assert.rejects(producer.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], { groupId: "g" }), refused);
    const late = await world.settle(producer.transaction((tx) => tx));
    await world.settle(producer.begin());
    await assert.rejects(late.send(record("late")), refused);
    await assert.rejects(late.sendBatch([record("late")]), refused);
    await assert.rejects(async () => late.enqueue(record("late")), refused);
    await assert.rejects(late.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], { groupId: "g" }), refused);
    await world.settle(producer.send(record("b")));
    await world.settle(producer.commit());
    assert.equal(story().filter((line) => line.includes("late")).length, 0);
  });

  test("a producer without an id, and options that do not fit it, are told what is missing", async () => {
    const { client } = await startTransactions();
    await assert.rejects(client.producer().begin(), /transactionalId/);
    for (const options of [{ acks: 1 }, { idempotent: false }] as const)
      assert.throws(() => client.producer({ transactionalId: "x", ...options }), { code: "INVALID_OPTION", subject: "transactionalId" });
    assert.throws(() => client.producer({ transactionalId: "x", transactionTimeoutMs: 0 }), /transactionTimeoutMs/);
    const producer = client.producer({ transactionalId: "y" });
    await assert.rejects(producer.begin({ timeout: 1 } as never), /timeoutMs/);
    await assert.rejects(producer.transaction("no" as never), /transaction: run/);
  });

  test("offsets are checked at the door, and a wrong argument does not fail the transaction", async () => {
    const { world, producer } = await startTransactions();
    await world.settle(
      producer.transaction(async (tx) => {
        await assert.rejects(tx.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], undefined), /consumer\.groupMetadata\(\)/);
        await assert.rejects(tx.sendOffsets([{ topic: "t", partition: 0, offset: -1 }], { groupId: "g" }), /offsets\[0\]\.offset is -1/);
        await assert.rejects(tx.sendOffsets({} as never, { groupId: "g" }), /must be a list/);
        await assert.rejects(tx.sendOffsets([], { groupId: "" }), /groupId/);
      }),
    );
  });
});

describe("a transaction that cannot be committed", () => {
  test("whatever becomes of a record that nobody awaits, the commit tells, and no rejection goes unhandled", async () => {
    const { world, producer, story } = await startTransactions({ producer: { maxRequestSizeBytes: 1000 } });
    const wrong = [{ ...record("x"), timestamp: Number.NaN }, record("x".repeat(2000)), { topic: "t", partition: 9, value: "x" }];
    for (const each of wrong) {
      const outcome = producer.transaction(async (tx) => {
        await tx.send(record("a"));
        void tx.send(each);
      });
      await assert.rejects(world.settle(outcome), (error: unknown) => {
        assert.ok(error instanceof ClientError && error.code === "TRANSACTION_FAILED" && error.abortable && !error.possiblyWritten);
        return error.cause instanceof ClientError;
      });
    }
    await assert.rejects(world.settle(producer.transaction((tx) => void tx.enqueue(wrong[0]!))), { code: "TRANSACTION_FAILED" });
    await world.settle(producer.transaction((tx) => tx.send(record("good"))));
    // The last of the four had nothing on any broker.
    assert.deepEqual(
      ends(story()).map((line) => line.slice(0, 12)),
      ["EndTxn abort", "EndTxn abort", "EndTxn abort", "EndTxn commi"],
    );
  });

  test("the function's own error is thrown as it is, and what was not sent is dropped", async () => {
    const { world, producer, story } = await startTransactions({ producer: { lingerMs: 60_000 } });
    const mine = new Error("out of stock");
    let told: unknown;
    const outcome = producer.transaction((tx) => {
      tx.send(record("never")).catch((error: unknown) => (told = error));
      throw mine;
    });
    await assert.rejects(world.settle(outcome), (error) => error === mine);
    assert.ok(told instanceof ClientError && told.code === "TRANSACTION_FAILED" && !told.possiblyWritten);
    assert.equal(story().filter((line) => line.startsWith("Produce")).length, 0);
    await world.settle(producer.transaction((tx) => tx.send(record("next"))));
  });

  test("a commit waits for a record whose topic is not known yet, and fails when it never is", async () => {
    const { world, broker, producer } = await startTransactions({ producer: { maxBlockMs: 3000 } });
    const outcome = producer.transaction((tx) => void tx.send({ topic: "unknown", value: "x" }), { timeoutMs: 20_000 });
    await assert.rejects(world.settle(outcome), (error: unknown) => error instanceof ClientError && error.code === "TRANSACTION_FAILED");
    assert.equal(broker.requestsOf(produceApi).length, 0);
  });

  test("a group that has gone on without this member fails it; one that is loading is asked again for what it refused", async () => {
    const { world, broker, producer, story } = await startTransactions();
    const answer = (...codes: number[]) =>
      makeTxnOffsetCommitResponse({
        topics: [
          makeTxnOffsetCommitResponseTopic({
            name: "t",
            partitions: codes.map((errorCode, partitionIndex) => makeTxnOffsetCommitResponsePartition({ partitionIndex, errorCode })),
          }),
        ],
      });
    broker.on(txnOffsetCommitApi, ({ topics }) =>
      topics[0]!.partitions.length === 2
        ? answer(ErrorCode.NONE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
        : makeTxnOffsetCommitResponse({
            topics: [
              makeTxnOffsetCommitResponseTopic({ name: "t", partitions: [makeTxnOffsetCommitResponsePartition({ partitionIndex: 1 })] }),
            ],
          }),
    );
    const offsets = [0, 1].map((partition) => ({ topic: "t", partition, offset: 4 }));
    await world.settle(producer.transaction((tx) => tx.sendOffsets(offsets, { groupId: "g" })));
    assert.deepEqual(
      story().filter((line) => line.startsWith("TxnOffset")),
      ["TxnOffsetCommit g @-1: t-0=4 t-1=4 as 77/0 (v5)", "TxnOffsetCommit g @-1: t-1=4 as 77/0 (v5)"],
    );
    broker.on(txnOffsetCommitApi, () => answer(ErrorCode.ILLEGAL_GENERATION));
    await assert.rejects(world.settle(producer.transaction((tx) => tx.sendOffsets([offsets[0]!], { groupId: "g" }))), {
      code: "TRANSACTION_FAILED",
      message: /TxnOffsetCommit for group "g".*\(t-0\)/,
    });
    assert.match(ends(story()).at(-1)!, /abort/);
  });

  test("TRANSACTION_ABORTABLE at the commit: aborted, and the producer goes on", async () => {
    const { world, broker, producer } = await startTransactions();
    broker.on(endTxnApi, ({ committed, producerEpoch }) =>
      committed && producerEpoch === 0
        ? makeEndTxnResponse({ errorCode: ErrorCode.TRANSACTION_ABORTABLE })
        : makeEndTxnResponse({ producerId: 77, producerEpoch: producerEpoch + 1 }),
    );
    await assert.rejects(world.settle(producer.transaction((tx) => tx.send(record("a")))), { code: "TRANSACTION_FAILED" });
    await world.settle(producer.transaction((tx) => tx.send(record("b"))));
  });

  test("fenced while sending: the abort learns it, both are told, and no call is taken any more", async () => {
    const { world, broker, producer, client } = await startTransactions();
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.INVALID_PRODUCER_EPOCH }));
    broker.on(endTxnApi, () => makeEndTxnResponse({ errorCode: ErrorCode.PRODUCER_FENCED }));
    await assert.rejects(world.settle(producer.transaction((tx) => tx.send(record("a")))), (error: unknown) => {
      assert.ok(error instanceof ClientError && error.code === "PRODUCER_FENCED" && error.fatal);
      const { errors } = error.cause as AggregateError;
      assert.deepEqual(
        errors.map((each: ClientError) => each.code),
        ["TRANSACTION_FAILED", "PRODUCER_FENCED"],
      );
      return true;
    });
    for (const call of [producer.begin(), producer.send(record("b")), producer.commit(), producer.abort()])
      await assert.rejects(call, { code: "PRODUCER_FENCED", fatal: true });
    await world.settle(producer.close());
    await world.settle(client.close());
  });

  test("the work fails and the abort gets no answer: ABORT_FAILED tells both, and abort() goes on", async () => {
    const { world, broker, producer } = await startTransactions({ producer: { maxBlockMs: 5000 } });
    broker.on(endTxnApi, () => SILENCE);
    const outcome = producer.transaction(async (tx) => {
      await tx.send(record("a"));
      throw new Error("mine");
    });
    await assert.rejects(world.settle(outcome), (error: unknown) => {
      assert.ok(error instanceof ClientError && error.code === "ABORT_FAILED" && error.abortable);
      assert.match(error.message, /mine.*abort\(\)/);
      return (error.cause as AggregateError).errors.length === 2;
    });
    broker.on(endTxnApi, () => makeEndTxnResponse({ producerId: 77, producerEpoch: 1 }));
    await world.settle(producer.abort());
    await world.settle(producer.transaction((tx) => tx.send(record("b"))));
  });
});

describe("a commit without an answer in time", () => {
  test("may have been carried out, goes on, and its outcome is asked for by commit() before anything else", async () => {
    const { world, broker, producer, story } = await startTransactions({ producer: { maxBlockMs: 5000 } });
    broker.on(endTxnApi, () => SILENCE);
    await assert.rejects(world.settle(producer.transaction((tx) => tx.send(record("a")))), (error: unknown) => {
      assert.ok(error instanceof ClientError && error.code === "CALL_TIMEOUT");
      return error.retriable && error.possiblyWritten && !error.abortable && !error.fatal;
    });
    for (const call of [producer.begin(), producer.abort(), producer.send(record("b"))])
      await assert.rejects(call, { code: "TRANSACTION_STATE" });
    await assert.rejects(world.settle(producer.commit({ timeoutMs: 1000 })), { code: "CALL_TIMEOUT" });
    broker.on(endTxnApi, () => makeEndTxnResponse({ producerId: 77, producerEpoch: 1 }));
    // It goes on although nobody waits.
    await world.pass(10_000);
    await assert.rejects(producer.begin(), /commit\(\) again/);
    await world.settle(producer.commit());
    await assert.rejects(producer.commit(), { code: "TRANSACTION_STATE" });
    assert.ok(ends(story()).every((line) => line === "EndTxn commit as 77/0 (v5)"));
    await world.settle(producer.transaction((tx) => tx.send(record("c"))));
  });

  test("a signal ends the wait at once; without one having been sent the transaction is still open", async () => {
    const { world, broker, producer } = await startTransactions();
    await world.settle(producer.begin());
    await world.settle(producer.send(record("a")));
    await assert.rejects(producer.commit({ signal: AbortSignal.abort() }), { code: "ABORTED" });
    broker.on(endTxnApi, () => SILENCE);
    const stop = new AbortController();
    const committing = producer.commit({ signal: stop.signal });
    await world.until("the end is asked for", () => broker.requestsOf(endTxnApi).length > 0);
    stop.abort();
    await assert.rejects(committing, { code: "ABORTED" });
    broker.on(endTxnApi, () => makeEndTxnResponse({ producerId: 77, producerEpoch: 1 }));
    await world.settle(producer.commit());
  });
});

describe("beginning", () => {
  test("no coordinator in time: begin() rejects and may be called again", async () => {
    const { world, broker, producer } = await startTransactions({ producer: { maxBlockMs: 3000 } });
    broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }));
    await assert.rejects(world.settle(producer.begin()), (error: unknown) => {
      assert.ok(error instanceof ClientError && error.code === "CALL_TIMEOUT" && error.retriable && !error.possiblyWritten);
      return /COORDINATOR|coordinator/.test(error.message);
    });
    broker.on(initProducerIdApi, () => HANG_UP);
    await assert.rejects(world.settle(producer.begin()), { code: "CALL_TIMEOUT" });
    broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 77, producerEpoch: 0 }));
    await world.settle(producer.begin());
    await world.settle(producer.abort());
  });

  test("an id that the cluster does not let is refused, and asked for anew by the next call", async () => {
    const { world, broker, producer } = await startTransactions();
    broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED }));
    await assert.rejects(world.settle(producer.initTransactions()), { code: "TRANSACTIONAL_ID_AUTHORIZATION_FAILED" });
    broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 77, producerEpoch: 0 }));
    await world.settle(producer.begin());
  });
});

describe("closing", () => {
  test("in an open transaction aborts it, also what was to linger; while it is committed, waits", async () => {
    const { world, broker, client, producer, story } = await startTransactions({ producer: { lingerMs: 60_000 } });
    await world.settle(producer.begin());
    await world.settle(producer.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], { groupId: "g" }));
    const sending = producer.send(record("a"));
    sending.catch(() => {});
    await world.settle(producer.close());
    await assert.rejects(sending, { code: "TRANSACTION_FAILED" });
    assert.deepEqual(ends(story()), ["EndTxn abort as 77/0 (v5)"]);
    assert.equal(broker.requestsOf(produceApi).length, 0);

    const other = client.producer({ transactionalId: "tx2" });
    await world.settle(other.begin());
    await world.settle(other.send(record("b")));
    const committing = other.commit();
    await world.settle(other.close());
    await committing;
    assert.match(ends(story()).at(-1)!, /commit/);
  });

  test("ends within its time, whatever the coordinator does not say, and tells what may have been written", async () => {
    const { world, broker, client, producer } = await startTransactions();
    await world.settle(producer.begin());
    broker.on(produceApi, () => SILENCE);
    broker.on(endTxnApi, () => SILENCE);
    const sending = producer.send(record("a"));
    sending.catch(() => {});
    await world.until("it is on the way", () => broker.requestsOf(produceApi).length > 0);
    const before = world.clock.monotonicMs();
    await world.settle(producer.close({ timeoutMs: 1000 }));
    assert.ok(world.clock.monotonicMs() - before <= 1000);
    await assert.rejects(sending, { code: "CLIENT_CLOSED", fatal: true, possiblyWritten: true });
    await world.settle(client.close());
    assert.equal(world.net.sockets.size, 0);
  });

  test("offsets that a failed transaction took with it are no success", async () => {
    const { world, producer, broker } = await startTransactions();
    await world.settle(producer.begin());
    broker.on(txnOffsetCommitApi, () => SILENCE);
    const offsets = producer.sendOffsets([{ topic: "t", partition: 0, offset: 1 }], { groupId: "g" });
    offsets.catch(() => {});
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED }));
    await assert.rejects(world.settle(producer.send({ topic: "t", partition: 0, value: "a" })));
    await assert.rejects(world.settle(offsets), { code: "TRANSACTION_FAILED" });
  });

  test("a signal ends a transaction whose function takes no notice of it: what that sends later is refused, and the next one begins anew", async () => {
    const stage = await startTransactions();
    const { world, producer } = stage;
    const stop = new AbortController();
    const goOn = Promise.withResolvers<void>();
    let late: unknown;
    const working = producer.transaction(
      async (tx) => {
        await tx.send({ topic: "t", partition: 0, value: "a" });
        await goOn.promise;
        late = await tx.send({ topic: "t", partition: 0, value: "b" }).catch((error: unknown) => error);
      },
      { signal: stop.signal },
    );
    await world.until("the record is there", () => stage.story().some((line) => line.startsWith("Produce")));
    stop.abort();
    await assert.rejects(world.settle(working), { code: "ABORTED" });
    await world.settle(producer.transaction((tx) => tx.send({ topic: "t", partition: 0, value: "c" })));
    goOn.resolve();
    await world.until("the function has ended", () => late !== undefined);
    assert.equal((late as { code?: string }).code, "TRANSACTION_STATE");
    assert.deepEqual(
      stage
        .story()
        .filter((line) => /^(EndTxn|Produce) /.test(line))
        .map((line) => line.replace(/ as .*/, "")),
      ["Produce 0:a", "EndTxn abort", "Produce 0:c", "EndTxn commit"],
    );
  });

  test("the client's signal ends a transaction at once", async () => {
    const stage = await startTransactions();
    const stop = new AbortController();
    const client = createClient({ bootstrapServers: stage.broker.bootstrap, signal: stop.signal }, stage.world);
    const producer = client.producer({ transactionalId: "z" });
    await stage.world.settle(producer.begin());
    stage.broker.on(produceApi, () => SILENCE);
    const outcome = producer.transaction(() => 1).catch((error: ClientError) => error.code);
    const sending = producer.send(record("a")).catch((error: ClientError) => [error.code, error.possiblyWritten]);
    await stage.world.until("it is on the way", () => stage.broker.requestsOf(produceApi).length > 0);
    stop.abort();
    assert.equal(await outcome, "TRANSACTION_STATE");
    assert.deepEqual(await sending, ["ABORTED", true]);
  });
});
