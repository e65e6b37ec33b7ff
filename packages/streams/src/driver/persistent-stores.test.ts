import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { session, tumbling } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import type { KeyValueStore } from "../stores/store.ts";
import type { Topology } from "../topology/topology.ts";
import { type DriverOptions, TopologyTestDriver } from "./topology-test-driver.ts";

let folder = "";
let states = 0;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-driver-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const texts = { key: serdes.string, value: serdes.string };
const newStateDir = (): string => join(folder, String(states++));

/** Stores of every kind, what waits in memory, and what is given on when time goes on. */
function everyKind(): Topology {
  const b = new StreamsBuilder();
  const left = b.stream("left", texts);
  const right = b.stream("right", texts);
  const grouped = left.groupByKey();
  grouped.count({ store: "counts" }).toStream().to("counts");
  grouped
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
    .emit("onClose")
    .count({ store: "closed" })
    .toStream()
    .to("closed");
  grouped
    .windowedBy(session({ gapMs: 8, graceMs: 5 }))
    .count({ store: "sessions" })
    .toStream()
    .to("sessions");
  grouped
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
    .count({ store: "held" })
    .suppress({ until: "windowCloses", name: "held-back" })
    .toStream()
    .to("held");
  left
    .leftJoin(right, (a, b) => `${a}${b}`, { beforeMs: 5, afterMs: 5, graceMs: 0, storeName: "joined", otherValue: serdes.string })
    .to("joined", { value: serdes.string });
  const versions = right.toTable({ store: { name: "versions", historyRetentionMs: 50 } });
  left.leftJoin(versions, (a, b) => `${a}${b}`, { graceMs: 4, ...texts, name: "as-of" }).to("as-of", { value: serdes.string });
  return b.build({ persistentStores: true });
}

const sinks = ["counts", "closed", "sessions", "held", "joined", "as-of"];

function run(driver: TopologyTestDriver, inputs: readonly Input[], told: string[]): void {
  for (const { topic, key, value, timestamp } of inputs) {
    driver.pipeRaw(topic, { key: Buffer.from(key), value: Buffer.from(value), timestamp });
    for (const { topic: to, key: k, value: v, timestamp: t } of driver.takeProduced()) {
      if (sinks.includes(to))
        told.push(`${to} ${Buffer.from(k!).toString("hex")}=${v === null ? "" : Buffer.from(v).toString("hex")}@${t}`);
    }
  }
}

interface Input {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

const step = fc.record({
  topic: fc.constantFrom("left", "right"),
  key: fc.constantFrom("a", "b"),
  moveMs: fc.nat(9),
  restarts: fc.boolean(),
});

test("a driver that is closed and made again on its directory writes what one that goes on would have written", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
      let nowMs = 0;
      const inputs: Input[] = steps.map(({ topic, key, moveMs }, at) => ({ topic, key, value: `${at}`, timestamp: (nowMs += moveMs) }));
      // What still waits for a partner comes by then.
      inputs.push(...[500, 1000].map((laterMs) => ({ topic: "left", key: "a", value: "end", timestamp: nowMs + laterMs })));
      const expected: string[] = [];
      using whole = new TopologyTestDriver(everyKind());
      run(whole, inputs, expected);
      const told: string[] = [];
      const stateDir = newStateDir();
      let from = 0;
      for (let at = 1; at <= inputs.length; at++) {
        if (at < inputs.length && steps[at]?.restarts !== true) continue;
        using driver = new TopologyTestDriver(everyKind(), { stateDir });
        run(driver, inputs.slice(from, at), told);
        from = at;
      }
      const byOperator = (lines: readonly string[]) => [
        ...lines.filter((line) => !line.startsWith("joined ")),
        // When a join looks for those without a partner its clock says, which as Java's begins anew.
        ...lines.filter((line) => line.startsWith("joined ")).sort(),
      ];
      assert.deepEqual(byOperator(told), byOperator(expected));
    }),
    { numRuns: 3 },
  );
});

/** Counts words, through a repartition topic; the word "bad" throws. */
function countWords(options: DriverOptions): TopologyTestDriver {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .flatMapValues((line) => line.split(" "))
    .groupBy((word) => word, { ...texts, name: "words" })
    .aggregate(
      () => 0,
      (count, word) => {
        if (word === "bad") throw new Error("no such word");
        return count + 1;
      },
      { value: serdes.double, store: { name: "counts", persistent: true } },
    );
  return new TopologyTestDriver(b.build(), options);
}

