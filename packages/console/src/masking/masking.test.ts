import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerRecord } from "@ottla/client";
import { decodeRecord } from "../messages/decode-record.ts";
import { recordFilter } from "../messages/record-filter.ts";
import { isOfGlob } from "@ottla/base";
import { maskedFields, maskedOffsets, maskedTrace } from "./mask-connect.ts";
import { maskFields } from "./mask-fields.ts";
import { Masking } from "./masking.ts";
import { readMaskingRules } from "./masking-rules.ts";

const admin = { role: "admin", how: "password" } as const;
const record = (value: string | Buffer | null, more: Partial<ConsumerRecord> = {}): ConsumerRecord => ({
  topic: "customers",
  partition: 0,
  offset: 7,
  timestamp: 1,
  leaderEpoch: undefined,
  key: null,
  headers: [],
  ...more,
  value: typeof value === "string" ? Buffer.from(value) : value,
});
const masked = (rules: object, given: ConsumerRecord, seer: Parameters<Masking["maskerFor"]>[0] = admin) => {
  const masking = new Masking(readMaskingRules({ rules: Array.isArray(rules) ? rules : [rules], hashKey: "a key of many signs" }));
  return (masking.maskerFor(seer)?.mask ?? ((each) => each)).call(masking.maskerFor(seer), decodeRecord(given));
};
const rule = { topics: "cust*", in: "value", do: "mask" } as const;

test("fields are hidden by the way to them, in lists, at any depth, whatever they are called", () => {
  const cases: readonly (readonly [path: string | readonly string[], value: string, shown: string])[] = [
    ["card", '{"id":1,"card":"4111"}', '{"id":1,"card":"•••"}'],
    ["items.card", '{"items":[{"card":1,"n":2},{"card":[3]}]}', '{"items":[{"card":"•••","n":2},{"card":"•••"}]}'],
    ["**.card", '{"card":1,"a":{"b":[{"card":2,"c":3}]}}', '{"card":"•••","a":{"b":[{"card":"•••","c":3}]}}'],
    ["*.card", '{"card":1,"a":{"card":2}}', '{"card":1,"a":{"card":"•••"}}'],
    [["a.b"], '{"a.b":1,"a":{"b":2}}', '{"a.b":"•••","a":{"b":2}}'],
    ["__proto__", '{"__proto__":{"x":1},"y":2}', '{"__proto__":"•••","y":2}'],
    // A field that is there twice is not shown once.
    ["card", '{"card":"4111","card":"4112"}', '{"card":"•••"}'],
    ["card", '{"c\\u0061rd":"4111"}', '{"card":"•••"}'],
    ["card", '{"big":12345678901234567890,"small":1.10,"card":0}', '{"big":12345678901234567890,"small":1.10,"card":"•••"}'],
    ["card", '[{"card":1}]', '[{"card":"•••"}]'],
    // What has no fields is hidden whole: nobody can say that it has none of what is to be hidden.
    ["card", "card=4111", "•••"],
    ["card", '"card"', "•••"],
    ["card", "17", "•••"],
    ["card", `${"[".repeat(300)}${"]".repeat(300)}`, "•••"],
    ["card", `{"card":"x","y":"${"z".repeat(300_000)}"}`, "•••"],
  ];
  for (const [path, value, shown] of cases) {
    const { value: part, record: kept } = masked({ ...rule, path }, record(value));
    assert.equal(part.text, shown, `${JSON.stringify(path)} in ${value.slice(0, 80)}`);
    assert.equal(part.base64, undefined);
    assert.equal(kept.value?.toString(), shown);
    assert.equal(part.sizeBytes, Buffer.byteLength(shown));
  }
});

test("bytes of any kind are hidden whole; a null stays one, so that a deletion is seen", () => {
  for (const bytes of [Buffer.from([0, 0, 0, 0, 9, 1, 2]), Buffer.from([255, 254, 0, 1]), Buffer.alloc(8, 200)])
    for (const path of [undefined, "card"]) assert.equal(masked({ ...rule, ...(path && { path }) }, record(bytes)).value.text, "•••");
  // MessagePack of {"card": 1, "n": 2}
  const packed = Buffer.from("82a46361726401a16e02", "hex");
  assert.equal(masked({ ...rule, path: "card" }, record(packed)).value.text, '{"card":"•••","n":2}');
  assert.equal(masked(rule, record(null)).value.format, "null");
});

