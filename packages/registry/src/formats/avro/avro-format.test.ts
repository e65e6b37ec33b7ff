import assert from "node:assert/strict";
import { test } from "node:test";
import { type Difference, MAX_DIFFERENCES } from "../../compatibility/difference.ts";
import { avroFormat, type ParsedAvro, parseAvroSource } from "./avro-format.ts";
import { avroSituations } from "./avro-situations.ts";

const parseText = (schema: string): ParsedAvro => parseAvroSource({ schema, resolved: [] });
const parse = (schema: unknown, resolved: readonly [string, unknown][] = []): ParsedAvro =>
  parseAvroSource({
    schema: JSON.stringify(schema),
    resolved: resolved.map(([name, written]) => ({ name, schema: JSON.stringify(written) })),
  });
const told = (differences: readonly Difference[]): readonly string[] => differences.map(({ kind, path }) => `${kind} ${path}`);
const record = (fields: readonly unknown[], name = "R"): object => ({ type: "record", name, fields });

test("each change breaks what the table says", () => {
  for (const { name, older, newer, backward, forward } of avroSituations) {
    const [old, fresh] = [parse(older), parse(newer)];
    const found = { name, backward: told(fresh.problemsReading(old)), forward: told(old.problemsReading(fresh)) };
    assert.deepEqual(found, { name, backward, forward });
  }
});

test("a schema fits itself, whatever refers to what", () => {
  for (const { older, newer } of avroSituations) {
    for (const schema of [parse(older), parse(newer)]) assert.deepEqual(told(schema.problemsReading(parseText(schema.canonical))), []);
  }
});

test("printed text is a schema with the same text", () => {
  for (const { older, newer } of avroSituations) {
    for (const { canonical, normalized } of [parse(older), parse(newer)]) {
      assert.equal(parseText(canonical).canonical, canonical);
      assert.equal(parseText(normalized).normalized, normalized);
    }
  }
});

test("printed text keeps docs, defaults, aliases and properties, in Java's order", () => {
  const text = `{ "fields": [ {"q":1, "doc":"d", "aliases":["z"], "order":"IGNORE", "default":9223372036854775807, "type":"long", "name":"l"},
      {"name":"p","type":{"namespace":"n","name":"P","type":"enum","symbols":["A"],"default":"A","doc":"e"}}, {"name":"again","type":"n.P","order":"ascending","aliases":[]} ],
    "b": {"y":1.50,"x":[]}, "a": 1, "aliases": ["Old","o.Older"], "doc": "D", "name": "x.y.R", "namespace": "ignored", "type": "record" }`;
  const fields =
    '{"name":"l","type":"long","doc":"d","default":9223372036854775807,"order":"ignore","aliases":["z"],"q":1},' +
    '{"name":"p","type":{"type":"enum","name":"P","namespace":"n","doc":"e","symbols":["A"],"default":"A"}},{"name":"again","type":"n.P"}';
  const head = `{"type":"record","name":"R","namespace":"x.y","doc":"D","fields":[${fields}]`;
  const { canonical, normalized } = parseText(text);
  assert.equal(canonical, `${head},"b":{"y":1.50,"x":[]},"a":1,"aliases":["Old","o.Older"]}`);
  assert.equal(normalized, `${head},"a":1,"b":{"x":[],"y":1.50},"aliases":["Old","o.Older"]}`);
});

test("names of referenced schemas are used and never printed whole", () => {
  const user = record(
    [
      { name: "home", type: "a.Address" },
      { name: "work", type: ["null", "a.Address"] },
    ],
    "User",
  );
  const address = { type: "record", name: "a.Address", fields: [{ name: "zip", type: "string" }] };
  const parsed = parse(user, [["a.Address", address]]);
  assert.equal(
    parsed.canonical,
    '{"type":"record","name":"User","fields":[{"name":"home","type":"a.Address"},{"name":"work","type":["null","a.Address"]}]}',
  );
  const wider = parse(user, [["a.Address", { ...address, fields: [...address.fields, { name: "city", type: "string" }] }]]);
  assert.deepEqual(told(wider.problemsReading(parsed)), [
    "READER_FIELD_MISSING_DEFAULT_VALUE /fields/0/type/fields/1",
    "MISSING_UNION_BRANCH /fields/1/type/1",
  ]);
  assert.throws(() => parse(user), { code: "REGISTRY_INVALID_SCHEMA", path: "/fields/0/type" });
  assert.throws(() => parse(user, [["a.Address", { type: "record" }]]), /The reference "a.Address" cannot be used/);
});

