import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";
import { bufferedChangeBytes, readBufferedChange } from "./buffered-change.ts";
import { JavaHashOrder } from "./java-hash-order.ts";
import { positionBytes } from "./record-context-bytes.ts";

const { vectors } = JSON.parse(readFileSync(new URL("../../../test/fixtures/java-bytes.json", import.meta.url), "utf8")) as {
  vectors: { serde: string; value: Record<string, never>; hex: string }[];
};

const builder = stores.suppressBuffer({ name: "b", key: serdes.string, value: serdes.string });

test("held changes and their contexts have Java's bytes and come back", () => {
  const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
  const position = { timestamp: 5, offset: 6, partition: 1, topic: "top", headers: [] };
  let seen = 0;
  for (const { serde, value, hex } of vectors) {
    if (serde === "bufferValue") {
      const change = { prior: bytes(value["prior"]!), oldValue: bytes(value["old"]!), newValue: bytes(value["new"]!), position };
      const written = bufferedChangeBytes(change, 77);
      assert.equal(Buffer.from(written).toString("hex"), hex);
      assert.deepEqual(readBufferedChange(written), { ...change, timeMs: 77 });
      seen++;
    } else if (serde === "recordContext") {
      const headers = [
        { key: "h", value: Buffer.from([1, 2]) },
        { key: "n", value: null },
      ];
      assert.equal(Buffer.from(positionBytes({ ...position, headers })).toString("hex"), hex);
      seen++;
    }
  }
  assert.equal(seen, 6);
});

test("a later change takes the earlier one's place and keeps its time; what goes first is the earliest, then the lowest key", () => {
  const { context, at } = recordingContext();
  const buffer = builder.build(context);
  at(1);
  buffer.put(10, "b", "b1", null);
  buffer.put(10, "a", "a1", "a0");
  buffer.put(5, "c", "c1", null);
  at(2);
  buffer.put(99, "b", "b2", "b1");
  assert.equal(buffer.numRecords, 3);
  assert.equal(buffer.minTimeMs, 5);
  assert.equal(buffer.priorValue("b"), null);
  assert.equal(buffer.priorValue("a"), "a0");
  assert.equal(buffer.priorValue("z"), undefined);
  const gone: unknown[] = [];
  while (buffer.evict(({ key, newValue, oldValue, position }) => gone.push([key, newValue, oldValue, position.timestamp])))
    assert.ok(gone.length < 4);
  assert.deepEqual(gone, [
    ["c", "c1", null, 1],
    ["a", "a1", "a0", 1],
    ["b", "b2", "b1", 2],
  ]);
  assert.equal(buffer.sizeBytes, 0);
  assert.equal(buffer.minTimeMs, Number.POSITIVE_INFINITY);
});

test("the size in bytes is what Java counts", () => {
  const { context } = recordingContext();
  const buffer = builder.build(context);
  buffer.put(1, "key", "new", "old");
  // 8 for the time, 3 for the key, 3 + 3 for the values (prior and old are one), 20 + 1 for the context with topic t.
  assert.equal(buffer.sizeBytes, 38);
  buffer.put(1, "key", null, "new");
  assert.equal(buffer.sizeBytes, 38);
});

test("the changelog tells at a flush what changed since the last, and from it the buffer comes back", () => {
  const log: [Uint8Array, Uint8Array | null, number][] = [];
  const kinds: string[] = [];
  const { context } = recordingContext((key, value, timestamp, headers) => {
    kinds.push(
      `${Buffer.from(key).toString()} ${value === null ? "gone" : "held"} ${timestamp} ${headers.map((header) => `${header.key}=${header.value?.[0]}`).join()}`,
    );
    log.push([key, value, -1]);
  });
  const buffer = builder.build(context);
  buffer.put(10, "a", "a1", "a0");
  buffer.put(11, "b", "b1", null);
  buffer.flush();
  buffer.put(10, "a", "a2", "a1");
  buffer.put(12, "c", "c1", null);
  buffer.evict(() => {});
  buffer.flush();
  buffer.flush();
  assert.deepEqual(kinds, ["a held null v=3", "b held null v=3", "a gone null ", "c held null v=3"]);
  const again = builder.build(recordingContext().context);
  for (const record of log) again.restore(...record);
  const left: unknown[] = [];
  while (again.evict(({ key, newValue }) => left.push([key, newValue]))) assert.ok(left.length < 3);
  assert.deepEqual(left, [
    ["b", "b1"],
    ["c", "c1"],
  ]);
});

test("keys come in the order of Java's hash set", () => {
  // From java.util.HashSet of org.apache.kafka.common.utils.Bytes, JDK 17.
  const order = new JavaHashOrder();
  const inserted = Array.from({ length: 20 }, (_, i) => `key-${i * 7}`);
  for (const key of inserted) order.add(Buffer.from(key));
  for (const key of inserted) order.add(Buffer.from(key));
  const taken = order.take().map((key) => Buffer.from(key).toString());
  assert.equal(
    taken.join(" "),
    "key-7 key-91 key-84 key-0 key-70 key-77 key-21 key-98 key-42 key-63 key-112 key-14 key-133 key-35 key-56 key-105 key-126 key-28 key-49 key-119",
  );
  assert.deepEqual(order.take(), []);
});
