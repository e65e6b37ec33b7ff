import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Kafka, startKafka } from "./index.ts";

/** A member that reads until it is closed. */
function reading(kafka: Kafka, groupId: string, topic: string, seen: string[]) {
  const consumer = kafka.client().consumer({ groupId, autoOffsetReset: "earliest", autoCommitIntervalMs: 20, heartbeatIntervalMs: 50 });
  consumer.subscribe(topic);
  const done = (async () => {
    for await (const record of consumer.records()) seen.push(String(record.value));
  })();
  return { consumer, done };
}

describe("a failover", () => {
  test("of the leader: a producer goes on at another broker, and the broker that comes back has all", async () => {
    await using kafka = await startKafka({ brokers: 3, topics: { orders: 1 } });
    const producer = kafka.client().producer();
    await producer.send({ topic: "orders", value: "before" });
    const leader = kafka.topic("orders").leader()!;
    await kafka.broker(leader).down();
    assert.equal(kafka.broker(leader).isUp, false);
    await producer.send({ topic: "orders", value: "during" });
    assert.notEqual(kafka.topic("orders").leader(), leader);
    await kafka.broker(leader).up();
    await kafka.topic("orders").moveLeader(leader);
    await producer.send({ topic: "orders", value: "after" });
    await kafka.topic("orders").has(["before", "during", "after"]);
  });

  test("of the only broker: what was asked meanwhile is done when it is back, with its records", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    const producer = kafka.client().producer();
    await producer.send({ topic: "t", value: "a" });
    await kafka.broker(1).down();
    const sent = producer.send({ topic: "t", value: "b" });
    await kafka.broker(1).up();
    await sent;
    await kafka.topic("t").has(["a", "b"]);
  });

  test("of the coordinator: a group keeps its members and offsets", async () => {
    await using kafka = await startKafka({ brokers: 3, topics: { orders: { partitions: 2, records: ["a", "b"] } } });
    const seen: string[] = [];
    const { consumer, done } = reading(kafka, "g", "orders", seen);
    const group = kafka.group("g");
    await group.stable(1);
    await group.lag().zero();
    const coordinator = group.coordinator()!;
    await group.moveCoordinator((coordinator % 3) + 1);
    assert.notEqual(group.coordinator(), coordinator);
    await group.stable(1);
    await kafka.broker(group.coordinator()!).down();
    await kafka.topic("orders").produce(["c"]);
    await group.lag().zero();
    await consumer.close();
    await done;
    await group.empty();
    assert.deepEqual(seen.sort(), ["a", "b", "c"]);
  });
});

describe("a group", () => {
  test("is waited for until it is stable, and a wait that is too long says what was seen", async () => {
    await using kafka = await startKafka({ topics: { t: 2 } });
    const group = kafka.group("g");
    await assert.rejects(group.stable(2, { withinMs: 20 }), {
      message: 'Waited 20 ms for group "g" to be stable with 2 members. Last seen: there is no such group.',
    });
    const seen: string[] = [];
    const members = [reading(kafka, "g", "t", seen), reading(kafka, "g", "t", seen)];
    const { members: described } = await group.stable(2);
    assert.deepEqual(
      described.map(({ assignment }) => assignment?.length),
      [1, 1],
    );
    await assert.rejects(group.stable(3, { withinMs: 20 }), /Last seen: Stable with 2 members \(ottla, ottla\)\./);
    await members[0]!.consumer.close();
    await group.stable(1);
    await group.kick();
    await group.stable(1);
    await members[1]!.consumer.close();
    await Promise.all(members.map(({ done }) => done));
    await group.empty();
  });

  test("has a lag that is told by partition, and waited for", async () => {
    await using kafka = await startKafka({
      topics: {
        t: {
          partitions: 2,
          records: [
            { value: "a", partition: 0 },
            { value: "b", partition: 0 },
            { value: "c", partition: 1 },
          ],
        },
      },
    });
    const group = kafka.group("g");
    await assert.rejects(group.lag().zero({ withinMs: 20 }), /the group has committed nothing and has no partitions/);
    await kafka
      .client()
      .admin()
      .alterGroupOffsets("g", [{ topic: "t", partition: 0, offset: 1 }]);
    assert.deepEqual(await group.lag().partitions(), [{ topic: "t", partition: 0, committed: 1, end: 2, lag: 1 }]);
    assert.deepEqual([await group.lag().total(), await group.committed()], [1, [{ topic: "t", partition: 0, offset: 1 }]]);
    await assert.rejects(group.lag().zero({ withinMs: 20 }), /Last seen: a lag of 1: t-0 at 1 of 2\./);
    await group.lag().atMost(1);
  });
});

