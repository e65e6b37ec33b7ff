import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJsonLine, plainLineParser } from "./record-lines.ts";

const json = (value: unknown) => parseJsonLine(Buffer.from(JSON.stringify(value)));

test("a plain line is a value; with a separator a key and a value", () => {
  assert.deepEqual(plainLineParser({})(Buffer.from("a:b")), { value: Buffer.from("a:b") });
  assert.deepEqual(plainLineParser({ keySeparator: ":" })(Buffer.from("a:b:c")), { key: Buffer.from("a"), value: Buffer.from("b:c") });
  assert.deepEqual(plainLineParser({ keySeparator: "::", nullMarker: "NULL" })(Buffer.from("a::NULL")), {
    key: Buffer.from("a"),
    value: null,
  });
  assert.throws(() => plainLineParser({ keySeparator: ":" })(Buffer.from("ab")), { code: "BAD_LINE", message: /no key separator ":"/ });
});

test("bytes that are no text pass through a plain line", () => {
  const bytes = Buffer.from([0xff, 0x3a, 0x00, 0xfe]);
  assert.deepEqual(plainLineParser({ keySeparator: ":" })(bytes), { key: bytes.subarray(0, 1), value: bytes.subarray(2) });
});

test("a JSON line has what consume --json prints", () => {
  const line = {
    topic: "t",
    offset: 3,
    partition: 1,
    timestamp: 5,
    key: "k",
    valueBase64: "//4=",
    headers: [
      { key: "h", value: "v" },
      { key: "n", value: null },
    ],
  };
  assert.deepEqual(json(line), {
    key: "k",
    value: Buffer.from([0xff, 0xfe]),
    headers: [
      { key: "h", value: "v" },
      { key: "n", value: null },
    ],
    partition: 1,
    timestamp: 5,
  });
});

test("values that are no text are written as JSON, null is a tombstone", () => {
  assert.deepEqual(json({ key: 1, value: { a: [1] }, headers: { x: 2 } }), {
    key: "1",
    value: '{"a":[1]}',
    headers: [{ key: "x", value: "2" }],
  });
  assert.deepEqual(json({ key: "k", value: null }), { key: "k", value: null });
});

test("a bad JSON line says what is wrong", () => {
  for (const [line, fault] of [
    ["nope", /no JSON/],
    ["[1]", /no JSON object/],
    ['{"vaule":1}', /unknown field "vaule"/],
    ['{"partition":-1}', /partition is no whole number/],
    ['{"timestamp":"now"}', /timestamp is no whole number/],
    ['{"headers":5}', /neither an object nor a list/],
    ['{"headers":[{"value":"v"}]}', /no key/],
    ['{"keyBase64":5}', /keyBase64 is no text/],
  ] as const)
    assert.throws(() => parseJsonLine(Buffer.from(line)), { code: "BAD_LINE", message: fault });
});
