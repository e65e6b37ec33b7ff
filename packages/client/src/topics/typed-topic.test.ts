import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { SimulatedClock } from "@ottla/base/simulated";
import { ClientError, type ClientErrorCode } from "../client-error.ts";
import type { RunOptions } from "../consumer/run/run-types.ts";
import type { ConsumerRecord } from "../consumer/consumer-types.ts";
import { answerAll, start } from "../testing/producer-stage.ts";
import { produceApi } from "@ottla/protocol/apis/produce";
import type { Producer } from "../producer/producer-types.ts";
import type { ProducerRecord } from "../producer/record-types.ts";
import { defineTopic, json, nullable, RecordDecodeError, type Serde, string } from "./index.ts";
import { DecodingConsumer } from "./typed-consumer.ts";
import { EncodingProducer } from "./typed-producer.ts";

const failsWith = (code: ClientErrorCode) => (error: unknown) => error instanceof ClientError && error.code === code;

/** Encodes a text when the test says so. */
function heldSerde(): { readonly serde: Serde<string>; release(text: string): void; fail(text: string): void } {
  const held = new Map<string, PromiseWithResolvers<string>>();
  const hold = (text: string) => {
    const one = Promise.withResolvers<string>();
    held.set(text, one);
    return one.promise;
  };
  return {
    serde: { serialize: (text) => (text.startsWith("now") ? text : hold(text)), deserialize: (bytes) => hold(bytes.toString()) },
    release: (text) => held.get(text)?.resolve(text),
    fail: (text) => held.get(text)?.reject(new Error("it fails")),
  };
}

function read(offset: number, value: string | null, topic = "t"): ConsumerRecord {
  return {
    topic,
    partition: 3,
    offset,
    timestamp: 1,
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: [],
    leaderEpoch: 0,
  };
}

describe("a topic definition", () => {
  const orders = defineTopic("t", { key: nullable(string()), value: json<{ n: number }>() });

  test("encodes and decodes without a promise when its serdes need none", () => {
    const encoded = orders.encode({ key: "k", value: { n: 1 }, partition: 2, timestamp: 5, headers: { h: "1" } });
    assert.deepEqual(encoded, { topic: "t", key: "k", value: '{"n":1}', partition: 2, timestamp: 5, headers: { h: "1" } });
    const record = read(9, '{"n":1}');
    assert.deepEqual(orders.decode(record), { ...record, value: { n: 1 }, error: undefined, raw: record });
  });

  test("an error names topic, partition, offset and field", () => {
    assert.throws(
      () => orders.decode(read(9, "{")),
      (error) =>
        error instanceof RecordDecodeError &&
        error.offset === 9 &&
        error.partition === 3 &&
        error.message.startsWith("The value at t-3 offset 9 cannot be decoded: "),
    );
    assert.throws(() => orders.decode(read(9, null)), /value at t-3 offset 9 .* nullable/);
    assert.throws(() => orders.encode({ value: null as never }), failsWith("UNENCODABLE_RECORD"));
  });

  test("a key's promise is nobody's rejection when the value fails at once", async () => {
    const failing: Serde<string> = { serialize: async () => Promise.reject(new Error("late")), deserialize: () => "" };
    const topic = defineTopic("t", { key: failing, value: string() });
    assert.throws(() => topic.encode({ key: "k", value: 1 as never }), failsWith("UNENCODABLE_RECORD"));
    await turn();
  });

  test("refuses nonsense", () => {
    assert.throws(() => defineTopic("a b"), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => defineTopic("t", { key: {} as never }), /defineTopic: key\.serialize is undefined/);
  });
});

