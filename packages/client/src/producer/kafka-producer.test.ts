import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { makeLeaderIdAndEpoch, produceApi } from "@ottla/protocol/apis/produce";
import { compressionOf, readRecords } from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import { createClient } from "../client.ts";
import { HANG_UP, HOST, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

import { answerAll, batchesOf, failsWith, inTurn, record, start } from "../testing/producer-stage.ts";

describe("a producer", () => {
  test("peers' defect, zombies not fenced: begins with producer id −1 and epoch −1, and numbers batches of each partition from 0", async () => {
    const { world, broker, client, sent } = await start([1, 1]);
    const producer = client.producer();
    await world.settle(producer.send([record("a"), record("b"), record("c", 1)]));
    await world.settle(producer.send(record("d")));
    const [init] = broker.requestsOf(initProducerIdApi);
    assert.deepEqual([init!.producerId, init!.producerEpoch, init!.transactionalId], [-1, -1, null]);
    assert.deepEqual(
      sent().map(({ partition, id, epoch, sequence, values }) => [partition, id, epoch, sequence, values]),
      [
        [0, 77, 0, 0, ["a", "b"]],
        [1, 77, 0, 0, ["c"]],
        [0, 77, 0, 2, ["d"]],
      ],
    );
  });

  test("offsets and times come back per record; the log append time wins over the record's own", async () => {
    const { world, broker, client } = await start();
    broker.on(produceApi, (request) => answerAll(request, { baseOffset: 40, logAppendTimeMs: 999 }));
    const producer = client.producer();
    const metadata = await world.settle(producer.send([{ ...record("a"), timestamp: 5 }, record("b")]));
    assert.deepEqual(metadata, [
      { topic: "t", partition: 0, offset: 40, timestamp: 999 },
      { topic: "t", partition: 0, offset: 41, timestamp: 999 },
    ]);
  });

  test("a lost connection is followed by the same bytes: same producer id, same sequence, nothing twice", async () => {
    const { world, broker, client, sent } = await start();
    inTurn(
      broker,
      () => HANG_UP,
      (request) => answerAll(request, { errorCode: ErrorCode.DUPLICATE_SEQUENCE_NUMBER }),
    );
    const metadata = await world.settle(client.producer().send(record("a")));
    assert.equal(metadata.offset, -1, "the broker knew it already");
    const [first, second] = sent();
    assert.ok(first!.bytes.equals(second!.bytes));
    assert.equal(broker.requestsOf(initProducerIdApi).length, 1, "no new producer id after a retriable error");
  });

  test("when the first of five batches on the way fails, all come again in order with their own sequences", async () => {
    const { world, broker, client, sent } = await start();
    const producer = client.producer({ batchSizeBytes: 0, lingerMs: 0 });
    await world.settle(producer.send(record("warm")));
    const written: number[] = [];
    broker.on(produceApi, (request) => {
      const [batch] = batchesOf([request]);
      if (batch!.sequence !== written.length + 1) return answerAll(request, { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER });
      if (sent().length === 2) return answerAll(request, { errorCode: ErrorCode.NOT_ENOUGH_REPLICAS });
      written.push(batch!.sequence);
      return answerAll(request, { baseOffset: batch!.sequence });
    });
    const metadata = await world.settle(producer.send(["1", "2", "3", "4", "5", "6"].map((value) => record(value))));
    assert.deepEqual(
      metadata.map(({ offset }) => offset),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual(written, [1, 2, 3, 4, 5, 6]);
    assert.ok(sent().every(({ id, epoch }) => id === 77 && epoch === 0));
  });

  test("a sequence the broker lost for good: the next epoch, numbered from 0", async () => {
    const { world, broker, client, sent } = await start();
    inTurn(
      broker,
      (request) => answerAll(request, { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER }),
      (request) => answerAll(request, {}),
    );
    await world.settle(client.producer().send(record("a")));
    assert.deepEqual(
      sent().map(({ id, epoch, sequence }) => [id, epoch, sequence]),
      [
        [77, 0, 0],
        [77, 1, 0],
      ],
    );
    assert.equal(broker.requestsOf(initProducerIdApi).length, 1);
  });

  test("a batch that is refused leaves its sequence to the next", async () => {
    const { world, broker, client, sent } = await start();
    inTurn(
      broker,
      (request) => answerAll(request, { errorCode: ErrorCode.INVALID_RECORD, errorMessage: "no key" }),
      (request) => answerAll(request, {}),
    );
    const producer = client.producer();
    await assert.rejects(
      world.settle(producer.send(record("bad"))),
      (error: unknown) => error instanceof KafkaError && error.message === "no key",
    );
    await world.settle(producer.send(record("good")));
    assert.deepEqual(
      sent().map(({ epoch, sequence }) => [epoch, sequence]),
      [
        [0, 0],
        [0, 0],
      ],
    );
  });

  test("MESSAGE_TOO_LARGE splits the batch, keeping order and sequences; a single record fails", async () => {
    const { world, broker, client, sent } = await start();
    broker.on(produceApi, (request) => {
      const [batch] = batchesOf([request]);
      return answerAll(request, batch!.count > 2 ? { errorCode: ErrorCode.MESSAGE_TOO_LARGE } : { baseOffset: batch!.sequence });
    });
    const producer = client.producer();
    const metadata = await world.settle(producer.send(["a", "b", "c", "d", "e"].map((value) => record(value))));
    assert.deepEqual(
      metadata.map(({ offset }) => offset),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(
      sent()
        .filter(({ count }) => count <= 2)
        .flatMap(({ values }) => values),
      ["a", "b", "c", "d", "e"],
    );
    assert.equal(producer.stats().bufferedBytes, 0, "the parts give back together what the whole took");
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.MESSAGE_TOO_LARGE }));
    await assert.rejects(
      world.settle(producer.send(record("huge"))),
      (error: unknown) => error instanceof KafkaError && error.code === "MESSAGE_TOO_LARGE",
    );
    assert.equal(producer.stats().bufferedBytes, 0);
  });

  test("batches that are too large one behind the other come in parts, each in its place, and those behind them are made smaller", async () => {
    const { world, broker, client, sent } = await start();
    const log: string[] = [];
    broker.on(produceApi, (request) => {
      const [batch] = batchesOf([request]);
      if (batch!.count > 2) return answerAll(request, { errorCode: ErrorCode.MESSAGE_TOO_LARGE });
      if (batch!.sequence !== log.length) return answerAll(request, { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER });
      log.push(...batch!.values);
      return answerAll(request, { baseOffset: batch!.sequence });
    });
    const producer = client.producer({ batchSizeBytes: 400, lingerMs: 5 });
    await world.settle(producer.send(record("0")));
    const values = Array.from({ length: 120 }, (_, n) => `${n + 1}`.padEnd(60, "."));
    await world.settle(producer.send(values.map((value) => record(value))));
    assert.deepEqual(log, ["0", ...values]);
    const whole = sent().length;
    await world.settle(producer.send(values.map((value) => record(value))));
    assert.deepEqual(log.slice(-values.length), values);
    assert.ok(
      sent()
        .slice(whole)
        .every(({ count }) => count <= 2),
    );
  });

  test("NOT_LEADER names the new leader, and the batch goes there without a pause (KIP-951)", async () => {
    const { world, broker, client } = await start();
    const other = await ScriptedBroker.start(world.net, 2);
    other.on(produceApi, (request) => answerAll(request, { baseOffset: 8 }));
    other.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 77, producerEpoch: 0 }));
    broker.serveMetadata(() => ({ t: [1] }), [broker, other]);
    broker.on(produceApi, (request) =>
      answerAll(request, {
        errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER,
        currentLeader: makeLeaderIdAndEpoch({ leaderId: 2, leaderEpoch: 5 }),
      }),
    );
    const metadata = await world.settle(client.producer().send(record("a")));
    assert.equal(metadata.offset, 8);
    assert.equal(broker.requestsOf(produceApi).length, 1);
  });

  test("a partition without a leader is waited for, however many answers it takes", async () => {
    const { world, broker, client } = await start([-1]);
    const sending = client.producer().send(record("a"));
    sending.catch(() => {});
    await world.until("three seconds have passed", () => world.clock.monotonicMs() > 3000);
    broker.serveMetadata(() => ({ t: [1] }));
    assert.equal((await world.settle(sending)).offset, 0);
    assert.ok(world.clock.monotonicMs() < 10_000);
  });

  test("a record nobody acknowledges fails at deliveryTimeoutMs, and its successors get another epoch", async () => {
    const { world, broker, client, sent } = await start();
    broker.on(produceApi, () => SILENCE);
    const producer = client.producer({ deliveryTimeoutMs: 5000 });
    const before = world.clock.monotonicMs();
    await assert.rejects(world.settle(producer.send(record("a"))), failsWith("DELIVERY_TIMEOUT"));
    assert.ok(world.clock.monotonicMs() - before <= 5100);
    world.net.resetAll();
    broker.on(produceApi, (request) => answerAll(request, {}));
    await world.settle(producer.send(record("b")));
    const last = sent().at(-1)!;
    assert.deepEqual([last.values, last.epoch, last.sequence], [["b"], 1, 0]);
  });

  test("a delivery that ends by the deadline says why the last attempt failed, as cause and in its message", async () => {
    const { world, broker, client } = await start();
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.KAFKA_STORAGE_ERROR }));
    const refused = await world.settle(
      client
        .producer({ deliveryTimeoutMs: 2000 })
        .send(record("a"))
        .then(undefined, (error: unknown) => error),
    );
    assert.ok(refused instanceof ClientError && refused.code === "DELIVERY_TIMEOUT");
    assert.ok(refused.cause instanceof KafkaError && refused.cause.code === "KAFKA_STORAGE_ERROR");
    assert.match(
      refused.message,
      /^1 record for t-0 was not acknowledged within 2000 ms; it was sent \d+ times; the last attempt: KAFKA_STORAGE_ERROR: .+\.$/,
    );
    assert.ok(refused.message.endsWith(refused.cause.message));

    broker.on(produceApi, () => HANG_UP);
    const lost = await world.settle(
      client
        .producer({ deliveryTimeoutMs: 2000 })
        .send(record("b"))
        .then(undefined, (error: unknown) => error),
    );
    assert.ok(lost instanceof ClientError && lost.code === "DELIVERY_TIMEOUT");
    assert.ok(lost.cause instanceof ClientError && lost.cause.code === "CONNECTION_LOST");
    assert.ok(lost.message.endsWith(`; the last attempt: ${lost.cause.message}`));
  });

  test("a delivery that was never sent says what prevented it", async () => {
    const { world, client } = await start([-1]);
    const refused = await world.settle(
      client
        .producer({ deliveryTimeoutMs: 2000 })
        .send(record("a"))
        .then(undefined, (error: unknown) => error),
    );
    assert.ok(refused instanceof ClientError && refused.code === "DELIVERY_TIMEOUT");
    assert.ok(refused.cause instanceof KafkaError && refused.cause.code === "LEADER_NOT_AVAILABLE");
    assert.match(refused.message, / within 2000 ms; it was never sent; now it cannot be sent: LEADER_NOT_AVAILABLE: .+\.$/);
  });

  test("a cluster that cannot be reached: METADATA_TIMEOUT after maxBlockMs", async () => {
    const world = makeWorld();
    const producer = createClient({ bootstrapServers: `${HOST}:1` }, world).producer({ maxBlockMs: 3000 });
    await assert.rejects(world.settle(producer.send(record("a"))), failsWith("METADATA_TIMEOUT"));
    assert.ok(world.clock.monotonicMs() <= 3000);
  });

  test("full memory makes the caller wait, and fails with BUFFER_FULL after maxBlockMs", async () => {
    const { world, broker, client } = await start();
    let answer = () => {};
    broker.on(produceApi, (request) => new Promise((resolve) => (answer = () => resolve(answerAll(request, {})))));
    const producer = client.producer({ bufferMemoryBytes: 300, maxBlockMs: 500 });
    await world.settle(client.admin().describeCluster());
    const first = producer.send(record("x".repeat(200)));
    await world.until("the first batch arrived", () => broker.requestsOf(produceApi).length === 1);
    const room = producer.enqueue(record("y".repeat(200)));
    assert.ok(room, "a promise to wait for");
    answer();
    await world.settle(first);
    await world.settle(room);
    await assert.rejects(world.settle(producer.send(record("z".repeat(200)))), failsWith("BUFFER_FULL"));
  });

  test("a caller may use its buffers again when the call is over, also while the record waits", async () => {
    const { world, broker, client } = await start();
    const sent: string[] = [];
    broker.on(produceApi, (request) => {
      for (const { partitionData } of request.topicData)
        for (const { records } of partitionData)
          for (const { key, value, headers } of readRecords(Buffer.concat([records!].flat() as Buffer[])))
            sent.push(`${key} ${value} ${headers[0]?.value}`);
      return answerAll(request, {});
    });
    const buffer = Buffer.from("good");
    const sending = client.producer().send({ topic: "t", key: buffer, value: buffer, headers: { h: buffer }, partition: 0 });
    buffer.fill("x");
    await world.settle(sending);
    assert.deepEqual(sent, ["good good good"]);
  });

  test("what can never be sent is refused at once", async () => {
    const { world, client } = await start();
    const producer = client.producer({ maxRequestSizeBytes: 1000 });
    await assert.rejects(world.settle(producer.send(record("x".repeat(1000)))), failsWith("RECORD_TOO_LARGE"));
    await assert.rejects(world.settle(producer.send(record("x", 9))), failsWith("UNKNOWN_PARTITION"));
    for (const [chosen, told] of [
      ["0", '"0"'],
      [Number.NaN, "NaN"],
      [undefined, "undefined"],
    ] as const) {
      const partitioned = client.producer({ partitioner: () => chosen as number });
      const message = new RegExp(`; its partitioner chose ${told}\\.$`);
      await assert.rejects(world.settle(partitioned.send({ topic: "t", value: "x" })), { code: "UNKNOWN_PARTITION", message });
    }
    assert.throws(() => client.producer({ acks: 1, idempotent: true }), failsWith("INVALID_OPTION"));
    assert.throws(() => client.producer({ maxInFlightRequests: 6 }), failsWith("INVALID_OPTION"));
  });

  test("flush waits for what was handed in, and tells a failure nobody heard of, once", async () => {
    const { world, broker, client } = await start();
    broker.on(produceApi, (request) => answerAll(request, { errorCode: ErrorCode.INVALID_RECORD }));
    const producer = client.producer({ lingerMs: 100_000 });
    void producer.enqueue(record("a"));
    await assert.rejects(world.settle(producer.flush()), (error: unknown) => error instanceof KafkaError);
    await world.settle(producer.flush());
    assert.ok(world.clock.monotonicMs() < 1000, "flush does not linger");
    let heard: Error | undefined;
    void producer.enqueue(record("b"), (error) => (heard = error));
    await world.settle(producer.flush());
    assert.ok(heard instanceof KafkaError);
  });

  test('lingers for lingerMs to fill a batch; "auto" sends a lone record at once and lets others wait for its answer', async () => {
    const { world, broker, client, sent } = await start();
    await world.settle(client.producer().send(record("warm")));
    const patient = client.producer({ lingerMs: 50 });
    const before = world.clock.monotonicMs();
    await world.settle(patient.send(record("a")));
    assert.equal(world.clock.monotonicMs() - before, 50);

    const auto = client.producer();
    const answers: (() => void)[] = [];
    broker.on(produceApi, (request) => new Promise((resolve) => answers.push(() => resolve(answerAll(request, {})))));
    const count = sent().length;
    const startMs = world.clock.monotonicMs();
    const all = [auto.send(record("1"))];
    await world.until("the lone record arrived", () => answers.length === 1);
    assert.equal(world.clock.monotonicMs(), startMs);
    for (const value of ["2", "3"]) all.push(auto.send(record(value)));
    answers[0]!();
    await world.until("the others arrived", () => answers.length === 2);
    answers[1]!();
    await world.settle(Promise.all(all));
    assert.deepEqual(
      sent()
        .slice(count)
        .map(({ values }) => values),
      [["1"], ["2", "3"]],
    );
  });

  test("acks 0 waits for nobody; records without a key stay on one partition until a batch is full", async () => {
    const { world, broker, client, sent } = await start([1, 1, 1]);
    broker.on(produceApi, () => SILENCE);
    const producer = client.producer({ acks: 0, batchSizeBytes: 1000 });
    const metadata = await world.settle(
      producer.send(Array.from({ length: 20 }, (_, i) => ({ topic: "t", value: `${i}${"x".repeat(100)}` }))),
    );
    assert.ok(metadata.every(({ offset }) => offset === -1));
    await world.settle(producer.flush());
    const runs = metadata.map(({ partition }) => partition).filter((partition, i, all) => partition !== all[i - 1]);
    assert.ok(runs.length >= 2 && runs.length <= 4, `moved ${runs.length} times`);
    assert.equal(
      sent().reduce((sum, { count }) => sum + count, 0),
      20,
    );
    assert.equal(sent()[0]!.id, -1, "not idempotent");
  });

  test("every codec is on the wire as asked for", async () => {
    const { world, client, sent } = await start();
    for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"] as const)
      await world.settle(client.producer({ compression }).send(record("x".repeat(500))));
    assert.deepEqual(
      sent().map(({ bytes }) => compressionOf(bytes, 0)),
      [0, 1, 2, 3, 4],
    );
  });

  test("close sends what waits; after its timeout the rest fails with CLIENT_CLOSED", async () => {
    const { world, broker, client } = await start();
    const producer = client.producer({ lingerMs: 100_000 });
    const waiting = producer.send(record("a"));
    await world.until("the record waits in a batch", () => producer.stats().bufferedBytes > 0);
    await world.settle(producer.close());
    assert.equal((await waiting).offset, 0);
    await assert.rejects(world.settle(producer.send(record("b"))), failsWith("CLIENT_CLOSED"));

    broker.on(produceApi, () => SILENCE);
    const stuck = client.producer();
    const lost = stuck.send(record("c"));
    lost.catch(() => {});
    await world.until("the record is on the way", () => stuck.stats().batchesSent === 1);
    await world.settle(stuck.close({ timeoutMs: 100 }));
    await assert.rejects(lost, failsWith("CLIENT_CLOSED"));
  });
});