test("what is no schema is refused with its place", () => {
  const bad: [unknown, string, RegExp][] = [
    [1, "", /a type is a name, an object or a list of types/],
    [{}, "", /an object without "type"/],
    ["nil", "", /"nil" is no type of Avro/],
    [{ type: { type: "string" } }, "/type", /take one level of "type" out/],
    [["int", "int"], "/1", /"int" comes twice in a union/],
    [["int", ["null"]], "/1", /a union directly inside of a union/],
    [{ type: "array" }, "", /"items" is missing/],
    [{ type: "map", values: "x" }, "/values", /"x" is no type/],
    [{ type: "record", fields: [] }, "", /a named type without "name"/],
    [{ type: "record", name: "a-b", fields: [] }, "", /"a-b" is no name of a type/],
    [{ type: "record", name: "R", namespace: "a.1", fields: [] }, "", /"a.1" is no name of a namespace/],
    [{ type: "record", name: "int", fields: [] }, "", /"int" is a type of Avro/],
    [{ type: "record", name: "R" }, "", /"fields" of a record is a list/],
    [record(["a"]), "/fields/0", /a field is an object/],
    [record([{ type: "int" }]), "/fields/0", /a field without "name"/],
    [record([{ name: "a" }]), "/fields/0", /the field "a" has no "type"/],
    [
      record([
        { name: "a", type: "int" },
        { name: "a", type: "int" },
      ]),
      "/fields/1",
      /the field "a" comes twice/,
    ],
    [record([{ name: "a", type: "int", order: "up" }]), "/fields/0/order", /not "up"/],
    [record([{ name: "a", type: "int", default: 2 ** 31 }]), "/fields/0/default", /the default of the field "a" is no value/],
    [record([{ name: "a", type: "R", default: {} }]), "/fields/0/default", /the default of the field "a" is no value/],
    [
      record([{ name: "a", type: record([{ name: "b", type: "int" }], "B"), default: {} }]),
      "/fields/0/default",
      /default of the field "a"/,
    ],
    [record([{ name: "a", type: record([], "R") }]), "/fields/0/type", /"R" is defined a second time/],
    [{ type: "enum", name: "E", symbols: ["A", "A"] }, "/symbols/1", /the symbol "A" comes twice/],
    [{ type: "enum", name: "E", symbols: ["a b"] }, "/symbols/0", /"a b" is no name of a symbol/],
    [{ type: "enum", name: "E", symbols: "A" }, "/symbols", /"symbols" is a list of texts/],
    [{ type: "enum", name: "E", symbols: ["A"], default: "B" }, "/default", /the default "B" is none of the symbols/],
    [{ type: "fixed", name: "F", size: -1 }, "", /"size" of a fixed/],
    [{ type: "fixed", name: "F", size: 1.5 }, "", /"size" of a fixed/],
  ];
  assert.throws(() => parseText("{"), /it is no JSON: a key in double quotes is missing at line 1, column 2/);
  assert.throws(() => parseText("int"), /it is no JSON/);
  for (const [schema, path, message] of bad) {
    assert.throws(() => parse(schema), { name: "RegistryError", code: "REGISTRY_INVALID_SCHEMA", path, message }, JSON.stringify(schema));
  }
});

test("keys that mean something to JavaScript are keys", () => {
  const text =
    '{"type":"record","name":"R","fields":[{"name":"__proto__","type":"int","constructor":1},{"name":"constructor","type":"int"}],"__proto__":{"x":1}}';
  assert.equal(parseText(text).canonical, text);
  assert.deepEqual(told(parseText(text).problemsReading(parse(record([])))).length, 2);
});

test("defaults that stand for each other twice at each level are looked at once", () => {
  const levels = 60;
  const fields = (level: number): object[] =>
    ["l", "r"].map((name) => ({ name, type: level === levels ? "int" : `L${level + 1}`, default: level === levels ? 0 : {} }));
  const all = Array.from({ length: levels }, (_each, level) => record(fields(level + 1), `L${level + 1}`)).reverse();
  assert.equal(parse([...all, record(fields(0))]).root.kind, "union");
});

test("types that name each other to any depth are compared or refused, never a full stack", () => {
  const chain = (length: number, end: string): unknown[] => {
    const one = (index: number): object => record([{ name: "next", type: index === 0 ? end : ["null", `C${index - 1}`] }], `C${index}`);
    return Array.from({ length }, (_each, index) => one(index));
  };
  assert.ok(parse(chain(200, "string")).problemsReading(parse(chain(200, "int"))).length > 0);
  assert.throws(() => parse(chain(20_000, "string").reverse()), {
    code: "REGISTRY_INVALID_SCHEMA",
    message: /more than 250 named types inside each other/,
  });
  const long = parse(chain(20_000, "string"));
  const deep = parse(record([{ name: "last", type: "C19999" }]), [["all", chain(20_000, "int")]]);
  const other = parse(record([{ name: "last", type: "C19999" }]), [["all", chain(20_000, "string")]]);
  assert.throws(() => deep.problemsReading(other), { code: "REGISTRY_SCHEMA_TOO_LARGE" });
  assert.equal(long.root.kind, "union");
});

test("no more differences are told than a person reads", () => {
  const fields = (type: string): object[] => Array.from({ length: 5_000 }, (_each, index) => ({ name: `f${index}`, type }));
  assert.equal(parse(record(fields("int"))).problemsReading(parse(record(fields("string")))).length, MAX_DIFFERENCES);
  assert.equal(parse(record(fields("int"))).problemsReading(parse(record([]))).length, MAX_DIFFERENCES);
});

test("unions of thousands of names are compared by their names: all pairs of them would fill the memory", () => {
  const union = (prefix: string, size: number): unknown[] =>
    Array.from({ length: 8_000 }, (_each, at) => ({ type: "fixed", name: `${prefix}${at}`, size }));
  const [reader, writer] = [parse(union("F", 1)), parse(union("G", 1))];
  const found = reader.problemsReading(writer);
  assert.deepEqual([found.length, found[0]?.kind], [MAX_DIFFERENCES, "MISSING_UNION_BRANCH"]);
  assert.deepEqual(told(reader.problemsReading(reader)), []);
});

test("the format is known under the name that registries give it", () => {
  assert.equal(avroFormat.type, "AVRO");
  assert.equal(avroFormat.parse({ schema: '"int"', resolved: [] }).canonical, '"int"');
});
