import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalFromText } from "../../data/decimal.ts";
import { decimalSchema, timestampSchema } from "../../data/logical-types.ts";
import { array, makeSchema, map, plain, struct } from "../../data/make-schema.ts";
import { sameSchema, sameValue } from "../../data/same-schema.ts";
import type { Converter } from "../../plugin/converter-plugin.ts";
import type { SchemaAndValue } from "../../data/schema.ts";
import { jsonConverter } from "./json-converter.ts";

interface Settings {
  readonly schemas?: boolean;
  readonly cache?: number;
  readonly decimals?: "BASE64" | "NUMERIC";
  readonly defaults?: boolean;
}

const open = ({ schemas = true, cache = 10, decimals = "BASE64", defaults = true }: Settings = {}): Converter =>
  jsonConverter.open(
    { "schemas.enable": schemas, "schemas.cache.size": cache, "decimal.format": decimals, "replace.null.with.default": defaults },
    { part: "value" },
  ) as Converter;
const write = (converter: Converter, data: SchemaAndValue): string | null =>
  (converter.fromConnect("t", data, []) as Buffer | null)?.toString("utf8") ?? null;
const read = (converter: Converter, text: string): SchemaAndValue => converter.toConnect("t", Buffer.from(text), []) as SchemaAndValue;

const order = struct(
  {
    id: plain("int64"),
    name: plain("string", true),
    price: decimalSchema(2),
    at: timestampSchema({ optional: true }),
    tags: array(plain("string")),
    rates: map(plain("int32"), plain("double")),
    names: map(plain("string"), plain("int8", true)),
    raw: plain("bytes"),
  },
  { name: "shop.Order", version: 3, doc: "an order" },
);
const value = {
  id: 9_007_199_254_740_993n,
  name: 'a\u0001 "b" \\u0001',
  price: decimalFromText("12.50"),
  at: new Date(5),
  tags: ["x"],
  rates: new Map([
    [1, 1],
    [2, 1e10],
  ]),
  names: new Map([["a", null]]),
  raw: Buffer.from([1, 2, 3]),
};

test("an envelope has the schema and the value, byte for byte as Apache Connect writes it", () => {
  assert.equal(
    write(open(), { schema: order, value }),
    '{"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"id"},{"type":"string","optional":true,"field":"name"},{"type":"bytes","optional":false,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"},"field":"price"},{"type":"int64","optional":true,"name":"org.apache.kafka.connect.data.Timestamp","version":1,"field":"at"},{"type":"array","items":{"type":"string","optional":false},"optional":false,"field":"tags"},{"type":"map","keys":{"type":"int32","optional":false},"values":{"type":"double","optional":false},"optional":false,"field":"rates"},{"type":"map","keys":{"type":"string","optional":false},"values":{"type":"int8","optional":true},"optional":false,"field":"names"},{"type":"bytes","optional":false,"field":"raw"}],"optional":false,"name":"shop.Order","version":3,"doc":"an order"},"payload":{"id":9007199254740993,"name":"a\\u0001 \\"b\\" \\\\u0001","price":"BOI=","at":5,"tags":["x"],"rates":[[1,1.0],[2,1.0E10]],"names":{"a":null},"raw":"AQID"}}',
  );
});

test("what is written comes back, the schema as one object for all records of it, and whole numbers with every digit", () => {
  for (const decimals of ["BASE64", "NUMERIC"] as const) {
    const converter = open({ decimals });
    const text = write(converter, { schema: order, value })!;
    const first = read(converter, text);
    assert.ok(sameSchema(first.schema, order));
    assert.ok(sameValue(first.value, value));
    assert.equal(read(converter, text).schema, first.schema);
  }
});

test("an envelope that others wrote is read: spaces, the payload first", () => {
  const { schema, value: payload } = read(
    open(),
    ' { "payload" : {"a": 9007199254740993} , "schema" : {"type":"struct","fields":[{"field":"a","type":"int64"}]} } ',
  );
  assert.equal(schema?.type, "struct");
  assert.deepEqual(payload, { a: 9_007_199_254_740_993n });
  assert.deepEqual(read(open(), '{"schema":null,"payload":[1,12345678901234567890,1.5]}'), {
    schema: undefined,
    value: [1, 12_345_678_901_234_567_890n, 1.5],
  });
});

test("null is null bytes without a schema, a text with one, and a default where the field has one", () => {
  assert.equal(write(open(), { value: null }), null);
  assert.equal(
    write(open(), { schema: plain("string", true), value: null }),
    '{"schema":{"type":"string","optional":true},"payload":null}',
  );
  assert.deepEqual(open().toConnect("t", null, []), { schema: undefined, value: null });
  const schema = struct({ a: makeSchema({ type: "int32", optional: true, defaultValue: 7 }) });
  assert.match(write(open(), { schema, value: {} })!, /"payload":\{"a":7\}\}$/);
  const kept = open({ defaults: false });
  const text = write(kept, { schema, value: {} })!;
  assert.match(text, /"payload":\{"a":null\}\}$/);
  assert.deepEqual(read(kept, text).value, { a: null });
  assert.deepEqual(read(open(), text).value, { a: 7 });
});

test("without schemas a record is plain JSON", () => {
  const converter = open({ schemas: false });
  assert.equal(write(converter, { schema: order, value })!.slice(0, 27), '{"id":9007199254740993,"nam');
  assert.deepEqual(read(converter, '{"a":{"b":[null,true,"x",9007199254740993]}}'), {
    schema: undefined,
    value: { a: { b: [null, true, "x", 9_007_199_254_740_993n] } },
  });
  assert.equal(write(converter, { value: { a: 9_007_199_254_740_993n, b: [1.5, null] } }), '{"a":9007199254740993,"b":[1.5,null]}');
});

