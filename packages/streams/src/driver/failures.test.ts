import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import type { StreamRecord } from "../record.ts";
import type { ErrorHandlers, FailedRecord, UnwrittenRecord } from "../runtime/failures.ts";
import { explanationText } from "../runtime/trace.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { StreamsError } from "../streams-error.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

/** Fails for so many calls, then gives the value. */
function failing(times: number): (value: string) => string {
  let left = times;
  return (value) => {
    if (left-- > 0) throw new Error("busy");
    return value;
  };
}

/** From `in` by a step `call` to `out`. */
function calling(step: (value: string) => string, onError: ErrorHandlers = {}, explain = false): TopologyTestDriver {
  const b = new StreamsBuilder();
  b.stream("in", texts).mapValues(step, { name: "call", value: serdes.string }).to("out", { name: "write" });
  return new TopologyTestDriver(b.build(), { onError, explain });
}

/** A sink whose serde does what it is told. */
function writing(write: (value: string) => string, onError: ErrorHandlers = {}, explain = false): TopologyTestDriver {
  const b = new StreamsBuilder();
  const value: Serde<string> = {
    name: "told",
    serialize: (topic, text, headers) => serdes.string.serialize(topic, write(text), headers),
    deserialize: (topic, bytes, headers) => serdes.string.deserialize(topic, bytes, headers),
  };
  b.stream("in", { ...texts, name: "read" }).to("out", { name: "write", value });
  return new TopologyTestDriver(b.build(), { onError, explain });
}

const outOf = (driver: TopologyTestDriver) => driver.outputTopic("out", texts).readValues();
const pipe = (driver: TopologyTestDriver, value = "v") => driver.inputTopic("in", texts).pipeInput("k", value, 7);

test("a handler is told node, task, place, key, value, headers, source bytes and error", () => {
  const told: FailedRecord[] = [];
  using driver = calling(failing(1), { process: (failed) => (told.push(failed), "continue") });
  const headers = [{ key: "h", value: Buffer.from("1") }];
  driver.inputTopic("in", texts).pipeInput({ key: "k", value: "v", timestamp: 7, headers });
  const { error, ...rest } = told[0]!;
  assert.deepEqual(rest, {
    node: "call",
    taskId: "0_0",
    topic: "in",
    partition: 0,
    offset: 0,
    timestamp: 7,
    headers,
    key: "k",
    value: "v",
    sourceKey: Buffer.from("k"),
    sourceValue: Buffer.from("v"),
    attempt: 1,
  });
  assert.equal(error.message, 'call failed on the record in-0 at offset 0 with key "k": busy');
  assert.deepEqual([...driver.droppedRecords()], [["failed", 1]]);
});

test("what fails when it is no longer held back is named, and so is the record that made it go on", () => {
  const b = new StreamsBuilder();
  b.table("in", texts).suppress({ until: "timeLimit", limitMs: 5 }).mapValues(failing(1), { name: "call" });
  using driver = new TopologyTestDriver(b.build());
  driver.pipeRaw("in", { key: Buffer.from("held"), value: Buffer.from("v"), timestamp: 0 });
  assert.throws(() => driver.pipeRaw("in", { key: Buffer.from("k"), value: Buffer.from("v"), timestamp: 5 }), {
    message: 'call failed on the record in-0 at offset 0, held back until in-0 at offset 1 came, with key "held": busy',
    place: { node: "call", topic: "in", partition: 0, offset: 0, key: "held" },
  });
});

test("a step is tried again as often as the handler wants, up to a bound", () => {
  const attempts: number[] = [];
  using twice = calling(failing(2), { process: ({ attempt }) => (attempts.push(attempt), "retry") });
  pipe(twice);
  assert.deepEqual(outOf(twice), ["v"]);
  assert.deepEqual(attempts, [1, 2]);
  assert.equal(twice.droppedRecords().size, 0);

  using bounded = calling(failing(Infinity), { process: () => "retry", retriesMax: 5 });
  assert.throws(() => pipe(bounded), {
    code: "STREAMS_PROCESSING",
    message: 'call failed on the record in-0 at offset 0 with key "k": busy (attempt 6)',
  });

  using gaveUp = calling(failing(Infinity), { process: ({ attempt }) => (attempt < 3 ? "retry" : { deadLetter: "dead" }) });
  pipe(gaveUp);
  assert.deepEqual(gaveUp.outputTopic("dead", texts).readValues(), ["v"]);
});

