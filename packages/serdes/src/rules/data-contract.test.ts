import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
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
    await assert.rejects(async () => writing, failed(/"magic" \(MAGIC\)/, /not.* known|none that is known/));
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