describe("a typed producer", () => {
  test("sends within the call while no serde is asynchronous", async () => {
    const { client, world, sent } = await start();
    const producer = client.topic("t", { value: string() }).producer();
    await world.settle(producer.send([{ value: "a" }, { value: "b" }]));
    const report = await world.settle(producer.sendBatch([{ value: "c" }, { value: 1 as never }]));
    assert.deepEqual([report.acknowledged, report.failed, (report.error as ClientError).code], [1, 1, "UNENCODABLE_RECORD"]);
    await world.settle(client.close());
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["a", "b", "c"],
    );
  });

  test("keeps the order of the calls when a serde takes its time, and one failure is one caller's", async () => {
    const { client, world, sent } = await start();
    const { serde, release, fail } = heldSerde();
    const producer = client.topic("t", { value: serde }).producer({ lingerMs: 0 });
    const first = producer.send({ value: "1" });
    const second = producer.send({ value: "2" });
    const refusal = assert.rejects(second, failsWith("UNENCODABLE_RECORD"));
    const third = producer.send({ value: "now 3" });
    let onDelivery = 0;
    const fourth = producer.enqueue({ value: "4" }, () => onDelivery++);
    release("4");
    fail("2");
    await turn();
    assert.equal(sent().length, 0, "nobody overtakes the first");
    release("1");
    await world.settle(Promise.all([first, third, fourth]));
    await refusal;
    await world.settle(producer.flush());
    assert.deepEqual(
      sent().flatMap(({ values }) => values),
      ["1", "now 3", "4"],
    );
    assert.equal(onDelivery, 1);
    assert.equal(producer.enqueue({ value: "now 5" }), undefined, "nothing waits any more");
    await world.settle(client.close());
  });

  test("a signal ends a wait for a serde at once, and close its own within its time", async () => {
    const { client, world, broker } = await start();
    broker.on(produceApi, (request) => answerAll(request, {}));
    const { serde } = heldSerde();
    const producer = client.topic("t", { value: serde }).producer();
    const abort = new AbortController();
    const sending = producer.send({ value: "1" }, { signal: abort.signal });
    abort.abort();
    await assert.rejects(sending, failsWith("ABORTED"));
    await world.settle(producer.close({ timeoutMs: 50 }));
    await assert.rejects(producer.send({ value: "now" }), failsWith("CLIENT_CLOSED"));
    await world.settle(client.close());
  });

  test("a shared producer stays open", async () => {
    const { client, world } = await start();
    const shared = client.producer();
    const producer = client.topic("t", { value: string() }).producer(shared);
    await world.settle(producer.close());
    await world.settle(shared.send({ topic: "t", value: "v" }));
    await world.settle(client.close());
  });

  test("at most 10,000 wait for their serdes", async () => {
    const taken: ProducerRecord[] = [];
    const raw = { send: async (record: ProducerRecord) => void taken.push(record) } as unknown as Producer;
    const { serde, release } = heldSerde();
    const topic = defineTopic("t", { value: serde });
    const producer = new EncodingProducer(raw, false, topic.encode, new SimulatedClock());
    const sending = Array.from({ length: 10_000 }, (_, i) => producer.send({ value: i === 0 ? "first" : "now" }));
    await assert.rejects(producer.send({ value: "now" }), failsWith("BUFFER_FULL"));
    release("first");
    await Promise.all(sending);
    assert.equal(taken.length, 10_000);
  });
});