describe("the broker's clock", () => {
  test("frozen keeps a silent member, moved ends its session", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    const { consumer, done } = reading(kafka, "g", "t", []);
    await kafka.group("g").stable(1);
    kafka.clock.freeze();
    const now = kafka.clock.now();
    kafka.fault({ clientId: "ottla", connection: "hang", times: "always" });
    assert.equal(kafka.clock.now(), now);
    const gone = kafka.group("g").empty();
    kafka.clock.advance(46_000);
    await gone;
    assert.equal(kafka.clock.now(), now + 46_000);
    kafka.clearFaults();
    kafka.clock.resume();
    await consumer.close({ timeoutMs: 0 });
    await done.catch(() => {});
  });

  test("is what a delay waits for", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    kafka.clock.freeze();
    const delayed = kafka.fault({ api: "Produce", delayMs: 60_000 });
    const sent = kafka.client().producer().send({ topic: "t", value: "late" });
    await delayed.hit();
    await kafka.topic("t").has([]);
    kafka.clock.advance(60_000);
    await sent;
    await kafka.topic("t").has(["late"]);
  });

  test("is the time of records that the broker stamps, and of retention", async () => {
    await using kafka = await startKafka({
      topics: { t: { configs: { "message.timestamp.type": "LogAppendTime", "retention.ms": "60000", "segment.ms": "1000" } } },
    });
    kafka.clock.freeze();
    const now = kafka.clock.now();
    await kafka.topic("t").produce(["old"]);
    kafka.clock.jump(10_000);
    await kafka.topic("t").produce(["new"]);
    assert.deepEqual(
      (await kafka.topic("t").records()).map(({ timestamp }) => timestamp - now),
      [0, 10_000],
    );
    kafka.clock.advance(900_000);
    await kafka.until("retention to remove the old segment", async () => (await kafka.topic("t").records()).length < 2);
  });
});

test("a full disk refuses producers until there is space", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const producer = kafka.client().producer();
  await producer.send({ topic: "t", value: "a" });
  kafka.disk.fill();
  const refused = kafka.observe({ api: "Produce" });
  const sent = producer.send({ topic: "t", value: "b" });
  await refused.hit(2);
  kafka.disk.free();
  await sent;
  await kafka.topic("t").has(["a", "b"]);
});

test("a consumer opens another fetch session when its own has expired", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const seen: string[] = [];
  const { consumer, done } = reading(kafka, "g", "t", seen);
  await kafka.group("g").stable(1);
  const fetches = kafka.observe({ api: "Fetch" });
  await fetches.hit(2);
  kafka.expireFetchSessions();
  await kafka.topic("t").produce(["a"]);
  await kafka.until("the record to come", () => seen.length === 1);
  await consumer.close();
  await done;
});

