import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { localKeys } from "../encryption/key-provider.ts";
import type { SchemaRule } from "../schema-types.ts";
import { SerdeError } from "../serdes-error.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";
import { protobuf, type ProtobufSerdeOptions } from "./protobuf-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)));
const rule = (more: Partial<SchemaRule>): SchemaRule => ({ name: "r", kind: "TRANSFORM", mode: "WRITE", type: "CEL", ...more });
const SCHEMA = `syntax = "proto3";
package shop;
import "confluent/meta.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message First { string a = 1; }
message Order {
  string id = 1;
  map<int32, string> by_number = 2;
  map<string, Line> by_name = 3;
  oneof payment { string card = 4; Line cash = 5; }
  enum State { UNKNOWN = 0; PAID = 1; }
  State state = 6;
  google.protobuf.Timestamp created_at = 7;
  google.protobuf.StringValue note = 8;
  uint64 big = 9;
  message Inner { bytes secret = 1 [(confluent.field_meta) = { tags: ["PII", "X"], doc: "d" }]; }
  Inner inner = 10;
}
message Line { string sku = 1 [(confluent.field_meta).tags = "PII"]; }`;
const open = (options: Partial<ProtobufSerdeOptions>) =>
  protobuf<object>({ registry: served.client, schema: SCHEMA, message: "shop.Order", ...options });
const order = {
  id: "o",
  byNumber: { 7: "seven" },
  byName: { a: { sku: "s1" } },
  payment: { case: "cash", value: { sku: "s2" } },
  state: 1,
  createdAt: { seconds: 5n, nanos: 6 },
  note: "n",
  big: 2n ** 63n,
  inner: { secret: new Uint8Array([1, 2, 3]) },
};

test("rules of Protobuf see a message by its text's names, and what they leave alone comes back whole: maps, oneofs, wrappers, unsigned numbers", async () => {
  const conditions = [
    "message.id == 'o' && message.state == 1 && message.created_at.seconds == 5 && message.note.value == 'n'",
    "message.cash.sku == 's2' && !has(message.card) && message.by_name['a'].sku == 's1' && message.by_number['7'] == 'seven'",
  ];
  const domainRules = [
    ...conditions.map((expr, index) => rule({ name: `c${index}`, kind: "CONDITION", mode: "WRITEREAD", expr })),
    rule({ type: "CEL_FIELD", tags: ["PII"], expr: "typeName == 'STRING' ; value + '!'" }),
  ];
  const serde = open({ ruleSet: { domainRules: domainRules.slice(0, 2) } });
  const bytes = await written(serde.serialize(order, at("whole")));
  const without = open({ autoRegister: true });
  assert.deepEqual(bytes.subarray(5), (await written(without.serialize(order, at("without")))).subarray(5));
  assert.deepEqual(plain(await serde.deserialize(bytes, at("whole"), [])), plain(await without.deserialize(bytes, at("whole"), [])));
  const marking = open({ ruleSet: { domainRules: [domainRules[2]!] } });
  const marked = (await marking.deserialize(await written(marking.serialize(order, at("marking"))), at("marking"), [])) as typeof order;
  assert.deepEqual([marked.byName.a.sku, marked.payment.value.sku, marked.id], ["s1!", "s2!", "o"]);
  const replacing = open({ ruleSet: { domainRules: [rule({ expr: "{'id': message.id + '2', 'state': 1}" })] } });
  const replaced = await replacing.deserialize(await written(replacing.serialize(order, at("replacing"))), at("replacing"), []);
  assert.deepEqual([(replaced as typeof order).id, (replaced as typeof order).state], ["o2", 1]);
  const wrong = open({ ruleSet: { domainRules: [rule({ expr: "{'idd': 'x'}" })] } });
  await assert.rejects(
    async () => wrong.serialize(order, at("wrong")),
    (error: unknown) => error instanceof SerdeError && /\/idd: shop.Order has no such field/.test(error.message),
  );
});

test("tagged fields of nested messages are sealed, and what a reader does not know is kept on the way", async () => {
  const keys = localKeys({ keys: { k: Buffer.alloc(32, 1) }, current: { users: "k" } });
  const encrypt = rule({ mode: "WRITEREAD", type: "ENCRYPT", tags: ["PII"], params: { "encrypt.kek.name": "users" } });
  const serde = open({ ruleSet: { domainRules: [encrypt] }, keys });
  // Long enough that no ciphertext holds them by chance: two letters stood in one of fifty, which base64 makes of few signs.
  const [cash, line, secret] = ["sku of the payment", "sku of the line", Buffer.from("the secret's own bytes")];
  const sealed = { ...order, byName: { a: { sku: line } }, payment: { case: "cash", value: { sku: cash } }, inner: { secret } };
  const bytes = await written(serde.serialize(sealed, at("sealed")));
  assert.deepEqual(
    [cash, line, secret].map((each) => bytes.includes(each)),
    [false, false, false],
  );
  const read = (await serde.deserialize(bytes, at("sealed"), [])) as typeof order;
  assert.deepEqual([read.byName.a.sku, read.payment.value.sku, Buffer.from(read.inner.secret)], [line, cash, secret]);
  const more = Buffer.concat([bytes, Buffer.from([0xfa, 0x07, 1, 0x41])]);
  const unknown = (await serde.deserialize(more, at("sealed"), [])) as { readonly $unknown: readonly { readonly no: number }[] };
  assert.deepEqual(
    unknown.$unknown.map(({ no }) => no),
    [127],
  );
});
