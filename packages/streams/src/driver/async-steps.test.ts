import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { AsyncCall, AsyncOptions } from "../processors/async/call-options.ts";
import { explanationText } from "../runtime/trace.ts";
import { serdes } from "../serdes/serdes.ts";
import { StreamsError } from "../streams-error.ts";
import { ControlledCalls } from "./testing/controlled-calls.ts";
import { type DriverOptions, TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };
type Call = (value: string, key: string, call: AsyncCall) => PromiseLike<string>;

function scene(call: Call, options: AsyncOptions = {}, driverOptions: DriverOptions = {}) {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapAsync(call, { ...options, name: "ask", value: serdes.string })
    .to("out");
  const driver = new TopologyTestDriver(b.build(), driverOptions);
  const input = driver.inputTopic("in", texts);
  const output = driver.outputTopic("out", texts);
  return { driver, input, output, dead: () => driver.takeProduced(), [Symbol.dispose]: () => driver.close() };
}

function is(code: string, text: RegExp) {
  return (error: unknown) => error instanceof StreamsError && error.code === code && text.test(error.message);
}

test("results of one key come in the order of its records, whichever call ends first", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, {}, { callOrder: "completion" });
  s.input.pipeKeyValues([
    ["a", "a1"],
    ["a", "a2"],
    ["b", "b1"],
    ["a", "a3"],
  ]);
  assert.deepEqual(service.values, ["a1", "a2", "b1", "a3"]);
  service.answer("a3");
  service.answer("b1");
  assert.equal(await s.driver.settle({ wait: "ended" }), 3);
  assert.deepEqual(s.output.readValues(), ["B1"]);
  service.answer("a1");
  assert.equal(await s.driver.settle({ wait: "ended" }), 2);
  assert.deepEqual(s.output.readValues(), ["A1"]);
  service.answer("a2");
  assert.equal(await s.driver.settle(), 0);
  assert.deepEqual(s.output.readValues(), ["A2", "A3"]);
});

test("unordered results come as their calls end, as their records came, or as a seed says", async () => {
  const read = async (options: DriverOptions, order: "unordered" | "byKey" = "unordered") => {
    const service = new ControlledCalls();
    using s = scene(service.call, { order }, options);
    for (let n = 0; n < 8; n++) s.input.pipeInput("k", `${n}`);
    for (const n of [3, 1, 7, 0, 6, 2, 5, 4]) service.answer(`${n}`);
    await s.driver.settle();
    return s.output.readValues().join("");
  };
  assert.equal(await read({ callOrder: "completion" }), "31706254");
  assert.equal(await read({}), "01234567");
  const seeded = await read({ callOrder: { seed: 7 } });
  assert.equal(await read({ callOrder: { seed: 7 } }), seeded);
  assert.notEqual(seeded, "01234567");
  assert.equal(seeded.split("").sort().join(""), "01234567");
  assert.equal(await read({ callOrder: { seed: 7 } }, "byKey"), "01234567");
});

test("no more calls are open than may be, and what waits begins when one ends", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, { concurrency: 2 });
  for (const value of ["1", "2", "3", "4", "5"]) s.input.pipeInput(value, value);
  assert.deepEqual(service.values, ["1", "2"]);
  service.answer("2");
  await s.driver.settle({ wait: "ended" });
  assert.deepEqual(service.values, ["1", "2", "3"]);
  service.answer("1");
  service.answer("3");
  await s.driver.settle({ wait: "ended" });
  assert.deepEqual(service.values, ["1", "2", "3", "4", "5"]);
  service.answer("4");
  service.answer("5");
  assert.equal(await s.driver.settle(), 0);
  assert.deepEqual(s.output.readValues(), ["2", "1", "3", "4", "5"]);
  assert.equal(service.mostOpen, 2);
});

test("a result has the time, headers and key of its record", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call);
  const headers = [{ key: "h", value: Buffer.from("v") }];
  s.input.pipeInput({ key: "k", value: "one", timestamp: 5, headers });
  s.input.pipeInput("k", "later", 500);
  service.answer("one");
  service.answer("later");
  await s.driver.settle();
  assert.deepEqual(s.output.readRecord(), { key: "k", value: "ONE", timestamp: 5, headers });
});