test("hash, mask and drop; of several the strictest; the same value has the same hash", () => {
  const one = masked({ ...rule, path: "card", do: "hash" }, record('{"card":"4111"}')).value.text;
  assert.match(one, /^\{"card":"hash:[0-9a-f]{16}"\}$/);
  assert.equal(masked({ ...rule, path: "a.card", do: "hash" }, record('{"a":{"card":"4111"}}')).value.text, `{"a":${one}}`);
  assert.equal(masked({ ...rule, path: "card", do: "drop" }, record('{"card":"4111","n":[1]}')).value.text, '{"n":[1]}');
  assert.equal(masked({ ...rule, do: "drop" }, record("x")).value.text, "");
  const several = [
    { ...rule, path: "card", do: "hash" },
    { ...rule, path: "**", do: "mask" },
  ];
  assert.equal(masked(several, record('{"card":1}')).value.text, '"•••"');
});

test("headers are hidden by name, also doubled ones; keys by themselves", () => {
  const headers = [
    { key: "user-mail", value: Buffer.from("a@b") },
    { key: "trace", value: Buffer.from("t") },
    { key: "user-mail", value: Buffer.from("c@d") },
  ];
  const shown = masked(
    [
      { topics: "*", in: "header", path: "user-*", do: "mask" },
      { topics: "*", in: "key", do: "hash" },
    ],
    record("v", { headers, key: Buffer.from("k") }),
  );
  assert.deepEqual(
    shown.record.headers.map(({ key, value }) => `${key}=${String(value)}`),
    ["user-mail=•••", "trace=t", "user-mail=•••"],
  );
  assert.match(shown.key.text, /^hash:/);
  assert.equal(shown.value.text, "v");
  const dropped = masked({ topics: "*", in: "header", do: "drop" }, record("v", { headers }));
  assert.deepEqual(dropped.record.headers, []);
});

test("a dead letter is masked by the rules of where it came from, and so is what went wrong with it", () => {
  for (const origin of ["ottla.origin.topic", "__connect.errors.topic", "__streams.errors.topic", "kafka_dlt-original-topic"]) {
    const headers = [
      { key: origin, value: Buffer.from("customers") },
      { key: "__connect.errors.exception.message", value: Buffer.from("cannot read 4111") },
      { key: "ottla.failure.message", value: Buffer.from("cannot read 4111") },
    ];
    const { value, record: shown } = masked({ ...rule, path: "card" }, record('{"card":"4111"}', { topic: "any-dlq", headers }));
    assert.equal(value.text, '{"card":"•••"}', origin);
    assert.deepEqual(
      shown.headers.map((header) => String(header.value)),
      ["customers", "•••", "•••"],
    );
  }
  assert.equal(masked(rule, record("4111", { topic: "others" })).value.text, "4111");
});

test("a filter sees what is shown, so that nobody asks out what is hidden", () => {
  const given = [
    masked({ ...rule, path: "card" }, record('{"card":"4111","n":1}')),
    masked(rule, record("4111")),
    masked([{ topics: "*", in: "header", do: "mask" }], record("x", { headers: [{ key: "h", value: Buffer.from("4111") }] })),
  ];
  for (const each of given)
    for (const filter of [
      'value.card == "4111"',
      'value == "4111"',
      'headers.h == "4111"',
      'string(value).contains("4111")',
      'value.card.startsWith("4")',
    ])
      assert.equal(recordFilter(filter).isWanted(each), false, filter);
  assert.equal(recordFilter('value.card == "•••" && value.n == 1').isWanted(given[0]!), true);
});