test("retries wait longer and longer, up to a bound, by the driver's clock, and punctuators due by then come when the record is done", () => {
  const seen: string[] = [];
  const b = new StreamsBuilder();
  let failsLeft = 4;
  b.stream("in", texts).process(
    () => {
      let nowMs = (): number => 0;
      return {
        init(context: ProcessorContext<string, string>) {
          nowMs = () => context.currentSystemTimeMs();
          assert.throws(() => context.schedule(1, "clock" as never, () => {}), { code: "STREAMS_BAD_ARGUMENT", message: /by clock/ });
          context.schedule(200, "wallClockTime", (timestamp) => void seen.push(`punctuator ${timestamp}`));
        },
        process({ value }: StreamRecord<string, string>) {
          seen.push(`attempt ${nowMs()}`);
          if (failsLeft-- > 0) throw new Error("busy");
          seen.push(value);
        },
      };
    },
    { name: "call" },
  );
  const onError: ErrorHandlers = { process: () => "retry", retriesMax: 9, retryBackoffMs: 20, retryBackoffMaxMs: 60 };
  using driver = new TopologyTestDriver(b.build(), { onError });
  pipe(driver);
  assert.deepEqual(seen.splice(0), ["attempt 0", "attempt 20", "attempt 60", "attempt 120", "attempt 180", "v"]);
  driver.advanceWallClockTime(20);
  assert.deepEqual(seen.splice(0), ["punctuator 200"]);

  failsLeft = 1;
  using slow = new TopologyTestDriver(b.build(), { onError: { process: () => "retry", retryBackoffMs: 450 } });
  pipe(slow);
  assert.deepEqual(seen.splice(0), ["attempt 0", "attempt 450", "v", "punctuator 450"]);
  for (const retryBackoffMs of [-1, 0.5, 60_001]) {
    assert.throws(() => calling(failing(0), { retryBackoffMs }), { code: "STREAMS_BAD_ARGUMENT", message: /retryBackoffMs.*0 to 60000/ });
  }
});

test("what a step forwarded before it threw stays, and a retry does it again", () => {
  const b = new StreamsBuilder();
  const fail = failing(1);
  let context: ProcessorContext<string, string>;
  const forwardAndFail = {
    init: (given: ProcessorContext<string, string>) => void (context = given),
    process(record: StreamRecord<string, string>) {
      context.forward(record);
      fail(record.value);
    },
  };
  b.stream("in", texts)
    .process(() => forwardAndFail)
    .to("out", texts);
  using driver = new TopologyTestDriver(b.build(), { onError: { process: () => "retry" } });
  pipe(driver);
  assert.deepEqual(outOf(driver), ["v", "v"]);
});

test("only the step that threw is tried again, none above it", () => {
  const b = new StreamsBuilder();
  const fail = failing(1);
  const counts = b.stream("in", texts).groupByKey().count({ store: "counts" });
  counts
    .toStream()
    .mapValues((count) => fail(String(count)), { value: serdes.string })
    .to("out");
  using driver = new TopologyTestDriver(b.build(), { onError: { process: () => "retry" } });
  pipe(driver);
  pipe(driver);
  assert.deepEqual(outOf(driver), ["1", "2"]);
});

test("a punctuator is tried again, and one that goes on failing stops the task", () => {
  for (const [times, expected] of [
    [2, "ticked"],
    [Infinity, "stopped"],
  ] as const) {
    const fail = failing(times);
    const told: string[] = [];
    const ticking = {
      init: (context: ProcessorContext<string, string>) => void context.schedule(10, "wallClockTime", () => told.push(fail("ticked"))),
      process() {},
    };
    const b = new StreamsBuilder();
    b.stream("in", texts).process(() => ticking, { name: "tick" });
    using driver = new TopologyTestDriver(b.build(), { onError: { process: () => "retry" } });
    try {
      driver.advanceWallClockTime(10);
    } catch (error) {
      assert.equal((error as Error).message, "tick failed in a punctuator: busy (attempt 4)");
      told.push("stopped");
    }
    assert.deepEqual(told, [expected]);
  }
});

