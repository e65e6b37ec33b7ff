import assert from "node:assert/strict";
import { test } from "node:test";
import { type Difference, MAX_DIFFERENCES } from "../../compatibility/difference.ts";
import type { ParsedSchema } from "../schema-format.ts";
import { loadJsonSchemaFormat } from "./json-schema-format.ts";
import { jsonSchemaSituations } from "./json-schema-situations.ts";

const format = await loadJsonSchemaFormat();
const parseText = (schema: string): ParsedSchema => format.parse({ schema, resolved: [] });
const parse = (schema: unknown, resolved: readonly [string, unknown][] = []): ParsedSchema =>
  format.parse({
    schema: JSON.stringify(schema),
    resolved: resolved.map(([name, written]) => ({ name, schema: JSON.stringify(written) })),
  });
const told = (differences: readonly Difference[]): readonly string[] => differences.map(({ kind, path }) => `${kind} ${path}`);
const closed = (properties: object): object => ({ type: "object", properties, additionalProperties: false });

test("each change of a JSON Schema breaks what the table says", () => {
  assert.ok(jsonSchemaSituations.length >= 250);
  for (const { name, older, newer, backward, forward } of jsonSchemaSituations) {
    const [old, fresh] = [parse(older), parse(newer)];
    const found = { name, backward: told(fresh.problemsReading(old)), forward: told(old.problemsReading(fresh)) };
    assert.deepEqual(found, { name, backward, forward });
  }
});

test("a JSON Schema fits itself, and its printed text is the same schema", () => {
  for (const { name, older, newer } of jsonSchemaSituations) {
    for (const schema of [parse(older), parse(newer)]) {
      assert.deepEqual(told(schema.problemsReading(parseText(schema.canonical))), [], name);
      assert.deepEqual(told(parseText(schema.normalized).problemsReading(schema)), [], name);
      assert.equal(parseText(schema.canonical).canonical, schema.canonical);
    }
  }
});

test("canonical text keeps the order of keys, normalised text sorts them", () => {
  const { canonical, normalized } = parseText(
    '{ "type": "object", "__proto__": {"b": 1.50, "2": 9223372036854775807}, "additionalProperties": false }',
  );
  assert.equal(canonical, '{"type":"object","__proto__":{"b":1.50,"2":9223372036854775807},"additionalProperties":false}');
  assert.equal(normalized, '{"__proto__":{"2":9223372036854775807,"b":1.50},"additionalProperties":false,"type":"object"}');
});

test("the surprise of open content models is explained, with the remedy", () => {
  const [old, fresh] = [{ type: "object" }, { type: "object", properties: { b: { type: "string" } } }];
  const found = parse(fresh).problemsReading(parse(old));
  assert.deepEqual(found, [
    {
      kind: "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
      path: "/properties/b",
      message:
        'The reader asks for a schema of the property "b", which the writer does not name. Schemas without "additionalProperties": false have an open content model: data written by the other schema may already hold anything under this name. Close the model in the first version ("additionalProperties": false), or set compatibilityPolicy to LENIENT.',
      reader: '{"type":"string"}',
      writer: '{"type":"object"}',
    },
  ]);
});

test("LENIENT takes optional properties in open models, properties taken out, and models that close", () => {
  const open = (properties: object, more: object = {}): object => ({ type: "object", properties, ...more });
  const takes = (reader: object, writer: object): readonly string[] => told(parse(reader).problemsReading(parse(writer), "LENIENT"));
  assert.deepEqual(takes(open({ a: { type: "string" } }), open({})), []);
  assert.deepEqual(takes(closed({}), closed({ a: { type: "string" } })), []);
  assert.deepEqual(takes(closed({}), open({})), []);
  assert.deepEqual(takes(open({}, { additionalProperties: { type: "string" } }), open({})), []);
  assert.deepEqual(takes(open({ a: { type: "string" } }, { required: ["a"] }), open({})), ["REQUIRED_ATTRIBUTE_ADDED /required/0"]);
  assert.deepEqual(takes(open({ a: { type: "string" } }), open({ a: { type: "integer" } })), ["TYPE_CHANGED /properties/a/type"]);
});

test("other subjects' schemas are used by name and never put in", () => {
  const user = closed({ home: { $ref: "address.json" }, zip: { $ref: "address.json#/properties/zip" } });
  const address = (type: string): object => ({ $id: "https://example.com/address", ...closed({ zip: { type } }) });
  const old = parse(user, [["address.json", address("integer")]]);
  assert.equal(old.canonical, JSON.stringify(user));
  const wider = parse(user, [["address.json", address("number")]]);
  assert.deepEqual(told(wider.problemsReading(old)), []);
  assert.deepEqual(told(old.problemsReading(wider)), ["TYPE_NARROWED address.json#/properties/zip/type"]);
  parse(closed({ home: { $ref: "https://example.com/address" } }), [["address.json", address("string")]]);
  assert.throws(() => parse(user), { code: "REGISTRY_UNKNOWN_REFERENCE", message: /"address.json" is not there. Nothing is fetched/ });
  assert.throws(() => parse({ $ref: "#/definitions/Z" }), { code: "REGISTRY_UNKNOWN_REFERENCE", path: "" });
  assert.throws(() => parse(user, [["address.json", { type: 1 }]]), /The reference "address.json" cannot be used/);
});