test("a role that a rule names sees all; where nobody logs in no role does", () => {
  const open = { ...rule, unmaskedFor: ["admin"] };
  assert.equal(masked(open, record("4111")).value.text, "4111");
  assert.equal(masked(open, record("4111"), { role: "operator", how: "oidc" }).value.text, "•••");
  assert.equal(masked(open, record("4111"), { role: "admin", how: "nobody-logs-in" }).value.text, "•••");
  const masking = new Masking(readMaskingRules({ rules: [open] }));
  assert.throws(() => masking.requireUnmasked({ role: "viewer", how: "oidc" }, "It"), /is not shown to whom/);
  masking.requireUnmasked(admin, "It");
  masking.replace(readMaskingRules({ rules: [rule] }));
  assert.throws(() => masking.requireUnmasked(admin, "It"));
});

test("a pattern takes time that grows with the text, whoever wrote the text", () => {
  for (const [text, pattern, is] of [
    ["customers", "cust*", true],
    ["customers", "*mers", true],
    ["customers", "c?st*s", true],
    ["customers", "cust", false],
    ["", "*", true],
    ["", "?", false],
    ["a.b", "a*b*", true],
  ] as const)
    assert.equal(isOfGlob(text, pattern), is, `${text} ${pattern}`);
  assert.equal(isOfGlob("a".repeat(100_000), `${"*a".repeat(50)}*b`), false);
  assert.throws(
    () => maskFields(JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`), [{ path: ["x"], do: "mask" }], String),
    RangeError,
  );
});

test("rules that cannot be used are refused with the place", () => {
  const refusals: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /the file/],
    [{ rules: [] }, /rules/],
    [{ rules: [{ ...rule, do: "blur" }] }, /rules\.0\.do/],
    [{ rules: [{ ...rule, in: "body" }] }, /rules\.0\.in/],
    [{ rules: [{ ...rule, field: "x" }] }, /field/],
    [{ rules: [{ ...rule, path: "a..b" }] }, /rules\.0\.path: write fields with dots/],
    [{ rules: [{ ...rule, path: "items[0].card" }] }, /rules\.0\.path: write fields with dots/],
    [{ rules: [{ ...rule, unmaskedFor: ["root"] }] }, /rules\.0\.unmaskedFor/],
    [{ rules: [{ ...rule, in: "header", path: ["a", "b"] }] }, /the name of a header is one text/],
    [{ rules: [rule], hashKey: "short" }, /hashKey/],
  ];
  for (const [value, message] of refusals) assert.throws(() => readMaskingRules(value), message);
});

test("of a connector's failures and lines it is told where they were, and nothing that a record may say", () => {
  const trace =
    'ConnectError: Connector "lake", task 0, VALUE_CONVERTER, topic cards, partition 1, offset 7, field number: 4111 is no date. The record: {"number":4111}.\n    at x (y.ts:1:2)\nCaused by: Error: 4111';
  assert.equal(maskedTrace(trace), "ConnectError: task 0, VALUE_CONVERTER, topic cards, partition 1, offset 7, field number: •••");
  assert.equal(
    maskedTrace("org.apache.kafka.connect.errors.DataException: 4111\nCaused by: 4111"),
    "org.apache.kafka.connect.errors.DataException: •••",
  );
  assert.equal(maskedTrace("4111"), "Error: •••");
  const fields = { connector: "lake", task: 0, stage: "TASK_PUT", topic: "cards", offset: "7", error: "4111", nested: { card: 4111 } };
  assert.deepEqual(maskedFields(fields), {
    connector: "lake",
    task: 0,
    stage: "TASK_PUT",
    topic: "cards",
    offset: "•••",
    error: "•••",
    nested: "•••",
  });
});

test("of where a source is only the names are shown, and all of where a sink is", () => {
  const source = { partition: { server: "shop" }, offset: { lsn: 17, snapshot: { table: "cards", key: ["4111"] }, last: null } };
  const sink = { partition: { kafka_topic: "t", kafka_partition: 0 }, offset: { kafka_offset: 7 } };
  assert.deepEqual(maskedOffsets([source, sink, { partition: { a: 1 }, offset: null }]), [
    { partition: { server: "shop" }, offset: { lsn: "•••", snapshot: "•••", last: "•••" } },
    sink,
    { partition: { a: 1 }, offset: null },
  ]);
});