describe("a reset", () => {
  test("goes back to the start, to a default or to a named snapshot, under clients that live on", async () => {
    await using kafka = await startKafka({ topics: { t: { records: ["start"] } } });
    const topic = kafka.topic("t");
    const producer = kafka.client().producer();
    await producer.send({ topic: "t", value: "one" });
    await kafka.snapshot("one");
    await producer.send({ topic: "t", value: "two" });
    await kafka.reset("one");
    await topic.has(["start", "one"]);
    await producer.send({ topic: "t", value: "three" });
    await topic.has(["start", "one", "three"]);
    await kafka.reset();
    await topic.has(["start"]);
    await topic.produce(["default"]);
    await kafka.snapshot();
    await topic.produce(["gone"]);
    await kafka.reset();
    await topic.has(["start", "default"]);
    await assert.rejects(kafka.reset("none"), { code: "NO_SUCH_SNAPSHOT" });
  });

  test("takes groups and their offsets back, and removes faults", async () => {
    await using kafka = await startKafka({ topics: { t: { records: ["a", "b"] } } });
    const admin = kafka.client().admin();
    await admin.alterGroupOffsets("g", [{ topic: "t", partition: 0, offset: 1 }]);
    await kafka.snapshot();
    await admin.alterGroupOffsets("g", [{ topic: "t", partition: 0, offset: 2 }]);
    const held = kafka.fault({ api: "Produce", hold: true });
    await kafka.reset();
    assert.deepEqual(
      [await kafka.group("g").committed(), held.isSpent, kafka.faults()],
      [[{ topic: "t", partition: 0, offset: 1 }], true, []],
    );
  });
});

test("a transactional producer that is held over a reset to before its first transaction hears so at once, and another one goes on", async () => {
  await using kafka = await startKafka({ brokers: 2, topics: { t: 1 } });
  const client = kafka.client();
  const send = (producer: ReturnType<typeof client.producer>, value: string) =>
    producer.transaction(async (transaction) => void (await transaction.send({ topic: "t", value })));
  const held = client.producer({ transactionalId: "tx" });
  await send(held, "gone");
  await kafka.reset();
  await assert.rejects(send(held, "never"), /INVALID_PRODUCER_ID_MAPPING/);
  await send(client.producer({ transactionalId: "tx" }), "here");
  await kafka.topic("t").has(["here"]);
});

test("expectations compare what is given, and a failure shows both sides", async () => {
  await using kafka = await startKafka({
    topics: { t: 1, json: { records: [{ key: "k", value: '{"total":5}', headers: { trace: "1" } }] } },
  });
  await kafka.topic("json").has([{ key: "k", value: { total: 5 }, headers: { trace: "1" } }], { value: "json" });
  await kafka.topic("t").produce(["a", "b"]);
  await kafka.topic("t").includes(["b"]);
  await assert.rejects(
    kafka.topic("t").has(["a"], { withinMs: 10 }),
    (error: Error & { actual?: unknown; expected?: unknown; code?: string }) => {
      assert.match(
        error.message,
        /^Waited 10 ms for topic "t" to have exactly 1 record\. Last seen: 1 more than expected, the first "b" at 0:1\.\n/,
      );
      assert.deepEqual([error.actual, error.expected, error.code], [["a", "b"], ["a"], "ERR_ASSERTION"]);
      return true;
    },
  );
  await assert.rejects(kafka.topic("t").includes(["c"], { withinMs: 10 }), /1 of 1 are not there, the first "c"; there are 2 records/);
  await assert.rejects(kafka.topic("t").records({ value: "json" }), {
    code: "NOT_TEXT",
    message: /The value of t-0 at offset 0 is no JSON/,
  });
  assert.deepEqual(
    (await kafka.topic("t").records({ value: (bytes, { offset }) => `${bytes.length}@${offset}` })).map(({ value }) => value),
    ["1@0", "1@1"],
  );
  const late = kafka.topic("t").has(["a", "b", "c"]);
  await kafka.topic("t").produce(["c"]);
  await late;
});

test("any condition is waited for, and told when it does not come", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  let count = 0;
  assert.equal(await kafka.until("three looks", () => (++count >= 3 ? "yes" : undefined)), "yes");
  await assert.rejects(
    kafka.until("the moon", () => false, { withinMs: 5, seen: () => "clouds" }),
    {
      code: "WAITED_TOO_LONG",
      message: "Waited 5 ms for the moon. Last seen: clouds.",
    },
  );
  await assert.rejects(
    kafka.until(
      "an error",
      () => {
        throw new Error("it rains");
      },
      { withinMs: 5 },
    ),
    /Last seen: an error: it rains\./,
  );
});
