import assert from "node:assert/strict";
import { test } from "node:test";
import { noHeaders } from "../record.ts";
import type { AnySerde, Serde } from "./serde.ts";
import { serdes } from "./serdes.ts";
import { forgetSharedBytes, sharedKeys, sharedValues } from "./shared-bytes.ts";

const write = <T>(serde: Serde<T>, value: T): Uint8Array => serde.serialize("t", value, noHeaders);
const read = <T>(serde: Serde<T>, bytes: Uint8Array): T => serde.deserialize("t", bytes, noHeaders);

test("of one value after another the bytes are written once, and are those of the serde", () => {
  const values = { string: ["ann", "ann", "bob", "", "é", "ann"], long: [1, 1, 2 ** 40, 0, -1], bigint: [1n, 1n, -(2n ** 63n)] };
  for (const [name, all] of Object.entries(values)) {
    const serde = serdes[name as "string"] as AnySerde;
    for (const shared of [sharedKeys(serde), sharedValues(serde)]) {
      for (const value of all) {
        const bytes = write(shared, value);
        assert.deepEqual(bytes, write(serde, value));
        assert.equal(write(shared, value), bytes);
        assert.equal(read(shared, bytes), value);
        assert.equal(read(shared, Uint8Array.from(bytes)), value);
      }
    }
  }
});

test("a value does not displace a key, and the serde itself gives bytes that are the caller's alone", () => {
  const key = write(sharedKeys(serdes.string), "ann");
  write(sharedValues(serdes.string), "other");
  assert.equal(write(sharedKeys(serdes.string), "ann"), key);
  assert.notEqual(write(serdes.string, "ann"), key);
  assert.notEqual(write(serdes.string, "ann"), write(serdes.string, "ann"));
});

test("what is read is what the bytes say, not what was written", () => {
  const longs = sharedValues(serdes.long);
  assert.ok(Object.is(read(longs, write(longs, -0)), 0));
  assert.equal(sharedValues(serdes.double), serdes.double);
  assert.equal(sharedKeys(serdes.uuid), serdes.uuid);
  const json = serdes.json<object>();
  assert.equal(sharedKeys(json), json);
});

test("long texts are not held, and nothing is after it was forgotten", () => {
  const texts = sharedKeys(serdes.string);
  const long = "x".repeat(2_000);
  assert.notEqual(write(texts, long), write(texts, long));
  const bytes = write(texts, "ann");
  bytes[0] = 0x62;
  forgetSharedBytes();
  assert.equal(read(texts, bytes), "bnn");
  assert.equal(read(texts, write(texts, "ann")), "ann");
});

test("a refused value leaves the last one as it was", () => {
  const longs = sharedKeys(serdes.long);
  const seven = write(longs, 7);
  assert.throws(() => write(longs, 0.5), TypeError);
  assert.equal(write(longs, 7), seven);
  assert.throws(() => write(longs, Number.NaN), TypeError);
});
