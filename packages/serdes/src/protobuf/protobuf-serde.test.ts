import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TimestampSchema } from "@bufbuild/protobuf/wkt";
import type { SerdeContext } from "@ottla/client";
import { MemoryLog } from "@ottla/registry";
import { SerdeError } from "../serdes-error.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";
import { protobuf, type ProtobufSerdeOptions } from "./protobuf-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const serde = (schema?: string, options: Partial<ProtobufSerdeOptions> = {}) =>
  protobuf<object>({ registry: served.client, schema, ...options });
const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
/** Without what the library adds to tell its messages. */
const plain = (message: unknown): unknown =>
  JSON.parse(
    JSON.stringify(message, (key, value: unknown) => (key === "$typeName" ? undefined : typeof value === "bigint" ? `${value}n` : value)),
  );
const fails =
  (code: string, ...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

const ORDER = `syntax = "proto3"; package shop;
import "google/protobuf/timestamp.proto";
message Order {
  string order_id = 1; int64 amount = 2; repeated Line lines = 3; map<string, int32> counts = 4; Status status = 5;
  oneof payment { string card = 6; int64 cash = 7; } google.protobuf.Timestamp at = 8; bytes raw = 9; optional int32 note = 10;
  message Line { double price = 1; message Tax { uint64 rate = 1; } Tax tax = 2; }
  enum Status { NEW = 0; PAID = 1; }
}
message Other { string name = 1; }`;
const value = {
  orderId: "o-1",
  amount: 2n ** 60n,
  lines: [{ price: 1.5, tax: { rate: 3n } }, { price: 2 }],
  counts: { a: 1, __proto: 2 },
  status: 1,
  payment: { case: "cash", value: 5n },
  at: { seconds: 1n, nanos: 2 },
  raw: Buffer.of(1, 2),
};

test("messages are written behind id and indexes, and come back; int64 is a bigint", async () => {
  const orders = serde(ORDER);
  const bytes = await written(orders.serialize(value, at("proto")));
  assert.equal(bytes[5], 0, "the first message is one byte of 0");
  const read = (await serde().deserialize(bytes, at("proto"), [])) as Record<string, unknown>;
  assert.equal(read["amount"], 2n ** 60n);
  assert.deepEqual(plain(read), plain({ ...value, lines: [{ price: 1.5, tax: { rate: 3n } }, { price: 2 }], raw: { 0: 1, 1: 2 } }));
  assert.ok(Buffer.isBuffer(orders.serialize({}, at("proto"))));
  const again = orders.serialize(await orders.deserialize(bytes, at("proto"), []), at("proto"));
  assert.deepEqual(again, bytes);
});

test("message indexes: any message of a file, nested ones too, and those of other writers", async () => {
  const cases: readonly (readonly [message: string, given: object, hex: string])[] = [
    ["shop.Order", {}, "00"],
    ["shop.Other", { name: "n" }, "0202" + "0a016e"],
    ["shop.Order.Line", { price: 0 }, "040000"],
    ["shop.Order.Line.Tax", { rate: 1n }, "06000000" + "0801"],
  ];
  for (const [message, given, hex] of cases) {
    const one = serde(ORDER, { message });
    const bytes = await written(one.serialize(given, at("indexes")));
    assert.equal(bytes.subarray(5).toString("hex"), hex, message);
    assert.equal(((await serde().deserialize(bytes, at("indexes"), [])) as { $typeName: string }).$typeName, message);
    // The long form of [0] is read as well.
    if (hex === "00") await one.deserialize(Buffer.concat([bytes.subarray(0, 5), Buffer.of(2, 0)]), at("indexes"), []);
  }
  const other = await written(serde(ORDER, { message: "shop.Other" }).serialize({ name: "n" }, at("indexes")));
  await assert.rejects(
    async () => serde(ORDER).deserialize(other, at("indexes"), []),
    fails("SERDE_BAD_BYTES", /shop\.Other was written/, /reads shop\.Order/),
  );
  await assert.rejects(
    async () => serde(ORDER, { message: "shop.None" }).serialize({}, at("indexes")),
    fails("SERDE_BAD_SCHEMA", /shop\.None/, /shop\.Order/),
  );
});

test("versions, references, a descriptor in base64, and what a generator made", async () => {
  const older = serde('syntax = "proto3"; message A { string id = 1; }');
  const newer = serde('syntax = "proto3"; message A { string id = 1; int64 n = 2; }');
  const bytes = await written(older.serialize({ id: "a" }, at("versions")));
  assert.deepEqual(plain(await newer.deserialize(bytes, at("versions"), [])), { id: "a", n: "0n" });
  const wide = await written(newer.serialize({ id: "b", n: 5n }, at("versions")));
  assert.equal(((await older.deserialize(wide, at("versions"), [])) as { id: string }).id, "b");

  await served.client.register("money", {
    schemaType: "PROTOBUF",
    schema: 'syntax = "proto3"; package m; message Money { int64 units = 1; }',
  });
  const price = serde('syntax = "proto3"; import "money.proto"; message Price { m.Money money = 1; }', {
    references: [{ name: "money.proto", subject: "money", version: 1 }],
  });
  const priced = await written(price.serialize({ money: { units: 7n } }, at("price")));
  assert.deepEqual(plain(await serde().deserialize(priced, at("price"), [])), { money: { units: "7n" } });

  const times = protobuf({ registry: served.client, message: TimestampSchema });
  const time = await written(times.serialize({ seconds: 5n }, at("times")));
  const read = await times.deserialize(time, at("times"), []);
  assert.equal(read.seconds, 5n);
  assert.equal(read.$typeName, "google.protobuf.Timestamp");
});

test("what is no message is told with its place", async () => {
  const orders = serde(ORDER);
  await orders.prepare(at("bad"));
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{ orderID: "a" }, /at \/orderID: shop\.Order has no such field; it has orderId/],
    [{ lines: [{ prise: 1 }] }, /at \/lines\/0\/prise/],
    [{ orderId: 5 }, /at \/orderId: it is number/],
    [{ payment: { case: "check", value: 1 } }, /at \/payment: "case" must name/],
    [{ lines: {} }, /at \/lines: it must be an array/],
    [{ amount: 2n ** 63n }, /amount/],
    [{ note: 1.5 }, /note/],
    ["text", /object/],
    [[], /object/],
  ];
  for (const [given, word] of cases) assert.throws(() => orders.serialize(given as object, at("bad")), fails("SERDE_BAD_VALUE", word));
});

