import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";

const open = () => {
  const { context, changelog, at } = recordingContext();
  const store = stores.keyValue({ name: "s", key: serdes.string, value: serdes.long }).build(context);
  return { store, changelog, at };
};

test("puts, deletions and putIfAbsent change the store and its changelog alike", () => {
  const { store, changelog, at } = open();
  at(5);
  store.put("a", 1);
  assert.equal(store.putIfAbsent("a", 2), 1);
  assert.equal(store.putIfAbsent("b", 2), null);
  at(6);
  assert.equal(store.delete("a"), 1);
  assert.equal(store.delete("a"), null);
  store.put("b", null);
  assert.equal(store.get("b"), null);
  assert.deepEqual(changelog, ["a=0000000000000001@5", "b=0000000000000002@5", "a=null@6", "a=null@6", "b=null@6"]);
});

test("when the changelog is told of a change the store has it, so that one whose changelog fails is not behind it", () => {
  const told: unknown[] = [];
  const { context } = recordingContext(() => told.push(store.get("a")));
  const store = stores.keyValue({ name: "s", key: serdes.string, value: serdes.long }).build(context);
  store.put("a", 1);
  store.put("a", 2);
  store.delete("a");
  assert.deepEqual(told, [1, 2, null]);
});

test("ranges are inclusive, run both ways, and are empty the wrong way round", () => {
  const { store } = open();
  for (const key of ["b", "a", "bb", "c", "ba"]) store.put(key, key.length);
  const keys = (walk: Iterable<[string, number]>): string => [...walk].map(([key]) => key).join(" ");
  assert.equal(keys(store.range("b", "bb")), "b ba bb");
  assert.equal(keys(store.range(null, "b")), "a b");
  assert.equal(keys(store.range("bb", null)), "bb c");
  assert.equal(keys(store.range("c", "a")), "");
  assert.equal(keys(store.reverseRange("b", "bb")), "bb ba b");
  assert.equal(keys(store.reverseRange("b", "bbb")), "bb ba b");
  assert.equal(keys(store.reverseAll()), "c bb ba b a");
  assert.equal(keys(store.all()), "a b ba bb c");
  assert.equal(keys(store.prefixScan(Buffer.from("b"))), "b ba bb");
  assert.equal(store.approximateNumEntries(), 5);
});

test("a timestamped store keeps the value's own time, which its changelog record has too; a deletion has the record's", () => {
  const { context, changelog, at } = recordingContext();
  const store = stores.timestampedKeyValue({ name: "s", key: serdes.string, value: serdes.string }).build(context);
  at(100);
  store.put("a", { value: "x", timestamp: 7 });
  assert.deepEqual(store.get("a"), { value: "x", timestamp: 7 });
  store.put("a", null);
  assert.deepEqual(changelog, ["a=78@7", "a=null@100"]);
});

test("a store that was made again from its changelog holds what the other one held, and wrote nothing", () => {
  const records: [Uint8Array, Uint8Array | null, number][] = [];
  const first = recordingContext((...record) => records.push([record[0], record[1], record[2] ?? -1]));
  const builder = stores.timestampedKeyValue({ name: "s", key: serdes.string, value: serdes.long });
  const before = builder.build(first.context);
  for (let i = 0; i < 50; i++) before.put(`k${i % 7}`, i % 5 === 0 ? null : { value: i, timestamp: i });
  const second = recordingContext();
  const after = builder.build(second.context);
  for (const record of records) after.restore(...record);
  assert.deepEqual([...after.all()], [...before.all()]);
  assert.deepEqual(second.changelog, []);
});

test("a closed store, a null key and a value that the serde refuses are told with the store's name", () => {
  const { store } = open();
  assert.throws(() => store.get(null as never), { code: "STREAMS_NULL_KEY", message: /Store s/ });
  assert.throws(() => store.put("a", 0.5), { code: "STREAMS_SERIALIZATION", message: /Store s cannot write a value with serde long/ });
  store.restore(Buffer.from("bad"), Buffer.from("1"), 0);
  assert.throws(() => store.get("bad"), { code: "STREAMS_DESERIALIZATION", message: /Store s cannot read a value/ });
  store.close();
  store.close();
  assert.equal(store.isOpen, false);
  for (const use of [() => store.get("a"), () => store.put("a", 1), () => store.all(), () => store.approximateNumEntries()]) {
    assert.throws(use, { code: "STREAMS_CLOSED" });
  }
});

test("a walk ends once it was closed, however that came", () => {
  const { store } = open();
  for (const key of ["a", "b", "c"]) store.put(key, 1);
  for (const [key] of store.all()) if (key === "a") break;
  const walk = store.all();
  {
    using held = walk;
    assert.equal(held.next().done, false);
  }
  assert.deepEqual([...walk], []);
});