test("a record that cannot be written is tried again, let go, or written to the dead letters", () => {
  const told: UnwrittenRecord[] = [];
  using again = writing(failing(1), { produce: (failed) => (told.push(failed), "retry") });
  pipe(again);
  assert.deepEqual(outOf(again), ["v"]);
  assert.deepEqual(
    told.map(({ node, topic, toTopic, key, value, attempt }) => [node, topic, toTopic, key, value, attempt]),
    [["write", "in", "out", "k", "v", 1]],
  );

  using gone = writing(failing(1), { produce: "continue", deadLetterTopic: "dead" }, true);
  pipe(gone);
  pipe(gone, "next");
  assert.deepEqual(outOf(gone), ["next"]);
  assert.deepEqual(gone.outputTopic("dead", texts).readValues(), ["v"]);
  assert.deepEqual([...gone.droppedRecords()], [["not writable", 1]]);
  assert.match(explanationText(gone.explain()[0]!), /write: dropped: not writable$/);
});

test("what cannot be written fails with its place, and the handler of steps is not asked", () => {
  using driver = writing(failing(1), { process: "continue" });
  assert.throws(() => pipe(driver), {
    code: "STREAMS_SERIALIZATION",
    message: 'Sink write cannot write a value to out with serde told, of the record in-0 at offset 0 with key "k": busy',
  });
});

test("what cannot be read fails with its place, or goes to the topic that the handler names", () => {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.long, name: "read" }).to("out");
  const topology = b.build();
  const unreadable = { key: Buffer.from("k"), value: Buffer.of(1), timestamp: 3 };
  // @ts-expect-error: bytes that cannot be read will not be better at the next try.
  const again: ErrorHandlers = { deserialize: () => "retry" };
  using retried = new TopologyTestDriver(topology, { onError: again });
  assert.throws(() => retried.pipeRaw("in", unreadable), { code: "STREAMS_HANDLER", message: /answered "retry", which is none of/ });
  using failed = new TopologyTestDriver(topology);
  assert.throws(() => failed.pipeRaw("in", unreadable), {
    code: "STREAMS_DESERIALIZATION",
    message: /^Source read cannot read the value of in-0 at offset 0 with key "k" with serde long: /,
  });
  using driver = new TopologyTestDriver(topology, {
    onError: { deserialize: ({ key, value }) => ({ deadLetter: `dead-${key}-${value}` }) },
  });
  driver.pipeRaw("in", unreadable);
  // A time before 1970 is no producer's to send: the dead letter gets its own.
  driver.pipeRaw("in", { ...unreadable, timestamp: -5 });
  assert.deepEqual(
    driver.takeProduced().map(({ topic, value, timestamp }) => [topic, value, timestamp]),
    [
      ["dead-k-undefined", unreadable.value, 3],
      ["dead-k-undefined", unreadable.value, null],
    ],
  );
});

test("a handler that throws or answers nonsense stops the task, and the error tells what it was asked about", () => {
  const answers: [unknown, RegExp][] = [
    [undefined, /^onError.process answered undefined, which is none of "fail", "continue", "retry" and \{ deadLetter: TOPIC \}\. /],
    ["resume", /^onError.process answered "resume"/],
    [{}, /^onError.process answered \{\}/],
    [{ deadLetter: "in" }, /^onError.process sends a record of topic in to that topic again/],
  ];
  for (const [answer, message] of answers) {
    using driver = calling(failing(1), { process: () => answer as "fail" });
    assert.throws(() => pipe(driver), { code: "STREAMS_HANDLER", message });
    pipe(driver, "next");
    assert.deepEqual(outOf(driver), ["next"]);
  }
  using named = calling(failing(1), { process: () => ({ deadLetter: "no topic" }) });
  assert.throws(() => pipe(named), { code: "STREAMS_BAD_ARGUMENT", message: /"no topic"/ });
  using threw = calling(failing(1), {
    process: () => {
      throw new Error("not me");
    },
  });
  assert.throws(() => pipe(threw), {
    code: "STREAMS_HANDLER",
    message: 'onError.process threw: not me. It was asked about: call failed on the record in-0 at offset 0 with key "k": busy',
  });
});