test("a call that takes too long is aborted by the driver's clock, and its late answer changes nothing", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, { timeoutMs: 500, onFailure: "drop" });
  s.input.pipeInput("k", "slow");
  s.input.pipeInput("k", "quick");
  service.answer("quick");
  s.driver.advanceWallClockTime(499);
  await s.driver.settle({ wait: "ended" });
  assert.ok(s.output.isEmpty);
  assert.equal(service.begun[0]?.call.signal.aborted, false);
  s.driver.advanceWallClockTime(1);
  assert.ok(is("STREAMS_CALL_TIMEOUT", /within 500 ms \(try 1 of 1\)/)(service.begun[0]?.call.signal.reason));
  assert.deepEqual(s.output.readValues(), ["QUICK"]);
  service.answer("slow");
  assert.equal(await s.driver.settle(), 0);
  assert.ok(s.output.isEmpty);
  assert.deepEqual([...s.driver.droppedRecords()], [["call failed", 1]]);
});

for (const order of ["byKey", "unordered"] as const) {
  test(`an answer to a try that was given up is not that of the next one, and comes once (${order})`, async () => {
    const answers: ((text: string) => void)[] = [];
    using s = scene(() => new Promise((resolve) => answers.push(resolve)), { order, timeoutMs: 10, retries: 1, backoffMs: 0 });
    s.input.pipeInput("k", "v");
    s.driver.advanceWallClockTime(10);
    answers[0]?.("late");
    assert.equal(await s.driver.settle({ wait: "ended" }), 1);
    answers[1]?.("second");
    assert.equal(await s.driver.settle(), 0);
    assert.deepEqual(s.output.readValues(), ["second"]);
  });
}

test("a failed call is tried again after its back-off, and others are called meanwhile", { timeout: 20_000 }, async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, { concurrency: 1, retries: 2, backoffMs: (retry) => retry * 100 });
  s.input.pipeInput("a", "again");
  s.input.pipeInput("b", "other");
  service.reject("again", new Error("busy"));
  await s.driver.settle({ wait: "ended" });
  assert.deepEqual(service.values, ["again", "other"]);
  service.answer("other");
  assert.equal(await s.driver.settle(), 1);
  s.driver.advanceWallClockTime(99);
  assert.equal(service.begun.length, 2);
  s.driver.advanceWallClockTime(1);
  service.reject("again", new Error("busy"));
  assert.equal(await s.driver.settle({ limitMs: 60_000 }), 1, "a try that failed ends the wait");
  s.driver.advanceWallClockTime(199);
  assert.equal(service.begun.length, 3);
  s.driver.advanceWallClockTime(1);
  assert.deepEqual(
    service.begun.map(({ call }) => call.attempt),
    [1, 1, 2, 3],
  );
  service.answer("again");
  assert.equal(await s.driver.settle(), 0);
  assert.deepEqual(s.output.readValues(), ["OTHER", "AGAIN"]);
});

test("a call that fails for good stops the task with an error that names the record, unless a handler lets it go", async () => {
  const broken: Call = (value) => (value === "bad" ? Promise.reject(new Error("no such host")) : Promise.resolve(value));
  using s = scene(broken);
  s.input.pipeInput("k", "bad");
  s.input.pipeInput("k", "good");
  await assert.rejects(
    s.driver.settle(),
    is("STREAMS_PROCESSING", /^ask failed on the record in-0 at offset 0 with key "k": no such host$/),
  );
  assert.equal(await s.driver.settle(), 1, "what failed is not done");
  assert.deepEqual(s.output.readValues(), ["good"]);

  using lenient = scene(broken, {}, { onError: { process: () => "continue" } });
  lenient.input.pipeInput("k", "bad");
  lenient.input.pipeInput("k", "good");
  assert.equal(await lenient.driver.settle(), 0);
  assert.deepEqual(lenient.output.readValues(), ["good"]);
});

