import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@ottla/base/node";
import type { SerdeContext } from "@ottla/client";
import { z } from "zod";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import type { SchemaRule } from "../schema-types.ts";
import type { SchemaSerde } from "../serde/schema-serde-types.ts";
import { SerdeError } from "../serdes-error.ts";
import { startServedRegistry, type ServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify({ ...(value as object), $typeName: undefined }));
const rule = (more: Partial<SchemaRule>): SchemaRule => ({ name: "r", kind: "TRANSFORM", mode: "UPGRADE", type: "CEL", ...more });
const failed =
  (...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, "SERDE_RULE_FAILED", error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

interface Contract {
  readonly open: (version: number, migrationRules?: readonly SchemaRule[], more?: object) => SchemaSerde<object>;
}
/** Version 1 has `name`, version 2 `first` and `age`, version 3 `given` and `age`. */
const FIELDS = [["name"], ["first", "age"], ["given", "age"]] as const;
const typeOf = (field: string, texts: string, numbers: string): string => (field === "age" ? numbers : texts);
const contracts: Readonly<Record<string, Contract>> = {
  avro: {
    open: (version, migrationRules, more) =>
      avro({
        registry: served.client,
        schema: { type: "record", name: "P", fields: FIELDS[version - 1]!.map((name) => ({ name, type: typeOf(name, "string", "int") })) },
        ruleSet: migrationRules && { migrationRules },
        ...more,
      }),
  },
  json: {
    open: (version, migrationRules, more) =>
      jsonSchema({
        registry: served.client,
        schema: {
          type: "object",
          properties: Object.fromEntries(FIELDS[version - 1]!.map((name) => [name, { type: typeOf(name, "string", "integer") }])),
          required: FIELDS[version - 1],
          additionalProperties: false,
        },
        ruleSet: migrationRules && { migrationRules },
        ...more,
      }),
  },
  "protobuf type": {
    open: (version, migrationRules, { readAs, ...more }: { readonly readAs?: "writer" } = {}) => {
      const fields = FIELDS[version - 1]!.map((name) => [name, name === "age" ? z.int32() : z.string()] as const);
      const type = z.object(Object.fromEntries(fields));
      const ruleSet = migrationRules && { migrationRules };
      return readAs === "writer"
        ? protobuf({ registry: served.client, ...more })
        : protobuf({ registry: served.client, type, name: "P", ruleSet, ...more });
    },
  },
  protobuf: {
    open: (version, migrationRules, more) => {
      const fields = FIELDS[version - 1]!.map((name, index) => `${typeOf(name, "string", "int32")} ${name} = ${version * 10 + index};`);
      const schema = `syntax = "proto3"; message P { ${fields.join(" ")} }`;
      return protobuf({ registry: served.client, schema, ruleSet: migrationRules && { migrationRules }, ...more });
    },
  },
};
const SECOND = [
  rule({ name: "split", expr: "{'first': message.name, 'age': 7}" }),
  rule({ name: "join", mode: "DOWNGRADE", expr: "{'name': message.first}" }),
];
const THIRD = [
  rule({ name: "rename", expr: "{'given': message.first + '!', 'age': message.age + 1}" }),
  rule({ name: "back", mode: "DOWNGRADE", expr: "{'first': message.given + '?', 'age': message.age}" }),
];

test("migration rules bring values up and down through every version between, and a contract's other subjects are read as without", async () => {
  for (const [format, { open }] of Object.entries(contracts)) {
    const topic = at(`migrate-${format}`);
    await served.client.setCompatibilityLevel(`migrate-${format}-value`, "NONE");
    const serdes = [open(1), open(2, SECOND), open(3, THIRD)] as const;
    const first = await written(serdes[0].serialize({ name: "a" }, topic));
    await serdes[1].prepare(topic);
    const third = await written(serdes[2].serialize({ given: "b", age: 3 }, topic));
    assert.deepEqual(plain(await open(3, THIRD).deserialize(first, topic, [])), { given: "a!", age: 8 }, format);
    assert.deepEqual(plain(await open(2, SECOND).deserialize(first, topic, [])), { first: "a", age: 7 }, format);
    assert.deepEqual(plain(await open(1).deserialize(third, topic, [])), { name: "b?" }, format);
    assert.deepEqual(plain(await open(2, SECOND).deserialize(third, topic, [])), { first: "b?", age: 3 }, format);
    assert.deepEqual(plain(await open(1, undefined, { readAs: "writer" }).deserialize(third, topic, [])), { given: "b", age: 3 }, format);
    const later = open(3, THIRD);
    await later.prefetch([{ bytes: first }]);
    assert.ok(!(later.deserialize(first, topic, []) instanceof Promise), "nothing is asked for once it is prefetched");
  }
});

test("migration rules that cannot be carried out are refused before a value is read, and disabled ones are not", async (t) => {
  for (const [format, { open }] of Object.entries(contracts)) {
    const refused = async (name: string, rules: readonly SchemaRule[], ...words: readonly RegExp[]): Promise<void> => {
      const topic = at(`${name}-${format}`);
      await served.client.setCompatibilityLevel(`${name}-${format}-value`, "NONE");
      const bytes = await written(open(1).serialize({ name: "a" }, topic));
      const reader = open(2, rules);
      await reader.prepare(topic);
      await assert.rejects(async () => reader.deserialize(bytes, topic, []), failed(...words));
    };
    await refused(
      "jsonata",
      [rule({ name: "shape", type: "JSONATA", expr: "$" })],
      /"shape" \(JSONATA\)/,
      /none that is known for migrations/,
    );
    await refused("encrypt", [rule({ type: "ENCRYPT", tags: ["x"] })], /ENCRYPT/);
    await refused("fails", [rule({ name: "miss", expr: "{'first': message.nothing}" })], /"miss" \(CEL\)/);
    const topic = at(`unknown-${format}`);
    await served.client.setCompatibilityLevel(`unknown-${format}-value`, "NONE");
    const bytes = await written(open(1).serialize({ name: "a" }, topic));
    await open(2, SECOND).prepare(topic);
    const unknown = open(3, THIRD);
    const refusal = failed(/"split"/, /no version of it/, /register it/);
    await assert.rejects(async () => unknown.deserialize(bytes, topic, []), refusal);
    assert.throws(() => unknown.deserialize(bytes, topic, []), refusal, "the registry is not asked for each value");
    // What the refusal asks for is done by somebody, and found after a while.
    await open(3, THIRD).prepare(topic);
    const later = t.mock.method(systemClock, "monotonicMs", () => performance.now() + 60_000);
    assert.ok(typeof (await unknown.deserialize(bytes, topic, [])) === "object");
    later.mock.restore();
    assert.ok(!(unknown.deserialize(bytes, topic, []) instanceof Promise), "and then nothing is asked for");
  }
  const { open } = contracts["json"]!;
  await served.client.setCompatibilityLevel("off-value", "NONE");
  const bytes = await written(open(1).serialize({ name: "a" }, at("off")));
  const lax = jsonSchema<object>({
    registry: served.client,
    schema: { type: "object" },
    ruleSet: { migrationRules: [rule({ type: "JSONATA", disabled: true }), rule({ name: "down", type: "JSONATA", mode: "DOWNGRADE" })] },
  });
  await lax.prepare(at("off"));
  assert.deepEqual(await lax.deserialize(bytes, at("off"), []), { name: "a" });
});