test("what is no JSON Schema is refused with its place", () => {
  const bad: [unknown, string, RegExp][] = [
    [1, "", /a schema is an object, true or false/],
    [{ type: "strin" }, "/type", /draft-07/],
    [{ properties: { a: { maxLength: -1 } } }, "/properties/a/maxLength", />= 0/],
    [{ enum: [1, 2, 1.0] }, "/enum/2", /comes twice/],
    [{ enum: ["1", 1, "a", '"a"', "1"] }, "/enum/4", /comes twice/],
    [{ $schema: "http://json-schema.org/draft-04/schema#", minimum: 1, exclusiveMinimum: 1 }, "/exclusiveMinimum", /boolean \(draft-04\)/],
    [{ $schema: "http://json-schema.org/draft-06/schema#", required: "a" }, "/required", /array \(draft-06\)/],
    [{ $schema: "https://json-schema.org/draft/2019-09/schema", allOf: [] }, "/allOf", /fewer than 1/],
    [{ $schema: "https://json-schema.org/draft/2020-12/schema", items: [{}] }, "/items", /object,boolean/],
    [
      { $ref: "#/definitions/A", definitions: { A: { $ref: "#/definitions/B" }, B: { $ref: "#/definitions/A" } } },
      "",
      /in a circle, to no schema/,
    ],
  ];
  for (const [schema, path, message] of bad) {
    assert.throws(() => parse(schema), { name: "RegistryError", code: "REGISTRY_INVALID_SCHEMA", path, message }, JSON.stringify(schema));
  }
  assert.throws(() => parseText("{"), /it is no JSON: a key in double quotes is missing at line 1, column 2/);
});

test("a pair that was held to fit further up and does not is not held to fit elsewhere", () => {
  // While the first branch looks at N, M is found to fit as far as N does; N does not, and the second branch asks M alone.
  const definitions = (type: string): object => ({
    N: closed({ other: { $ref: "#/definitions/M" }, value: { type } }),
    M: closed({ back: { $ref: "#/definitions/N" } }),
  });
  const [n, m] = [{ n: { $ref: "#/definitions/N" } }, { m: { $ref: "#/definitions/M" } }];
  const reader = { anyOf: [{ properties: n }, { properties: m }], definitions: definitions("string") };
  const writer = { ...closed({ ...n, ...m }), definitions: definitions("integer") };
  assert.deepEqual(told(parse(reader).problemsReading(parse(writer))), ["COMBINED_TYPE_CHANGED /anyOf"]);
});

test("what a pattern or another part may say of a place is not taken for nothing", () => {
  const writer = { type: "object", patternProperties: { "^[a-z]+$": { type: "integer" } }, additionalProperties: false };
  const reader = { type: "object", properties: { a: { type: "string" } } };
  assert.deepEqual(told(parse(reader).problemsReading(parse(writer))), ["PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL /properties/a"]);
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  const parts = { $schema, allOf: [{ prefixItems: [{ type: "string" }] }], unevaluatedItems: { type: "integer" } };
  const whole = { $schema, prefixItems: [{ type: "integer" }] };
  assert.deepEqual(told(parse(whole).problemsReading(parse(parts))), ["TYPE_CHANGED /prefixItems/0/type"]);
});

test("schemas that refer to each other twice at each level, deep and wide ones are compared once or refused", () => {
  const doubling = (type: string, keyword: string): object => {
    const levels = Array.from({ length: 60 }, (_each, level): [string, object] => [
      `L${level}`,
      level === 59 ? { type } : { [keyword]: [{ $ref: `#/definitions/L${level + 1}` }, { $ref: `#/definitions/L${level + 1}` }] },
    ]);
    return { $ref: "#/definitions/L0", definitions: Object.fromEntries(levels) };
  };
  assert.deepEqual(told(parse(doubling("string", "allOf")).problemsReading(parse(doubling("string", "allOf")))), []);
  const bounded = (reader: object, writer: object): void => {
    try {
      assert.ok(parse(reader).problemsReading(parse(writer)).length <= MAX_DIFFERENCES);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "REGISTRY_SCHEMA_TOO_LARGE");
    }
  };
  for (const keyword of ["allOf", "anyOf", "oneOf"]) bounded(doubling("string", keyword), doubling("integer", keyword));
  const wide = (type: string): object =>
    closed(Object.fromEntries(Array.from({ length: 2_000 }, (_each, index) => [`f${index}`, { type }])));
  assert.equal(parse(wide("string")).problemsReading(parse(wide("integer"))).length, MAX_DIFFERENCES);
  const deep = (type: string): string => `${'{"items":'.repeat(400)}{"type":"${type}"}${"}".repeat(400)}`;
  assert.throws(() => parseText(deep("string")).problemsReading(parseText(deep("integer"))), { code: "REGISTRY_SCHEMA_TOO_LARGE" });
  assert.throws(() => parse({ allOf: Array.from({ length: 10_000 }, () => ({})) }), { code: "REGISTRY_SCHEMA_TOO_LARGE" });
  const listed = { enum: Array.from({ length: 20_000 }, (_each, index) => index) };
  assert.deepEqual(told(parse(listed).problemsReading(parse(listed))), []);
  const slow = {
    propertyNames: { pattern: "^(a+)+$" },
    patternProperties: { "^(a+)+$": { type: "string" } },
    properties: { [`${"a".repeat(50)}!`]: {} },
  };
  assert.deepEqual(told(parse(slow).problemsReading(parse(slow))), []);
});