test("a dead letter has the source's bytes, the record's time and headers, and says what failed", async () => {
  using s = scene(() => Promise.reject(new TypeError("no such host")), { onFailure: { deadLetter: "dead" } });
  s.input.pipeInput({ key: "k", value: "v", timestamp: 7, headers: [{ key: "h", value: Buffer.from("1") }] });
  assert.equal(await s.driver.settle(), 0);
  const [letter, ...rest] = s.dead();
  assert.deepEqual(rest, []);
  assert.equal(letter?.topic, "dead");
  assert.equal(`${letter?.key} ${letter?.value} ${letter?.timestamp}`, "k v 7");
  const headers = letter?.headers.map(({ key, value }) => [key, key.endsWith("stacktrace") ? "…" : `${value}`]);
  assert.deepEqual(headers, [
    ["h", "1"],
    ["__streams.errors.exception", "TypeError"],
    ["__streams.errors.message", "no such host"],
    ["__streams.errors.stacktrace", "…"],
    ["__streams.errors.topic", "in"],
    ["__streams.errors.partition", "0"],
    ["__streams.errors.offset", "0"],
  ]);
  assert.deepEqual([...s.driver.droppedRecords()], [["call failed", 1]]);
});

test("dead letters to the topic that they came from would fail for ever, so the task stops", async () => {
  using s = scene(() => Promise.reject(new Error("no such host")), { onFailure: { deadLetter: "in" } });
  s.input.pipeInput("k", "v");
  await assert.rejects(s.driver.settle(), is("STREAMS_PROCESSING", /fail for ever: no such host$/));
  assert.deepEqual(s.dead(), []);
});

test("a function that throws at once has failed as one whose promise is rejected, also with what is no error", async () => {
  let tries = 0;
  const service: Call = () => {
    tries++;
    const nothing: unknown = undefined;
    throw nothing;
  };
  using s = scene(service, { retries: 3, backoffMs: 0 });
  s.input.pipeInput("k", "v");
  assert.equal(tries, 4);
  await assert.rejects(s.driver.settle(), is("STREAMS_PROCESSING", /ask failed .*: undefined$/));
});

test("waiting for a promise that never settles ends, and says which", async () => {
  using s = scene(() => new Promise(() => {}), { timeoutMs: 1_000, onFailure: "drop" });
  s.input.pipeInput("k", "v");
  await assert.rejects(
    s.driver.settle({ limitMs: 1 }),
    is("STREAMS_CALL_PENDING", /^Calls still run after 1 ms \(1\), the first of ask for the record in-0 at offset 0 with key "k"/),
  );
  s.driver.advanceWallClockTime(1_000);
  assert.equal(await s.driver.settle(), 0);
});

test("closing aborts what runs, and who waits is told", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, { concurrency: 1 });
  s.input.pipeInput("k", "1");
  s.input.pipeInput("k", "2");
  const settled = s.driver.settle();
  s.driver.close();
  await assert.rejects(settled, is("STREAMS_CLOSED", /while calls were open/));
  assert.ok(is("STREAMS_CLOSED", /ask was closed/)(service.begun[0]?.call.signal.reason));
  service.answer("1");
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(service.values, ["1"]);
  assert.deepEqual(s.dead(), []);
});

test("a thousand calls at a time, with keys in their order", async () => {
  const service = new ControlledCalls();
  using s = scene(service.call, { concurrency: 1_000, order: "byKey" }, { callOrder: { seed: 3 } });
  for (let n = 0; n < 1_000; n++) s.input.pipeInput(`${n % 7}`, `${n}`);
  assert.equal(service.mostOpen, 1_000);
  for (let n = 0; n < 1_000; n++) service.answer(`${(n * 619) % 1_000}`);
  assert.equal(await s.driver.settle(), 0);
  const byKey = Map.groupBy(s.output.readKeyValues(), ([key]) => key);
  assert.equal(byKey.size, 7);
  for (const [key, pairs] of byKey) {
    assert.deepEqual(
      pairs.map(([, value]) => Number(value)),
      Array.from({ length: pairs.length }, (_, i) => Number(key) + 7 * i),
    );
  }
});

test("null values and keys reach the function, and a result that is undefined is null", async () => {
  const seen: unknown[] = [];
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .mapAsync(
      async (value: string | null, key: string | null) => {
        seen.push([value, key]);
        return (value === null ? "none" : undefined) as string;
      },
      { value: serdes.string },
    )
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", texts).pipeKeyValues([
    [null, null],
    ["k", "v"],
  ]);
  await driver.settle();
  assert.deepEqual(seen, [
    [null, null],
    ["v", "k"],
  ]);
  assert.deepEqual(driver.outputTopic("out", texts).readKeyValues(), [
    [null, "none"],
    ["k", null],
  ]);
});