describe("a typed consumer", () => {
  const topic = defineTopic("t", { value: json<{ n: number }>() });
  const good = (offset: number) => read(offset, `{"n":${offset}}`);

  /** Over a list of records; says which were asked for and whether the loop was left. */
  function over(records: readonly ConsumerRecord[], onUndecodable?: ConstructorParameters<typeof DecodingConsumer>[2]) {
    const log = { returned: false, warnings: 0 };
    async function* loop() {
      try {
        yield* records;
      } finally {
        log.returned = true;
      }
    }
    const logger = { debug() {}, info() {}, warn: () => void log.warnings++, error() {} };
    const raw = { records: loop } as never;
    return { log, consumer: new DecodingConsumer(raw, new Map([["t", topic as never]]), onUndecodable, logger) };
  }

  async function values(consumer: DecodingConsumer) {
    const seen: unknown[] = [];
    for await (const record of consumer.records()) seen.push(record.error ? `raw ${record.value}` : (record.value as { n: number }).n);
    return seen;
  }

  test("throws by default, and leaves the loop beneath", async () => {
    const { consumer, log } = over([good(1), read(2, "x"), good(3)]);
    await assert.rejects(values(consumer), (error) => error instanceof RecordDecodeError && error.offset === 2);
    assert.equal(log.returned, true);
  });

  test("skips and warns, hands over raw, or asks", async () => {
    const records = [good(1), read(2, "x"), good(3), read(4, "y")];
    const skipping = over(records, "skip");
    assert.deepEqual(await values(skipping.consumer), [1, 3]);
    assert.equal(skipping.log.warnings, 2);
    assert.deepEqual(await values(over(records, "raw").consumer), [1, "raw x", 3, "raw y"]);
    const asked: number[] = [];
    const asking = over(records, async ({ offset }) => (asked.push(offset), offset === 2 ? "skip" : "throw"));
    await assert.rejects(values(asking.consumer), failsWith("UNDECODABLE_RECORD"));
    assert.deepEqual(asked, [2, 4]);
  });

  test("run hands decoded records to its handler, those of retry topics under their own topic; what cannot be decoded fails as its handler would", async () => {
    const outcomes: unknown[] = [];
    const raw = {
      run: async ({ eachRecord }: RunOptions) => {
        for (const record of [good(1), { ...good(2), topic: "g.retry.1" }, read(3, "x")]) {
          const context = { signal: new AbortController().signal, attempt: 1, origin: { ...record, topic: "t" } };
          try {
            outcomes.push(await eachRecord!(record, context));
          } catch (error) {
            outcomes.push(error instanceof RecordDecodeError && error.offset);
          }
        }
      },
    };
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const consumer = new DecodingConsumer(raw as never, new Map([["t", topic as never]]), undefined, logger);
    await consumer.run({ eachRecord: (record, { attempt }) => `${record.topic} ${(record.value as { n: number }).n} #${attempt}` });
    assert.deepEqual(outcomes, ["t 1 #1", "t 2 #1", 3]);
  });

  test("batches and eachBatch are decoded whole; what cannot be decoded fails its batch, or is left out of it", async () => {
    const batchOf = (records: readonly ConsumerRecord[]) => ({
      topic: "t",
      partition: 3,
      nextOffset: 9,
      [Symbol.iterator]: () => records.values(),
    });
    const [whole, broken] = [batchOf([good(1), good(2)]), batchOf([good(3), read(4, "x"), good(5)])];
    const done: ConsumerRecord[] = [];
    const outcomes: unknown[] = [];
    const raw = {
      batches: async function* () {
        yield whole;
        yield broken;
      },
      run: async ({ eachBatch }: RunOptions) => {
        for (const batch of [whole, broken]) {
          const context = { signal: new AbortController().signal, attempt: 2, done: (record: ConsumerRecord) => void done.push(record) };
          try {
            outcomes.push(await eachBatch!(batch as never, context));
          } catch (error) {
            outcomes.push(error instanceof RecordDecodeError && error.offset);
          }
        }
      },
    };
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const over2 = (choice?: "skip") => new DecodingConsumer(raw as never, new Map([["t", topic as never]]), choice, logger);
    await over2().run({
      eachBatch: ({ records, nextOffset }, { attempt, done: mark }) => {
        mark(records[0]!);
        return `${records.map(({ offset }) => offset).join("+")} to ${nextOffset} #${attempt}`;
      },
    });
    assert.deepEqual([outcomes, done.map(({ offset }) => offset)], [["1+2 to 9 #2", 4], [1]]);
    const seen: unknown[] = [];
    for await (const { records, raw: beneath } of over2("skip").batches())
      seen.push(
        records.map(({ value }) => value),
        beneath === (whole as never),
      );
    assert.deepEqual([...seen], [[{ n: 1 }, { n: 2 }], true, [{ n: 3 }, { n: 5 }], false]);
    await assert.rejects(async () => {
      for await (const { records } of over2().batches()) seen.push(records.length);
    }, failsWith("UNDECODABLE_RECORD"));
    assert.equal(seen.length, 5);
  });

  test("a record of another topic is an error", async () => {
    await assert.rejects(values(over([read(1, "1", "u")]).consumer), failsWith("INVALID_ARGUMENT"));
  });

  test("refuses nonsense", async () => {
    const { client } = await start();
    const options = { groupId: "g" };
    assert.throws(() => client.topicsConsumer([], options), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => client.topicsConsumer([topic, topic], options), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => client.topic(topic).consumer({ onUndecodable: "ignore" as never }), failsWith("INVALID_ARGUMENT"));
    assert.throws(() => client.topic("t").consumer({ group: "g" } as never), /groupId/);
    await client.close();
  });
});