test("what is wrong with the state of a task is no record's failure: no handler is asked, also where a step has wrapped it", () => {
  for (const code of ["STREAMS_STATE_WRITE", "STREAMS_STATE_CORRUPTED"] as const) {
    const state = new StreamsError(code, "the disk is full");
    for (const thrown of [state, new Error("in my step", { cause: new Error("below it", { cause: state }) })]) {
      const step = () => {
        throw thrown;
      };
      const asked: string[] = [];
      using driver = calling(step, { process: ({ node }) => (asked.push(node), "continue") });
      assert.throws(
        () => pipe(driver),
        (error) => error === thrown,
      );
      assert.deepEqual(asked, []);
    }
  }
});

test("a handler that threw is not asked about that by the steps above", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .peek(() => {})
    .filter(() => true)
    .forEach(failing(Infinity));
  let asked = 0;
  const process = () => {
    asked++;
    throw new Error("not me");
  };
  using driver = new TopologyTestDriver(b.build(), { onError: { process } });
  assert.throws(() => pipe(driver), { code: "STREAMS_HANDLER" });
  assert.equal(asked, 1);
});

test("handlers that are none are refused when the driver is made", () => {
  const refused: [unknown, RegExp][] = [
    [{ retriesMax: -1 }, /retriesMax is -1/],
    [{ retriesMax: 1e9 }, /retriesMax is 1000000000/],
    [{ deadLetterTopic: "" }, /deadLetterTopic is ""/],
    [{ produce: "retry" }, /onError.produce is "retry"/],
  ];
  for (const [onError, message] of refused) {
    assert.throws(() => calling(failing(0), onError as ErrorHandlers), { code: "STREAMS_BAD_ARGUMENT", message });
  }
});

test("a topology that reads its own dead letters does not write them for ever", () => {
  const b = new StreamsBuilder();
  b.stream("in", { ...texts, name: "read" })
    .merge(b.stream("dead", texts))
    .forEach(failing(Infinity), { name: "call" });
  using driver = new TopologyTestDriver(b.build(), { onError: { process: "continue", deadLetterTopic: "dead" } });
  assert.throws(() => pipe(driver), { code: "STREAMS_HANDLER", message: /sends a record of topic dead to that topic again/ });
});

test("whatever is thrown, and however long it is, becomes a dead letter", () => {
  const thrown: unknown[] = ["a text", undefined, Object.create(null), new Error("x".repeat(100_000))];
  const why: (string | undefined)[][] = [];
  for (const each of thrown) {
    const fail = () => {
      throw each;
    };
    using driver = calling(fail, { process: "continue", deadLetterTopic: "dead" });
    pipe(driver);
    const { headers } = driver.outputTopic("dead", texts).readRecord();
    why.push(headers.slice(0, 2).map(({ value }) => value?.toString()));
  }
  assert.deepEqual(why, [
    ["string", "a text"],
    ["StreamsError", 'call failed on the record in-0 at offset 0 with key "k": undefined'],
    ["object", "[object Object]"],
    ["Error", "x".repeat(10_000)],
  ]);
});

test("a record that was held back keeps its own source bytes", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .groupByKey()
    .count({ store: "counts" })
    .suppress({ until: "timeLimit", limitMs: 10, name: "hold" })
    .toStream()
    .forEach(() => failing(1)("v"));
  const told: unknown[] = [];
  const onError: ErrorHandlers = {
    process: ({ offset, timestamp, sourceValue }) => (told.push([offset, timestamp, sourceValue]), "continue"),
  };
  using driver = new TopologyTestDriver(b.build(), { onError });
  driver.inputTopic("in", texts).pipeInput("k", "held", 0);
  driver.inputTopic("in", texts).pipeInput("l", "later", 10);
  assert.deepEqual(told, [[0, 0, Buffer.from("held")]]);
});

test("an extractor that throws is told with its record", () => {
  const b = new StreamsBuilder();
  const timestamp = () => {
    throw new Error("no clock");
  };
  b.stream("in", { ...texts, timestamp, name: "read" }).to("out");
  using driver = new TopologyTestDriver(b.build(), { onError: { process: "continue", deserialize: "continue" } });
  assert.throws(() => pipe(driver), {
    code: "STREAMS_PROCESSING",
    message: 'The timestamp extractor of read threw on the record in-0 at offset 0 with key "k": no clock',
  });
});