test("calls in a row, a joiner, and what follows through the topology's own topics are all done when settled", async () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .enrichAsync(
      async (value) => value.length,
      (value, length, key) => `${key}:${value}:${length}`,
    )
    .mapAsync(async (value) => value.toUpperCase(), { value: serdes.string })
    .groupBy((value) => value.charAt(0), { key: serdes.string })
    .count()
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", texts).pipeKeyValues([
    ["k", "one"],
    ["k", "three"],
  ]);
  assert.equal(await driver.settle(), 0);
  assert.deepEqual(driver.outputTopic("out", { key: serdes.string, value: serdes.long }).readKeyValues(), [
    ["K", 1],
    ["K", 2],
  ]);
});

test("a joiner that throws fails its record only", async () => {
  const b = new StreamsBuilder();
  const join = (value: string, length: number) => {
    if (length > 3) throw new Error("too long");
    return value;
  };
  b.stream("in", texts)
    .enrichAsync(async (value) => value.length, join, { name: "measure", value: serdes.string })
    .to("out");
  const told: string[] = [];
  const process = (error: unknown) => {
    told.push(String(error));
    return "continue" as const;
  };
  using driver = new TopologyTestDriver(b.build(), { onError: { process } });
  driver.inputTopic("in", texts).pipeKeyValues([
    ["k", "three"],
    ["k", "one"],
  ]);
  assert.equal(await driver.settle(), 0);
  assert.deepEqual(driver.outputTopic("out", texts).readValues(), ["one"]);
  assert.equal(told.length, 1);
});

test("a driver that explains says that a record waits for its call, and what became of it then", async () => {
  using s = scene(async (value) => value, {}, { explain: true });
  s.input.pipeInput("k", "v", 3);
  assert.match(explanationText(s.driver.explain()[0]!), /ask: waits for the end of its call$/);
  await s.driver.settle();
  assert.match(
    explanationText(s.driver.explain()[0]!),
    /^in-0 at offset 0, key "k", time 3\n {2}ask: forwarded once\n {4}KSTREAM-SINK-\d+: written$/,
  );
});

test("names of steps with calls are numbered apart, and those of all others stay", () => {
  const numbered = (isAsync: boolean) => {
    const b = new StreamsBuilder();
    const stream = b.stream("in", texts).filter(() => true);
    (isAsync ? stream.mapAsync(async (value) => value, { value: serdes.string }) : stream).to("out");
    return b.build();
  };
  const names = numbered(true)
    .toJSON()
    .subtopologies.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  const others = numbered(false)
    .toJSON()
    .subtopologies.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  assert.deepEqual(
    names.filter((name) => name !== "KSTREAM-MAPASYNC-0000000000"),
    others,
  );
  assert.match(numbered(true).describe(), /Processor: KSTREAM-MAPASYNC-0000000000 \(stores: \[\]\)\n {6}--> KSTREAM-SINK-0000000002\n/);
});

test("options that cannot be are refused when the topology is written", async () => {
  for (const options of [
    { concurrency: 0 },
    { timeoutMs: 1.5 },
    { retries: -1 },
    { backoffMs: Number.NaN },
    { concurrency: 9, maxPending: 8 },
  ]) {
    assert.throws(
      () => scene(async (value) => value, options),
      is("STREAMS_BAD_ARGUMENT", /^mapAsync was given \w+ .*: it has to be a whole number/),
    );
  }
  for (const options of [{ order: "byName" }, { onFailure: { deadLetter: "" } }]) {
    assert.throws(() => scene(async (value) => value, options as AsyncOptions), is("STREAMS_BAD_ARGUMENT", /it has to be "/));
  }
  assert.throws(() => scene(async (value) => value, {}, { callOrder: {} as never }), is("STREAMS_BAD_ARGUMENT", /^callOrder/));
  using s = scene(async (value) => value);
  await assert.rejects(s.driver.settle({ limitMs: Number.NaN }), is("STREAMS_BAD_ARGUMENT", /^settle takes/));
});