test("hostile bytes end in one error", async () => {
  const orders = serde(ORDER);
  const head = (await written(orders.serialize({}, at("hostile")))).subarray(0, 5);
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /within its message indexes/],
    ["0208", /indexes are \[4\]/],
    ["80", /within its message indexes/],
    ["7e", /stands 63 deep/],
    ["ffffffffff0f", /five bytes/],
    ["000aff", /shop\.Order/],
    ["000a05", /shop\.Order/],
    ["000a02fffe", /shop\.Order/],
    ["0008ffffffffffffffffffff", /shop\.Order/],
  ];
  for (const [hex, word] of cases) {
    const bytes = Buffer.concat([head, Buffer.from(hex, "hex")]);
    await assert.rejects(async () => orders.deserialize(bytes, at("hostile"), []), fails("SERDE_BAD_BYTES", word), hex);
  }
  const list = serde('syntax = "proto3"; message L { L next = 1; }');
  const first = (await written(list.serialize({}, at("deep")))).subarray(0, 6);
  let deep = Buffer.alloc(0);
  for (let level = 0; level < 10_000; level++) {
    const length: number[] = [];
    for (let left = deep.length; ; left >>>= 7) {
      length.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
      if (left <= 0x7f) break;
    }
    deep = Buffer.concat([Buffer.of(0x0a, ...length), deep]);
  }
  await assert.rejects(async () => list.deserialize(Buffer.concat([first, deep]), at("deep"), []), fails("SERDE_BAD_BYTES"));
});

test("a schema that a registry took before names in JSON were looked at is read and written by, by itself and under another", async () => {
  const stored = (schema: string, subject: string, id: number, references: readonly object[] = []) => ({
    offset: id,
    key: Buffer.from(JSON.stringify({ keytype: "SCHEMA", subject, version: 1, magic: 1 })),
    value: Buffer.from(JSON.stringify({ subject, version: 1, id, schemaType: "PROTOBUF", schema, references, deleted: false })),
  });
  const clash = 'syntax = "proto3";\n\nmessage M {\n  int32 foo_bar = 1;\n  int32 fooBar = 2;\n}\n';
  const around = 'syntax = "proto3";\n\nimport "m.proto";\n\nmessage N {\n  M m = 1;\n}\n';
  const log = new MemoryLog([
    stored(clash, "clash-value", 1),
    stored(around, "around-value", 2, [{ name: "m.proto", subject: "clash-value", version: 1 }]),
  ]);
  await using old = await startServedRegistry({}, log);
  const [bare, under] = [Buffer.of(0, 0, 0, 0, 1, 0, 0x10, 5), Buffer.of(0, 0, 0, 0, 2, 0, 0x0a, 2, 0x10, 5)];
  const reader = protobuf<object>({ registry: old.client });
  assert.equal(Object.values(await reader.deserialize(bare, at("clash"), [])).includes(5), true);
  assert.ok("m" in (await reader.deserialize(under, at("around"), [])));
  const references = [{ name: "m.proto", subject: "clash-value", version: 1 }];
  const writer = protobuf<object>({ registry: old.client, schema: around.replace("= 1", "= 7"), references });
  assert.equal((await written(writer.serialize({}, at("new"))))[4], 3);
});
