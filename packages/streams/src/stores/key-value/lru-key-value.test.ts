import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import { stores } from "../stores.ts";
import { recordingContext } from "../testing/recording-context.ts";

const texts = { key: serdes.string, value: serdes.string };

test("of more keys than it may keep those that were used last stay, and the changelog tells which one went before what came", () => {
  const { context, changelog, at } = recordingContext();
  const store = stores.keyValue({ name: "s", ...texts, entriesMax: 2 }).build(context);
  at(1);
  for (const key of ["a", "b"]) store.put(key, key);
  assert.equal(store.get("a"), "a");
  at(2);
  store.put("c", "c");
  assert.deepEqual(
    [...store.all()],
    [
      ["a", "a"],
      ["c", "c"],
    ],
  );
  store.put("a", "A");
  store.put("d", "d");
  store.delete("a");
  store.put("e", "e");
  assert.deepEqual(
    [store.get("d"), store.get("e"), store.get("a"), store.get("c"), store.approximateNumEntries()],
    ["d", "e", null, null, 2],
  );
  const written = changelog.map((text) => text.replace(/=(?!null)\w+/, ""));
  assert.deepEqual(written, ["a@1", "b@1", "b=null@2", "c@2", "a@2", "c=null@2", "d@2", "a=null@2", "e@2"]);
});

test("from its changelog it has again what it had, also when that holds more keys than it may keep", () => {
  const store = stores.keyValue({ name: "s", ...texts, entriesMax: 2 }).build(recordingContext().context);
  for (const key of ["a", "b", "c"]) store.restore(Buffer.from(key), Buffer.from(key), 1);
  store.restore(Buffer.from("b"), null, 2);
  assert.deepEqual([...store.all()].flat(), ["c", "c"]);
});

test("a hundred thousand keys through a store of ten keep ten, whatever is used between", () => {
  const store = stores
    .keyValue({ name: "s", key: serdes.long, value: serdes.long, entriesMax: 10 })
    .build(recordingContext(() => {}).context);
  for (let i = 0; i < 100_000; i++) {
    store.put(i, i);
    store.get(0);
  }
  assert.deepEqual(
    [...store.all()].map(([key]) => key),
    [0, ...Array.from({ length: 9 }, (_, i) => 99_991 + i)],
  );
});

test("a bound that is none, or that a store on the disk cannot keep, is refused", () => {
  for (const more of [{ entriesMax: 0 }, { entriesMax: 1.5 }, { entriesMax: 5, persistent: true }])
    assert.throws(() => stores.keyValue({ name: "s", ...texts, ...more }), { code: "STREAMS_BAD_ARGUMENT", message: /entriesMax/ });
});
