import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../../serdes/serdes.ts";
import type { AnySerde } from "../../../serdes/serde.ts";
import type { QueryableStore } from "../queryable-stores.ts";
import { keyFromText, toJson } from "./json-values.ts";

test("values that JSON has not are written so that nothing is lost", () => {
  const value = {
    small: 7n,
    large: 2n ** 60n,
    bytes: Buffer.from([0, 255]),
    nested: [{ raw: new Uint8Array([1]) }],
    map: new Map([["a", 1n]]),
    set: new Set(["x"]),
    none: Number.NaN,
    unlimited: Number.POSITIVE_INFINITY,
    date: new Date(0),
  };
  assert.deepEqual(JSON.parse(toJson(value)), {
    small: 7,
    large: "1152921504606846976",
    bytes: "AP8=",
    nested: [{ raw: "AQ==" }],
    map: { a: 1 },
    set: ["x"],
    none: "NaN",
    unlimited: "Infinity",
    date: "1970-01-01T00:00:00.000Z",
  });
});

test("keys are read from an URL as their serde writes them, and what is none is refused", () => {
  const store = (key: AnySerde): QueryableStore => ({
    name: "s",
    kind: "keyValue",
    key,
    value: serdes.string,
    topic: "t",
    windowSizeMs: undefined,
    isGlobal: false,
    subtopology: 0,
    partitionCount: 1,
    isPartitionedByKey: true,
  });
  const read = (key: unknown, text: string) => keyFromText(store(key as AnySerde), text, undefined);
  assert.equal(read(serdes.string, "7"), "7");
  assert.equal(read(serdes.long, "7"), 7);
  assert.equal(read(serdes.bigint, "9007199254740993"), 9007199254740993n);
  assert.equal(read(serdes.boolean, "true"), true);
  assert.deepEqual(read(serdes.bytes, "AP8"), Buffer.from([0, 255]));
  assert.deepEqual(read(serdes.json(), '{"a":1}'), { a: 1 });
  assert.equal(read(serdes.json(), "plain"), "plain");
  for (const [key, text] of [
    [serdes.long, ""],
    [serdes.long, "x"],
    [serdes.double, "NaN"],
    [serdes.bigint, "1.5"],
    [serdes.boolean, "yes"],
  ] as const)
    assert.throws(() => read(key, text), { code: "STREAMS_BAD_ARGUMENT" }, text);
  assert.equal(
    keyFromText(store(serdes.long as AnySerde), "k-7", (text) => Number(text.slice(2))),
    7,
  );
});