test("what is no record names the field, or says what to set", () => {
  assert.throws(() => read(open(), '{"a":1}'), { code: "CONNECT_DATA", message: /schemas\.enable=false/ });
  assert.throws(() => read(open(), "hello"), { code: "CONNECT_DATA", message: /no JSON/ });
  assert.throws(() => open().toConnect("t", Buffer.from([0, 0, 0, 0, 1, 0xff]), []), { code: "CONNECT_DATA" });
  const text = write(open(), { schema: order, value })!;
  assert.throws(() => read(open(), text.replace('"tags":["x"]', '"tags":["x",5]')), { message: /^At tags\[1\]: 5 is no value of string/ });
  assert.throws(() => read(open(), text.replace(/\}$/, ',"more":1}')), { code: "CONNECT_DATA" });
  assert.throws(() => write(open(), { schema: order, value: { ...value, price: decimalFromText("1.234") } }), { message: /^At price: / });
  assert.throws(() => write(open(), { schema: order, value: { ...value, id: null } }), { message: /^At id: null/ });
});

test("schemas that records bring are kept up to a bound, and one more makes room", () => {
  const converter = open({ cache: 2 });
  const texts = ["a", "b", "c"].map((name) => write(converter, { schema: struct({ [name]: plain("int8") }), value: { [name]: 1 } })!);
  const schemas = texts.map((text) => read(converter, text).schema);
  assert.equal(read(converter, texts[2]!).schema, schemas[2]);
  assert.equal(read(converter, texts[1]!).schema, schemas[1]);
  assert.notEqual(read(converter, texts[0]!).schema, schemas[0]);
  assert.deepEqual(read(converter, texts[0]!).value, { a: 1 });
});

test("a decimal that is a number keeps its scale, and long numbers are told from texts that look like them", () => {
  const decimals = open({ decimals: "NUMERIC" });
  const price = struct({ price: decimalSchema(2), id: plain("int64"), note: plain("string") });
  for (const text of ["5.00", "5", "12.50", "-0.01"]) {
    const given = { price: decimalFromText(text), id: 9_007_199_254_740_993n, note: "9007199254740993" };
    assert.ok(sameValue(read(decimals, write(decimals, { schema: price, value: given })!).value, given), text);
  }
  const plainJson = open({ schemas: false });
  const numbers =
    '[12345678901234567890,-12345678901234567,1234567890123456,0.12345678901234567,1e300,"12345678901234567890","a\\"12345678901234567890"]';
  assert.deepEqual(read(plainJson, numbers).value, [
    12_345_678_901_234_567_890n,
    -12_345_678_901_234_567n,
    1_234_567_890_123_456,
    Number("0.12345678901234567"),
    1e300,
    "12345678901234567890",
    'a"12345678901234567890',
  ]);
  assert.deepEqual(read(plainJson, '["\uf8ff#1234567890123456789",1234567890123456789]').value, [
    "\uf8ff#1234567890123456789",
    1_234_567_890_123_456_789n,
  ]);
  assert.deepEqual(read(plainJson, '["\\uf8ff#1234567890123456789",1234567890123456789]').value, [
    "\uf8ff#1234567890123456789",
    1_234_567_890_123_456_789n,
  ]);
  assert.deepEqual(read(plainJson, '["\\uF8FF#1234567890123456789",1234567890123456789]').value, [
    "\uf8ff#1234567890123456789",
    1_234_567_890_123_456_789n,
  ]);
});

test("of a name that stands in an object twice the last value counts, as Jackson has it, wherever it stands", () => {
  const plainJson = open({ schemas: false });
  const first = '{"a":1,"b":2}';
  const twice = '{"a":1,"b":2,"a":3}';
  // The shape of the first is what the next are expected to have.
  assert.deepEqual([read(plainJson, first).value, read(plainJson, first).value], [JSON.parse(first), JSON.parse(first)]);
  assert.deepEqual(read(plainJson, twice).value, { a: 3, b: 2 });
  assert.deepEqual(read(plainJson, '{"a":{"x":1},"a":{"y":9007199254740993,"y":2}}').value, { a: { y: 2 } });

  const converter = open();
  const schema = struct({ a: plain("int64"), b: map(plain("string"), plain("int32")) });
  const envelope = (payload: string): string =>
    write(converter, { schema, value: { a: 0n, b: new Map() } })!.replace('{"a":0,"b":{}}', payload);
  assert.deepEqual(read(converter, envelope('{"a":1,"b":{"x":1,"y":2,"x":3}}')).value, {
    a: 1n,
    b: new Map([
      ["x", 3],
      ["y", 2],
    ]),
  });
  assert.deepEqual(read(converter, envelope('{"a":1,"b":{},"a":9007199254740993}')).value, { a: 9_007_199_254_740_993n, b: new Map() });
  for (const [text, value, type] of [
    ['{"schema":{"type":"int32"},"payload":1,"payload":2}', 2, "int32"],
    ['{"schema":{"type":"int32"},"schema":{"type":"string"},"payload":"x"}', "x", "string"],
    ['{"schema":{"type":"int32"},"payload":1,"schema":{"type":"int64"}}', 1n, "int64"],
  ] as const)
    assert.deepEqual([read(converter, text).value, read(converter, text).schema?.type], [value, type]);
  assert.throws(() => read(converter, '{"schema":{"type":"int32"},"payload":1,"more":2}'), /nothing besides/);
  assert.throws(() => read(converter, '{"schema":{"type":"int32"},"payload":1}}'), /It is no JSON/);
  assert.throws(() => read(converter, '{"schema":{"type":"int32"},"payload":"x"}'), /"x" is no value of int32/);
});