function counts(driver: TopologyTestDriver): Record<string, number> {
  const store = driver.store<KeyValueStore<string, { readonly value: number }>>("counts");
  return Object.fromEntries([...store.all()].map(([word, { value }]) => [word, value]));
}

const line = (offset: number, value: string) => ({
  topic: "in",
  offset,
  key: Buffer.from("k"),
  value: Buffer.from(value),
  timestamp: offset,
});

test("recorded records that were done with are passed over; of one that failed nothing is kept", () => {
  const stateDir = newStateDir();
  const records = [line(0, "a b"), line(1, "a"), line(2, "b bad c"), line(3, "c")];
  {
    using driver = countWords({ stateDir });
    assert.equal(driver.replay(records.slice(0, 2)), 2);
    assert.equal(driver.replay(records.slice(0, 2)), 0);
    assert.throws(() => driver.replay(records), { code: "STREAMS_PROCESSING", message: /no such word/ });
    const stopped = { code: "STREAMS_CLOSED", message: /half of which is not to be kept/ };
    assert.throws(() => driver.replay(records), stopped);
    assert.throws(() => driver.advanceWallClockTime(1), stopped);
  }
  using driver = countWords({ stateDir, onError: { process: "continue" } });
  assert.deepEqual(counts(driver), { a: 2, b: 1 });
  assert.equal(driver.replay(records), 2);
  assert.deepEqual(counts(driver), { a: 2, b: 2, c: 2 });
});

test("in a long replay what is done is written meanwhile, also where each record has to go through a topic first", () => {
  const stateDir = newStateDir();
  const records = Array.from({ length: 3000 }, (_, offset) => line(offset, offset === 2990 ? "bad" : "a"));
  {
    using driver = countWords({ stateDir });
    assert.throws(() => driver.replay(records), { code: "STREAMS_PROCESSING" });
  }
  using driver = countWords({ stateDir, onError: { process: "continue" } });
  const before = counts(driver)["a"] ?? 0;
  const left = driver.replay(records);
  assert.ok(left < 1000, `${left} were left to do`);
  assert.equal(before + left, 3000);
  assert.deepEqual(counts(driver), { a: 2999 });
});

test("a directory that another one has, or whose files are damaged, is refused with what to do", () => {
  const stateDir = newStateDir();
  {
    using driver = countWords({ stateDir });
    driver.pipeRaw("in", line(0, "a"));
    assert.throws(() => countWords({ stateDir }), { code: "DISK_LOCKED", message: /test-app\/0_0 is in use by this process/ });
    using other = countWords({ stateDir, applicationId: "other" });
    assert.deepEqual(counts(other), {});
  }
  assert.throws(() => countWords({ stateDir, applicationId: "../x" }), { code: "STREAMS_BAD_NAME" });
  writeFileSync(join(stateDir, "test-app/0_0/data.mdb"), "none of its own");
  assert.throws(() => countWords({ stateDir }), { code: "STREAMS_STATE_CORRUPTED", message: /Remove it/ });
  // The lock is free again.
  rmSync(join(stateDir, "test-app"), { recursive: true });
  using driver = countWords({ stateDir });
  assert.deepEqual(counts(driver), {});
});

test("global stores on the disk are there again, and their topics' offsets", () => {
  const stateDir = newStateDir();
  const open = (): TopologyTestDriver => {
    const b = new StreamsBuilder();
    b.globalTable("table", { ...texts, store: { name: "all", persistent: true } });
    b.stream("in", texts).to("out");
    return new TopologyTestDriver(b.build(), { stateDir });
  };
  const shown = (driver: TopologyTestDriver): string | undefined =>
    driver.store<KeyValueStore<string, { readonly value: string }>>("all").get("k")?.value;
  const record = { ...line(0, "first"), topic: "table" };
  {
    using driver = open();
    assert.equal(driver.replay([record]), 1);
  }
  using driver = open();
  assert.equal(shown(driver), "first");
  assert.equal(driver.replay([record]), 0);
  driver.pipeRaw("table", line(0, "second"));
  assert.equal(shown(driver), "second");
  assert.equal(
    driver.replay([
      { ...record, offset: 1 },
      { ...record, offset: 2 },
    ]),
    1,
  );
});
