import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { localKeys } from "../encryption/key-provider.ts";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import type { SchemaSerde } from "../serde/schema-serde-types.ts";
import type { SchemaRule, SchemaRuleSet } from "../schema-types.ts";
import { SerdeError } from "../serdes-error.ts";
import { startServedRegistry, type ServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const failed =
  (...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, "SERDE_RULE_FAILED", error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };
const rule = (more: Partial<SchemaRule>): SchemaRule => ({ name: "r", kind: "CONDITION", mode: "WRITEREAD", type: "CEL", ...more });
const USER = { type: "record", name: "User", fields: [{ name: "name", type: "string" }] };

test("the rules of one value share one bound, and the one that passes it is named, with what to do", async () => {
  const { client: registry } = served;
  const schema = { type: "record", name: "Numbers", fields: [{ name: "all", type: { type: "array", items: "int" } }] };
  const rules = Array.from({ length: 12 }, (_, index) => rule({ name: `r${index}`, expr: "message.all.all(a, a >= 0)" }));
  const written = (count: number, topic: string): unknown =>
    avro<object>({ registry, schema, ruleSet: { domainRules: rules.slice(0, count) } }).serialize(
      { all: Array.from({ length: 900 }, (_, index) => index) },
      at(topic),
    );
  assert.ok(Buffer.isBuffer(await written(2, "few-rules")));
  const refused = async (): Promise<unknown> => written(12, "many-rules");
  await assert.rejects(refused, failed(/"r[2-6]" \(CEL\)/, /costs more than an expression may/, /ask less in the rule/));
});

test("a rule of a type that is not known is refused on its ways, in every format; one that is disabled is not", async () => {
  const { client: registry } = served;
  const writers = {
    avro: (ruleSet: SchemaRuleSet) => avro<object>({ registry, schema: USER, ruleSet }),
    json: (ruleSet: SchemaRuleSet) => jsonSchema<object>({ registry, schema: { type: "object" }, ruleSet }),
    proto: (ruleSet: SchemaRuleSet) =>
      protobuf<object>({ registry, schema: 'syntax = "proto3"; message User { string name = 1; }', ruleSet }),
  };
  const unknown = rule({ name: "magic", type: "MAGIC" });
  for (const [format, serde] of Object.entries(writers)) {
    const topic = `unknown-${format}`;
    const writing = serde({ domainRules: [unknown] }).serialize({ name: "a" }, at(topic));
    await assert.rejects(async () => writing, failed(/"magic" \(MAGIC\)/, /none that is known/));
    const encoding = serde({ encodingRules: [unknown] }).serialize({ name: "a" }, at(`${topic}-encoding`));
    await assert.rejects(async () => encoding, failed(/encoding rules/));
    const off = serde({ domainRules: [{ ...unknown, disabled: true }] });
    const bytes = await written(off.serialize({ name: "a" }, at(`${topic}-off`)));
    assert.equal(((await off.deserialize(bytes, at(`${topic}-off`), [])) as { name: string }).name, "a");
    const later = serde({ domainRules: [{ ...unknown, mode: "READ" }] });
    const unread = await written(later.serialize({ name: "a" }, at(`${topic}-read`)));
    await assert.rejects(async () => later.deserialize(unread, at(`${topic}-read`), []), failed(/"magic"/));
  }
});

const USERS = {
  type: "record",
  name: "User",
  namespace: "shop",
  fields: [
    { name: "id", type: "long" },
    { name: "age", type: "int" },
    { name: "ssn", type: ["null", "string"], default: null, "confluent:tags": ["PII"] },
    { name: "photo", type: "bytes", default: "" },
    {
      name: "lines",
      type: { type: "array", items: { type: "record", name: "Line", fields: [{ name: "iban", type: "string" }] } },
      default: [],
    },
  ],
};
const USERS_JSON = {
  type: "object",
  properties: {
    id: { type: "integer" },
    age: { type: "integer" },
    ssn: { type: ["string", "null"], maxLength: 11, "confluent:tags": ["PII"] },
    lines: { type: "array", items: { $ref: "#/$defs/line" } },
  },
  $defs: { line: { type: "object", properties: { iban: { type: "string" } } } },
};
const TAGS = { tags: { "**.iban": ["PII"], "shop.User.photo": ["PII"] } };
const USERS_PROTO = `syntax = "proto3";
package shop;
import "confluent/meta.proto";
message User {
  int64 id = 1;
  int32 age = 2;
  optional string ssn = 3 [(confluent.field_meta).tags = "PII"];
  bytes photo = 4;
  repeated Line lines = 5;
}
message Line { string iban = 1; }`;
const user = { id: 2n ** 60n, age: 17, ssn: "123-45-6789", photo: Buffer.from([1, 2]), lines: [{ iban: "DE1" }, { iban: "DE2" }] };
const person = { id: 2n ** 60n, age: 17, ssn: "123-45-6789", lines: [{ iban: "DE1" }, { iban: "DE2" }] };
/** Messages know their type; what is compared does not. */
const plain = (serde: SchemaSerde<object>): SchemaSerde<object> => ({
  ...serde,
  format: serde.format,
  serialize: serde.serialize.bind(serde),
  prepare: serde.prepare.bind(serde),
  prefetch: serde.prefetch.bind(serde),
  forStreams: serde.forStreams.bind(serde),
  async deserialize(...given) {
    const { $typeName: _, ...read } = (await serde.deserialize(...given)) as {
      $typeName: string;
      lines: readonly { iban: string }[];
      photo: Uint8Array;
    };
    return { ...read, lines: read.lines.map(({ iban }) => ({ iban })), photo: Buffer.from(read.photo) };
  },
});
const formats = [
  {
    format: "avro",
    value: user,
    open: (options: object) => avro<object>({ registry: served.client, schema: USERS, metadata: TAGS, ...options }),
  },
  {
    format: "json",
    value: person,
    open: (options: object) => jsonSchema<object>({ registry: served.client, schema: USERS_JSON, metadata: TAGS, ...options }),
  },
  {
    format: "protobuf",
    value: user,
    open: (options: object) => plain(protobuf<object>({ registry: served.client, schema: USERS_PROTO, metadata: TAGS, ...options })),
  },
];

test("conditions and transforms of CEL: whole values and fields by their tags, actions of both ways", async () => {
  for (const { format, value, open } of formats) {
    const topic = at(`cel-${format}`);
    const open1 = (more: Partial<SchemaRule>, name: string) =>
      [open({ ruleSet: { domainRules: [rule(more)] } }), at(`cel-${format}-${name}`)] as const;
    const [big, bigAt] = open1({ expr: "message.id == 1152921504606846976 && message.age + 1 == 18" }, "int64");
    const bytes = await written(big.serialize(value, bigAt));
    assert.deepEqual(await big.deserialize(bytes, bigAt, []), value);
    assert.ok(Buffer.isBuffer(big.serialize(value, bigAt)));
    assert.throws(() => big.serialize({ ...value, age: 18 }, bigAt), failed(/"r" \(CEL\)/, /condition does not hold/));

    const mask = rule({
      kind: "TRANSFORM",
      type: "CEL_FIELD",
      mode: "READ",
      tags: ["PII"],
      expr: "typeName == 'STRING' ; '***' + value.substring(0, 0)",
    });
    const noFunction = open({ ruleSet: { domainRules: [mask] } });
    const unmasked = await written(noFunction.serialize(value, topic));
    await assert.rejects(async () => noFunction.deserialize(unmasked, topic, []), failed(/"r"/));
    const [masking, maskAt] = open1({ ...mask, expr: "typeName == 'STRING' ; '***'" }, "mask");
    const masked = await masking.deserialize(await written(masking.serialize(value, maskAt)), maskAt, []);
    assert.deepEqual(masked, { ...value, ssn: "***", lines: [{ iban: "***" }, { iban: "***" }] });

    const [older, olderAt] = open1({ kind: "TRANSFORM", type: "CEL_FIELD", mode: "WRITE", expr: "name == 'age' ; value + 1" }, "older");
    assert.deepEqual(await older.deserialize(await written(older.serialize(value, olderAt)), olderAt, []), { ...value, age: 18 });

    const adult = { expr: "message.age >= 18", params: { "dlq.topic": "bad" } };
    const [dlq, dlqAt] = open1({ ...adult, onFailure: "DLQ" }, "dlq");
    await assert.rejects(
      async () => dlq.serialize(value, dlqAt),
      (error) =>
        failed(/does not hold/)(error) &&
        assert.deepEqual((error as SerdeError).rule, { name: "r", type: "CEL", action: "DLQ", dlqTopic: "bad" }) === undefined,
    );
    const [lax, laxAt] = open1({ ...adult, onFailure: "NONE,ERROR" }, "lax");
    const passed = await written(lax.serialize(value, laxAt));
    await assert.rejects(async () => lax.deserialize(passed, laxAt, []), failed(/does not hold/));
    const [told, toldAt] = open1({ expr: "true", onSuccess: "ERROR" }, "told");
    await assert.rejects(async () => told.serialize(value, toldAt), failed(/onSuccess/));
  }
});

test("what a transform makes is held against the schema before it is written", async () => {
  const rule = { name: "longer", kind: "TRANSFORM", mode: "WRITE", type: "CEL_FIELD", tags: ["PII"], expr: "value + '-and-more'" } as const;
  const users = jsonSchema<object>({ registry: served.client, schema: USERS_JSON, ruleSet: { domainRules: [rule] } });
  await assert.rejects(async () => users.serialize(person, at("longer")), /ssn/);
  assert.ok((await written(users.serialize({ ...person, ssn: "1" }, at("longer")))).length > 0);
});

test("an expression that is none, or whose cost has no bound, is refused before anything is written", async () => {
  const bad = [
    "",
    "message.age >",
    "message.lines.all(a, message.lines.exists(b, a == b))",
    `true${" || true".repeat(600)}`,
    "(".repeat(4_000),
  ];
  for (const [index, expr] of bad.entries()) {
    const serde = avro<object>({ registry: served.client, schema: USERS, ruleSet: { domainRules: [rule({ expr })] } });
    await assert.rejects(async () => serde.serialize(user, at(`bad-${index}`)), failed(/expression/));
  }
  const lines = Array.from({ length: 600 }, () => ({ iban: "x" }));
  const looped = { ruleSet: { domainRules: [rule({ expr: "message.lines.all(a, a in message.lines)" })] } };
  const large = avro<object>({ registry: served.client, schema: USERS, ...looped });
  await assert.rejects(async () => large.serialize({ ...user, lines }, at("large")), failed(/more parts/));
  await written(large.serialize(user, at("large")));
  const patient = avro<object>({
    registry: served.client,
    schema: USERS,
    ruleSet: { domainRules: [rule({ expr: "!message.ssn.matches('^(a+)+$')" })] },
  });
  await written(patient.serialize({ ...user, ssn: `${"a".repeat(5_000)}!` }, at("patient")));
});

const encrypt = (more: Partial<SchemaRule> = {}): SchemaRule =>
  rule({ name: "pii", kind: "TRANSFORM", type: "ENCRYPT", tags: ["PII"], params: { "encrypt.kek.name": "users" }, ...more });
/** Of three bytes: 3 + 1 + 7 + 2 + 60 + 12 + 3 + 16 bytes, in base64. */
const SEALED_CHARS = 140;
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

test("tagged fields travel encrypted, and come back by any serde with the key; what is rotated stays readable", async () => {
  for (const { format, value, open } of formats) {
    const ruleSet = { domainRules: [encrypt(), rule({ name: "clear", expr: "message.ssn.startsWith('123')" })] };
    const topic = at(`sealed-${format}`);
    const old = open({ ruleSet, keys: localKeys({ keys: { "users-1": OLD }, current: { users: "users-1" } }) });
    const bytes = await written(old.serialize(value, topic));
    for (const clear of ["123-45", "DE1", "DE2"]) assert.ok(!bytes.includes(clear), clear);
    assert.ok(Buffer.isBuffer(old.serialize(value, topic)), "the next one need not wait");
    assert.deepEqual(
      await open({ ruleSet, keys: localKeys({ keys: { "users-1": OLD, "users-2": NEW }, current: { users: "users-2" } }) }).deserialize(
        bytes,
        topic,
        [],
      ),
      value,
    );
    const other = open({ ruleSet, keys: localKeys({ keys: { "users-2": NEW }, current: { users: "users-2" } }) });
    await assert.rejects(async () => other.deserialize(bytes, topic, []), failed(/"pii"/, /users-1/, /\/ssn/));
    const wrong = open({ ruleSet, keys: localKeys({ keys: { "users-1": NEW }, current: { users: "users-1" } }) });
    await assert.rejects(async () => wrong.deserialize(bytes, topic, []), failed(/"pii"/, /users-1/, /\/ssn/));
    await assert.rejects(async () => open({ ruleSet }).deserialize(bytes, topic, []), failed(/"keys"/));
    await assert.rejects(async () => open({ ruleSet }).serialize(value, topic), failed(/"keys"/));
    await assert.rejects(async () => old.deserialize(bytes, at("elsewhere"), []), failed(/subject/, /elsewhere-value/));
    // What is sealed for a field, an element of a list too, is nothing in another's place.
    const starts = [...bytes.toString("latin1").matchAll(/T0YB/g)].slice(-2).map(({ index }) => index);
    const [first, second] = starts.map((start) => Buffer.from(bytes.subarray(start, start + SEALED_CHARS)));
    const moved = Buffer.from(bytes);
    moved.set(second!, starts[0]);
    moved.set(first!, starts[1]);
    await assert.rejects(async () => old.deserialize(moved, topic, []), failed(/"pii"/, /another field/, /\/lines\/0\/iban/));
    const header = open({ ruleSet, idIn: "header", keys: localKeys({ keys: { "users-1": OLD }, current: { users: "users-1" } }) });
    const headers: { key: string; value: Buffer }[] = [];
    const bare = await header.serialize(value, topic, { set: (key, id) => headers.push({ key, value: id }) });
    assert.deepEqual(await header.deserialize(Buffer.from(bare as Buffer), topic, headers), value);
  }
});

test("what would go out in the clear is refused: fields that cannot be sealed, keys that cannot be had, contracts that say too little", async () => {
  const { client: registry } = served;
  const keys = localKeys({ keys: { k: OLD }, current: { users: "k" } });
  const write = (topic: string, more: Partial<SchemaRule>, tags: Readonly<Record<string, readonly string[]>> = TAGS.tags) =>
    written(
      avro<object>({ registry, schema: USERS, metadata: { tags }, ruleSet: { domainRules: [encrypt(more)] }, keys }).serialize(
        user,
        at(topic),
      ),
    );
  await assert.rejects(write("int", {}, { "**.age": ["PII"] }), failed(/\/age/, /INT/));
  await assert.rejects(write("record", {}, { "shop.*.lines": ["PII"] }), failed(/\/lines/, /RECORD/));
  await assert.rejects(write("name", { params: { "encrypt.kek.name": "others" } }), failed(/\/ssn/, /others/));
  await assert.rejects(write("none", { onFailure: "NONE" }), failed(/in the clear/));
  await assert.rejects(write("tags", { tags: [] }), failed(/no tags/));
  await assert.rejects(write("kek", { params: {} }), failed(/encrypt.kek.name/));
  const anchored = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    properties: { a: { $ref: "#part" } },
    $defs: { part: { $anchor: "part" } },
  };
  const ruleSet = { domainRules: [encrypt()] };
  const asked = jsonSchema<object>({ registry, schema: anchored, ruleSet, keys }).serialize({ a: "x" }, at("anchored"));
  await assert.rejects(async () => asked, failed(/"#part"/));
  let isDown = true;
  const flaky = {
    wrap: (key: Uint8Array, name: string) => (isDown ? Promise.reject(new Error("the KMS is away")) : keys.wrap(key, name)),
    unwrap: keys.unwrap,
  };
  const serde = avro<object>({ registry, schema: USERS, metadata: TAGS, ruleSet, keys: flaky });
  await assert.rejects(async () => serde.serialize(user, at("flaky")), failed(/the KMS is away/, /users/));
  isDown = false;
  assert.deepEqual(await serde.deserialize(await written(serde.serialize(user, at("flaky"))), at("flaky"), []), user);
  const wider = { ...USERS, fields: USERS.fields.filter(({ name }) => name !== "photo") };
  assert.deepEqual(
    await avro<object>({ registry, schema: wider, keys }).deserialize(await written(serde.serialize(user, at("flaky"))), at("flaky"), []),
    { ...person },
  );
});
