import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import type { StreamRecord } from "../record.ts";
import type { ErrorHandlers } from "../runtime/failures.ts";
import { serdes } from "../serdes/serdes.ts";
import type { Serde } from "../serdes/serde.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

interface JavaRecord {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly headers: readonly (readonly [string, string | null])[];
}

const { vectors } = JSON.parse(readFileSync(new URL("../../test/fixtures/java-dead-letters.json", import.meta.url), "utf8")) as {
  vectors: { case: string; fails: boolean; dropped: number; produced: JavaRecord[] }[];
};

const kv = { key: serdes.string, value: serdes.long };
const headers = [{ key: "h", value: Buffer.from("1") }];

function bad(value: number): number {
  if (value === 2) throw new TypeError("two");
  return value;
}

const badLong: Serde<number> = {
  ...serdes.long,
  name: "bad",
  serialize: (topic, value, of) => {
    if (value === 2) throw new RangeError("no two");
    return serdes.long.serialize(topic, value, of);
  },
};

class Shift {
  #context!: ProcessorContext<string, number>;
  init(context: ProcessorContext<string, number>): void {
    this.#context = context;
  }
  process({ value, timestamp, headers: of }: StreamRecord<string, number>): void {
    this.#context.forward({ key: "other", value, timestamp: timestamp + 100, headers: [...of, { key: "added", value: Buffer.from("2") }] });
  }
}

class Ticking {
  init(context: ProcessorContext<string, number>): void {
    context.schedule(10, "streamTime", () => {
      throw new TypeError("tick");
    });
  }
  process(): void {}
}

type Build = (b: StreamsBuilder) => void;
type Pipe = (driver: TopologyTestDriver) => void;

const goOn: ErrorHandlers = { deserialize: "continue", process: "continue", deadLetterTopic: "dead" };
const toOut: Build = (b) => b.stream("in", kv).to("out");
const mapped: Build = (b) => b.stream("in", kv).mapValues(bad, { value: serdes.long }).to("out");
const piped: Pipe = (driver) => {
  for (const value of [1, 2, 3]) driver.inputTopic("in", kv).pipeInput({ key: "k", value, timestamp: value, headers });
};
const unreadable =
  (key: Buffer | null): Pipe =>
  (driver) => {
    driver.pipeRaw("in", { key, value: Buffer.of(1, 2), timestamp: 5, headers });
  };

/** The cases of the vectors by their names: topology, handlers, input. */
const cases: Record<string, readonly [Build, ErrorHandlers, Pipe]> = {
  "deserialize continue": [
    toOut,
    goOn,
    (driver) => {
      unreadable(null)(driver);
      driver.inputTopic("in", kv).pipeInput({ key: "k", value: 1, timestamp: 6, headers });
    },
  ],
  "deserialize fail": [toOut, { deadLetterTopic: "dead" }, unreadable(Buffer.from("k"))],
  "process continue": [mapped, goOn, piped],
  "process fail": [mapped, { deadLetterTopic: "dead" }, piped],
  "process shifted": [
    (b) =>
      b
        .stream("in", kv)
        .process(() => new Shift())
        .mapValues(bad, { value: serdes.long })
        .to("out", kv),
    goOn,
    piped,
  ],
  "process no message": [
    (b) =>
      b.stream("in", kv).forEach(() => {
        throw new TypeError();
      }),
    goOn,
    (driver) => driver.inputTopic("in", kv).pipeInput({ key: "k", value: 2, timestamp: 2, headers }),
  ],
  "aggregator throws": [
    (b) =>
      b
        .stream("in", kv)
        .groupByKey()
        .aggregate(
          () => 0,
          (sum, value) => sum + bad(value),
          { store: "sums", value: serdes.long },
        )
        .toStream()
        .to("out"),
    goOn,
    piped,
  ],
  "below a count": [
    (b) => b.stream("in", kv).groupByKey().count({ store: "counts" }).toStream().mapValues(bad, { value: serdes.long }).to("out"),
    goOn,
    piped,
  ],
  siblings: [
    (b) => {
      const s = b.stream("in", kv);
      s.mapValues(bad, { value: serdes.long }).to("out");
      s.to("beside");
    },
    goOn,
    piped,
  ],
  "produce resume": [
    (b) => {
      const s = b.stream("in", kv).mapValues((value) => value, { value: serdes.long });
      s.to("out", { value: badLong });
      s.to("beside");
    },
    { ...goOn, produce: () => ({ deadLetter: "dead" }) },
    piped,
  ],
  punctuator: [
    (b) => void b.stream("in", kv).process(() => new Ticking()),
    goOn,
    (driver) => driver.inputTopic("in", kv).pipeInput({ key: "k", value: 1, timestamp: 1, headers }),
  ],
  repartitioned: [
    (b) =>
      b
        .stream("in", kv)
        .groupBy((value) => `g${value}`, { key: serdes.string, value: serdes.long, name: "by" })
        .reduce((_sum, value) => bad(value), { store: "r" })
        .toStream()
        .to("out"),
    goOn,
    (driver) => {
      for (const timestamp of [1, 2]) driver.inputTopic("in", kv).pipeInput({ key: "k", value: 2, timestamp, headers });
    },
  ],
  global: [
    (b) => {
      b.globalTable("in", { ...kv, store: "g" });
      b.stream("x", kv).to("out");
    },
    goOn,
    unreadable(Buffer.from("k")),
  ],
};

/** Classes and stacks are named differently by language, and our serdes say in other words what they cannot read. */
function neutral(key: string, text: string | null, isUnreadable: boolean): string | null {
  return /\.(exception|stacktrace)$/.test(key) || (isUnreadable && key.endsWith(".message")) ? "" : text;
}

function produced(driver: TopologyTestDriver, isUnreadable: boolean): JavaRecord[] {
  const hex = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString("hex"));
  return driver.takeProduced().map(({ topic, key, value, timestamp, headers: of }) => ({
    topic,
    key: hex(key),
    value: hex(value),
    timestamp: timestamp as number,
    headers: of.map((header) => [header.key, neutral(header.key, header.value?.toString() ?? null, isUnreadable)]),
  }));
}

// Java asks the handler of `process` after that of `produce` said fail; ours is final, as a test of the handlers says.
for (const expected of vectors.filter((vector) => vector.case !== "produce fail, process continue")) {
  test(`dead letters as Java writes them: ${expected.case}`, () => {
    const found = cases[expected.case];
    assert.ok(found !== undefined, "the case is known");
    const [build, onError, pipe] = found;
    const b = new StreamsBuilder();
    build(b);
    using driver = new TopologyTestDriver(b.build(), { applicationId: "app", onError });
    if (expected.fails) assert.throws(() => pipe(driver), { name: "StreamsError" });
    else pipe(driver);
    const isUnreadable = expected.case.startsWith("deserialize");
    const java = expected.produced.map((record) => ({
      ...record,
      headers: record.headers.map(([key, text]) => [key, neutral(key, text, isUnreadable)]),
    }));
    // Java's were read topic by topic; sorting keeps the order within each.
    const ours = produced(driver, isUnreadable).sort((left, right) => Number(left.topic > right.topic) - Number(left.topic < right.topic));
    assert.deepEqual(ours, java);
    assert.equal(
      [...driver.droppedRecords().values()].reduce((sum, count) => sum + count, 0),
      expected.dropped,
    );
  });
}
