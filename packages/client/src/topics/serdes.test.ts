import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { z } from "zod";
import { bytes, double, int32, int64, json, nullable, type Serde, SchemaMismatch, string, uuid } from "./index.ts";

const context = { topic: "t", field: "value" } as const;
const write = <T>(serde: Serde<T, unknown>, value: T) => Buffer.from(serde.serialize(value, context) as Buffer);
const read = (serde: Serde<never, unknown>, hex: string) => serde.deserialize(Buffer.from(hex, "hex"), context, []);

describe("plain serdes", () => {
  test("write what Java's serializers write", () => {
    assert.equal(write(int32(), -2).toString("hex"), "fffffffe");
    assert.equal(write(int64(), 2n ** 53n + 1n).toString("hex"), "0020000000000001");
    assert.equal(write(double(), 1.5).toString("hex"), "3ff8000000000000");
    assert.equal(write(uuid(), "6F9619FF-8B86-D011-B42D-00C04FC964FF").toString(), "6f9619ff-8b86-d011-b42d-00c04fc964ff");
    assert.equal(write(string(), "häß").toString("hex"), "68c3a4c39f");
    const given = Buffer.of(1, 2);
    assert.equal(bytes().serialize(given, context), given);
  });

  test("read what they wrote", () => {
    const same = <T>(serde: Serde<T>, values: fc.Arbitrary<T>) =>
      fc.assert(fc.property(values, (value) => assert.deepEqual(serde.deserialize(write(serde, value), context, []), value)));
    same(int32(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    same(int64(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    same(double(), fc.double());
    same(string(), fc.string({ unit: "grapheme" }));
    same(uuid(), fc.uuid());
    same(
      json<object>(),
      fc.object({ withNullPrototype: false }).map((each) => JSON.parse(JSON.stringify(each)) as object),
    );
  });

  test("refuse what would be lost or cannot be", () => {
    for (const value of [2 ** 31, 1.5, Number.NaN, "1"]) assert.throws(() => write(int32(), value as number), /must be a whole number/);
    for (const value of [2n ** 63n, 1]) assert.throws(() => write(int64(), value as bigint), /must be a bigint of 64 bits/);
    assert.throws(() => write(double(), "1" as never), /must be a number/);
    assert.throws(() => write(string(), "\ud800"), /whole characters/);
    assert.throws(() => write(string(), 1 as never), /whole characters/);
    assert.throws(() => write(uuid(), "6f9619ff"), /UUID/);
    assert.throws(() => write(bytes(), "text" as never), /must be bytes/);
    assert.throws(() => read(int32(), "0001"), /2 bytes where 4/);
    assert.throws(() => read(int64(), "000000000000000000"), /9 bytes where 8/);
    assert.throws(() => read(double(), ""), /0 bytes where 8/);
    assert.throws(() => read(string(), "ff"), /no UTF-8/);
    assert.throws(() => read(uuid(), "6162"), /no UUID/);
  });
});

describe("json", () => {
  test("never writes the text null, and reads none", () => {
    const loose = json<object>() as Serde<unknown>;
    for (const value of [null, undefined, () => {}, { toJSON: () => null }])
      assert.throws(() => loose.serialize(value, context), /nullable/);
    assert.throws(() => loose.deserialize(Buffer.from("null"), context, []), /null/);
    assert.throws(() => loose.deserialize(Buffer.from("{"), context, []), SyntaxError);
    assert.throws(() => loose.deserialize(Buffer.from([0x22, 0xff, 0x22]), context, []), /UTF-8/);
  });

  test("a schema checks what is sent, which is written as given, and transforms what is read", () => {
    const serde = json(z.object({ at: z.iso.datetime().transform((text) => new Date(text)), n: z.number().default(7) }));
    const written = serde.serialize({ at: "2026-01-01T00:00:00Z" }, context) as string;
    assert.equal(written, '{"at":"2026-01-01T00:00:00Z"}');
    assert.deepEqual(serde.deserialize(Buffer.from(written), context, []), { at: new Date("2026-01-01T00:00:00Z"), n: 7 });
    assert.throws(
      () => serde.serialize({ at: "yesterday", n: 1 }, context),
      (error: Error) => error instanceof SchemaMismatch && error.message.startsWith("at: "),
    );
  });

  test("takes zod, valibot and arktype, and names the place that is wrong", () => {
    const schemas = [
      json(z.object({ lines: z.array(z.object({ n: z.number() })) })),
      json(v.object({ lines: v.array(v.object({ n: v.number() })) })),
      json(type({ lines: type({ n: "number" }).array() })),
    ];
    for (const serde of schemas) {
      assert.deepEqual(serde.deserialize(Buffer.from('{"lines":[{"n":1}]}'), context, []), { lines: [{ n: 1 }] });
      assert.throws(() => serde.deserialize(Buffer.from('{"lines":[{"n":1},{"n":"x"}]}'), context, []), /^SchemaMismatch: lines\.1\.n: /);
    }
  });

  test("an asynchronous validator gives a promise", async () => {
    const serde = json(z.object({ n: z.number().refine(async (n) => n > 0, "too small") }));
    assert.equal(await serde.serialize({ n: 1 }, context), '{"n":1}');
    await assert.rejects(async () => serde.serialize({ n: 0 }, context), /^SchemaMismatch: n: too small$/);
    await assert.rejects(async () => serde.deserialize(Buffer.from('{"n":0}'), context, []), /too small/);
    const unchecked = json(z.object({ n: z.number().refine(async (n) => n > 0) }), { validateOnSend: false });
    assert.equal(unchecked.serialize({ n: 0 }, context), '{"n":0}');
  });

  test("shows ten of very many issues", () => {
    const serde = json(z.array(z.number()));
    assert.throws(
      () => serde.deserialize(Buffer.from(JSON.stringify(Array(5000).fill("x"))), context, []),
      /^SchemaMismatch: 0: .*; 9: [^;]*; and 4990 more$/,
    );
  });

  test("refuses what is no schema", () => assert.throws(() => json({} as never), /Standard Schema/));
});

test("nullable lets null through on both ways", () => {
  assert.equal(nullable(int32()).serialize(null, context), null);
  assert.equal(write(nullable(int32()), 1).length, 4);
});
