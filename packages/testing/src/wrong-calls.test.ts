import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Kafka } from "./kafka.ts";
import { startKafka } from "./start-kafka.ts";

const kafka = await startKafka({ brokers: 2, topics: { orders: 1 }, deadlineMs: 60_000 });
after(() => kafka.stop());

async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return "taken";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code} ${message}`;
  }
}

// What the compiler refuses: plain JavaScript and casts get there all the same.

test("options that cannot be meant are refused by name, and nothing is started", async () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /^INVALID_OPTION the object of startKafka's options is null/],
    [5, /^INVALID_OPTION the object of startKafka's options is 5/],
    [[], /^INVALID_OPTION the object of startKafka's options is \[\]/],
    [{ topics: ["orders"] }, /^INVALID_OPTION topics is \[ 'orders' \]; it must be an object, such as/],
    [{ topics: "orders" }, /^INVALID_OPTION topics is 'orders'/],
    [{ topics: { orders: "3" } }, /^INVALID_OPTION topics\["orders"\] is '3'/],
    [{ topics: { orders: null } }, /^INVALID_OPTION topics\["orders"\] is null/],
    [{ topics: { orders: 1.5 } }, /^INVALID_OPTION topics\["orders"\] is 1.5/],
    [{ topics: { orders: { partition: 3 } } }, /^INVALID_OPTION topics\["orders"\] has no "partition"; "partitions" was perhaps meant/],
    [{ topics: { orders: { records: "abc" } } }, /^INVALID_OPTION topics\["orders"\]\.records is 'abc'; it must be a list/],
    [{ topics: { orders: { records: [1] } } }, /^INVALID_OPTION topics\["orders"\]\.records\[0\] is 1/],
    [
      { topics: { orders: { configs: { "retention.ms": 5 } } } },
      /^INVALID_OPTION topics\["orders"\]\.configs\["retention.ms"\] is 5; it must be a text/,
    ],
    [{ settings: null }, /^INVALID_OPTION settings is null/],
    [{ deadlineMs: "5" }, /^INVALID_OPTION deadlineMs is '5'/],
  ];
  for (const [options, expected] of wrong) assert.match(await codeOf(() => startKafka(options as never)), expected);
});

test("a call that cannot be meant is refused at once, by what is wrong with it, and not when its time is over", async () => {
  const orders = kafka.topic("orders");
  const group = kafka.group("g");
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => kafka.group(5 as never), /the id of a group is 5/],
    [() => kafka.group(""), /the id of a group is ''/],
    [() => kafka.topic(undefined as never), /the name of a topic is undefined/],
    [() => kafka.transaction(""), /a transactional id is ''/],
    [() => group.stable(-1), /stable: members is -1; it must be a whole number from 1/],
    [() => group.stable(Number.NaN), /stable: members is NaN/],
    [() => group.stable("3" as never), /stable: members is '3'/],
    [() => group.stable(1, { withinMs: Number.NaN }), /stable: options\.withinMs is NaN; it must be a time in ms/],
    [() => group.stable(1, { withinMs: Infinity }), /stable: options\.withinMs is Infinity/],
    [() => group.empty({ withinSeconds: 3 } as never), /empty: options has no "withinSeconds"; /],
    [() => group.lag().zero({ withinMs: "5" as never }), /atMost: options\.withinMs is '5'/],
    [() => group.lag().atMost(Number.NaN), /atMost: records is NaN/],
    [() => orders.has("x" as never), /has: expected is 'x'; it must be a list/],
    [() => orders.has([{ vlaue: "x" } as never]), /has: expected\[0\] has no "vlaue"; "value" was perhaps meant/],
    [() => orders.includes([5 as never]), /includes: expected\[0\] is 5; it must be a text, null, or an object/],
    [() => orders.has([], { value: "jsno" } as never), /has: options\.value is 'jsno'; it must be "text", "json" or "bytes"/],
    [() => orders.records({ isolationLevel: "committed" } as never), /records: options\.isolationLevel is 'committed'/],
    [() => orders.produce([undefined as never]), /produce: records\[0\] is undefined/],
    [() => orders.produce("abc" as never), /produce: records is 'abc'/],
    [() => orders.leader("0" as never), /leader: partition is '0'/],
    [() => orders.moveLeader(1, 0.5), /moveLeader: partition is 0.5/],
    [() => orders.create({ partitons: 3 } as never), /create: options has no "partitons"; "partitions" was perhaps meant/],
    [() => kafka.createTopics("x" as never), /topics is 'x'/],
    [() => kafka.disk.fail({ operation: "syncc" } as never), /fail: fault\.operation is 'syncc'; it must be "open"/],
    [() => kafka.disk.fail(undefined as never), /fail: fault is undefined; it must be an object/],
    [() => kafka.until("x", 5 as never), /until: holds is 5; it must be a function/],
    [() => kafka.until("x", () => true, { withinMs: -1 }), /until: options\.withinMs is -1/],
    [() => kafka.limitVersions({ Produce: "8" } as never), /limitVersions: Produce is '8'/],
    [() => kafka.limitVersions({ Produce: -1 }), /limitVersions: Produce is -1/],
    [() => kafka.snapshot(5 as never), /snapshot: name is 5/],
    [() => kafka.reset(""), /reset: name is ''/],
    [() => kafka.client("x" as never), /client: options is 'x'/],
    [() => kafka.fault({ api: "Fetch" }).hit(0), /hit: times is 0/],
  ];
  for (const [call, message] of wrong) assert.match(await codeOf(call), new RegExp(`^INVALID_ARGUMENT ${message.source}`));
  assert.match(await codeOf(() => kafka.broker("1" as never)), /^NO_SUCH_BROKER There is no virtual broker '1'; there are 1, 2\./);
  assert.match(
    await codeOf(() => kafka.fault({ api: "Produce", node: 9 })),
    /^NO_SUCH_BROKER There is no virtual broker 9; there are 1, 2\./,
  );
  kafka.clearFaults();
  assert.deepEqual(await orders.records(), []);
});

test("records as a topic gave them may be expected of another", async () => {
  await kafka.topic("first").produce([{ key: "k", value: "v", headers: { h: "1" } }]);
  await kafka
    .topic("second")
    .produce([{ key: "k", value: "v", headers: { h: "1" }, timestamp: (await kafka.topic("first").records())[0]!.timestamp }]);
  const second = await kafka.topic("second").records();
  await kafka.topic("second").has(second);
});

test("a condition that never tells is given up behind its time, and says so", { timeout: 60_000 }, async () => {
  const never = kafka.until("somebody answers", () => new Promise<boolean>(() => {}), { withinMs: 10 });
  assert.equal(await codeOf(() => never), "WAITED_TOO_LONG Waited 10 ms for somebody answers. Last seen: a look that has not ended yet.");
});

test("after stop nothing is made that nobody would close", async () => {
  const stopped: Kafka = await startKafka();
  await stopped.stop();
  for (const call of [() => stopped.client(), () => stopped.topic("t").produce(["x"]), () => stopped.group("g").describe()])
    assert.match(await codeOf(call), /^KAFKA_STOPPED This Kafka was stopped; /);
});
