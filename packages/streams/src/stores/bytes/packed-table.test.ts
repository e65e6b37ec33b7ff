import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes } from "./compare-bytes.ts";
import { PackedTable } from "./packed-table.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function drain(next: () => number | undefined): number[] {
  const all: number[] = [];
  for (let one = next(); one !== undefined; one = next()) all.push(one);
  return all;
}

/** Short keys of few bytes, so that many are the same, prefixes of one another, or beyond 0x7f; and a few long ones. */
const key = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom(33, 1024, 1030).map((length) => Buffer.alloc(length, 7)) },
);
const value = fc.tuple(fc.nat(255), fc.constantFrom(0, 1, 8, 40, 1023, 3000)).map(([byte, length]) => Buffer.alloc(length, byte));
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("put" as const), key, value }) },
  // Who puts has mostly looked before: the table may know where from then.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("find" as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("up" as const, "down" as const), key, value }) },
);

test("a packed table does what a plain map and a sort do, whatever is put in, taken out and walked over", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const table = new PackedTable();
      const model = new Map<string, { readonly value: string; readonly at: number }>();
      for (const [at, { kind, key, value }] of operations.entries()) {
        const sorted = [...model.keys()].map((text) => Buffer.from(text, "hex")).sort(compareBytes);
        if (kind === "put") {
          const before = model.get(hex(key));
          const sizeBefore = before === undefined ? 0 : key.length + before.value.length / 2;
          assert.equal(table.put(key, value, at), key.length + value.length - sizeBefore);
          model.set(hex(key), { value: hex(value), at });
        } else if (kind === "find") {
          const entry = table.find(key);
          assert.equal(entry === undefined ? undefined : hex(table.keyOf(entry)), model.has(hex(key)) ? hex(key) : undefined);
        } else if (kind === "delete") {
          assert.equal(table.delete(key), model.delete(hex(key)));
        } else {
          const walked = drain(kind === "up" ? table.ascending(key) : table.descending(key)).map((entry) => hex(table.keyOf(entry)));
          const wanted =
            kind === "up"
              ? sorted.filter((other) => compareBytes(other, key) >= 0)
              : sorted.filter((other) => compareBytes(other, key) <= 0).reverse();
          assert.deepEqual(walked, wanted.map(hex));
        }
        assert.equal(table.size, model.size);
      }
      for (const [text, { value, at }] of model) {
        const entry = table.find(Buffer.from(text, "hex"))!;
        assert.equal(hex(table.valueOf(entry)!), value);
        assert.equal(table.timestampOf(entry), at);
      }
    }),
    { numRuns: 300 },
  );
});

test("many keys, more than a chunk and a part of the slots hold, are found, replaced, deleted and sorted, and places are taken again", () => {
  const table = new PackedTable(1);
  const count = 60_000;
  const keyOf = (i: number) => Buffer.from(`key-${String((i * 7919) % count).padStart(6, "0")}`);
  for (let i = 0; i < count; i++) table.put(keyOf(i), Buffer.from(String(i)), i);
  for (let i = 0; i < count; i += 2) table.put(keyOf(i), Buffer.from(`${i} again, and longer`), -i);
  for (let i = 0; i < count; i += 3) assert.ok(table.delete(keyOf(i)));
  assert.equal(table.size, (count * 2) / 3);
  for (let i = 0; i < count; i += 3) assert.equal(table.find(keyOf(i)), undefined);
  for (let i = 0; i < count; i += 6) table.put(keyOf(i), Buffer.from("back"), 5);
  const keys = drain(table.ascending(null)).map((entry) => Buffer.from(table.keyOf(entry)).toString());
  assert.equal(keys.length, table.size);
  assert.deepEqual(keys, keys.toSorted());
  assert.deepEqual(
    drain(table.descending(null)).map((entry) => Buffer.from(table.keyOf(entry)).toString()),
    keys.toReversed(),
  );
  for (let i = 0; i < count; i++) {
    const entry = table.find(keyOf(i));
    const wanted = i % 6 === 0 ? "back" : i % 3 === 0 ? undefined : i % 2 === 0 ? `${i} again, and longer` : String(i);
    assert.equal(entry === undefined ? undefined : Buffer.from(table.valueOf(entry)!).toString(), wanted);
  }
});

test("what was found is not taken for what stands in its place since: after a delete, a clear, growth, and another key", () => {
  const table = new PackedTable(1);
  const [empty, a, b] = [Buffer.alloc(0), Buffer.from("a"), Buffer.from("b")];
  const read = (key: Buffer) => {
    const entry = table.find(key);
    return entry === undefined ? undefined : Buffer.from(table.valueOf(entry)!).toString();
  };
  table.put(empty, Buffer.from("empty"), 0);
  table.put(a, Buffer.from("first"), 0);
  assert.equal(read(a), "first");
  assert.ok(table.delete(a));
  // A place that is free has a key of no bytes.
  assert.equal(table.put(empty, Buffer.from("still"), 1), 0);
  assert.equal(table.put(b, Buffer.from("in its place"), 1), 13);
  assert.equal(table.put(a, Buffer.from("elsewhere"), 2), 10);
  assert.deepEqual([read(empty), read(a), read(b)], ["still", "elsewhere", "in its place"]);
  for (let i = 0; i < 20_000; i++) {
    table.find(b);
    table.put(Buffer.from(`key-${i}`), Buffer.from(String(i)), i);
  }
  assert.equal(table.put(b, Buffer.from("in its PLACE"), 3), 0);
  assert.deepEqual([read(b), read(Buffer.from("key-19999")), table.size], ["in its PLACE", "19999", 20_003]);
  table.clear();
  assert.equal(table.put(b, Buffer.from("new"), 4), 4);
  assert.deepEqual([read(b), read(a), table.size], ["new", undefined, 1]);
});

test("a walk goes on where it was when what it stood on is deleted and its place is another key's by then", () => {
  const table = new PackedTable(1);
  for (const letter of "acegi") table.put(Buffer.from(letter), Buffer.from(letter), 0);
  const next = table.ascending(null);
  const step = () => {
    const entry = next();
    return entry === undefined ? undefined : Buffer.from(table.keyOf(entry)).toString();
  };
  assert.deepEqual([step(), step()], ["a", "c"]);
  table.delete(Buffer.from("c"));
  table.put(Buffer.from("b"), Buffer.from("b"), 0);
  assert.equal(step(), "e");
  table.delete(Buffer.from("g"));
  table.put(Buffer.from("h"), Buffer.from("h"), 0);
  assert.deepEqual([step(), step(), step()], ["h", "i", undefined]);
});

test("a value that was handed out stays readable when the memory behind it is packed anew, and a value may be put that is the table's own", () => {
  const table = new PackedTable(1);
  table.put(Buffer.from("first"), Buffer.from("what it was"), 0);
  const held = table.valueOf(table.find(Buffer.from("first"))!)!;
  for (let i = 0; i < 2000; i++) table.put(Buffer.from("other"), Buffer.alloc(500 + (i % 7), i), i);
  assert.equal(Buffer.from(held).toString(), "what it was");
  for (let i = 0; i < 50; i++) table.put(Buffer.from(`copy-${i}`), table.valueOf(table.find(Buffer.from("first"))!), 0);
  table.put(Buffer.from("first"), Buffer.from("now longer than before"), 0);
  for (let i = 0; i < 50; i++) assert.equal(Buffer.from(table.valueOf(table.find(Buffer.from(`copy-${i}`))!)!).toString(), "what it was");
  assert.equal(Buffer.from(table.valueOf(table.find(Buffer.from("first"))!)!).toString(), "now longer than before");
});
