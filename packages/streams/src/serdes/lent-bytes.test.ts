import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noHeaders } from "../record.ts";
import { ownedBytes } from "../stores/bytes/owned-bytes.ts";
import { lending } from "./lent-bytes.ts";
import type { Serde } from "./serde.ts";
import { serdes } from "./serdes.ts";

const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ maxLength: 300, unit: "grapheme" }),
  fc.string({ minLength: 250, maxLength: 260, unit: "binary-ascii" }),
);
const windows = fc.record({ key: texts, window: fc.record({ startMs: fc.nat(), endMs: fc.nat() }) });

test("lent bytes are those of the serde, and who keeps them has a copy", () => {
  lendsItsBytes(serdes.string, texts);
  lendsItsBytes(serdes.long, fc.maxSafeInteger());
  lendsItsBytes(serdes.double, fc.double());
  lendsItsBytes(serdes.bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
  lendsItsBytes(serdes.timeWindowed(serdes.string, 10), windows);
  lendsItsBytes(serdes.sessionWindowed(serdes.string), windows);
});

function lendsItsBytes<T>(serde: Serde<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(fc.array(values), (all) => {
      const lender = lending(serde);
      const kept = all.map((value) => ownedBytes(lender.serialize("t", value, noHeaders)));
      assert.deepEqual(
        kept.map((bytes) => Buffer.from(bytes)),
        all.map((value) => Buffer.from(serde.serialize("t", value, noHeaders))),
      );
      assert.deepEqual(
        kept.map((bytes) => lender.deserialize("t", bytes, noHeaders)),
        kept.map((bytes) => serde.deserialize("t", bytes, noHeaders)),
      );
    }),
    { numRuns: 50 },
  );
}

test("bytes of one length are lent in the same memory and view, and a serde itself lends nothing", () => {
  for (const [serde, one, other] of [
    [serdes.string, "ann", "bob"],
    [serdes.string, "a text that is longer than the loop writes", "a text that is longer than the loop wrote!"],
    [serdes.long, 1, 2],
    [
      serdes.timeWindowed(serdes.string, 5),
      { key: "a", window: { startMs: 0, endMs: 5 } },
      { key: "b", window: { startMs: 5, endMs: 10 } },
    ],
  ] as const) {
    const lender = lending(serde as Serde<unknown>);
    const first = lender.serialize("t", one, noHeaders);
    const copy = Buffer.from(first);
    assert.equal(lender.serialize("t", other, noHeaders), first);
    assert.notDeepEqual(Buffer.from(first), copy);
    const own = (serde as Serde<unknown>).serialize("t", one, noHeaders);
    assert.notEqual((serde as Serde<unknown>).serialize("t", one, noHeaders), own);
    assert.deepEqual(Buffer.from(own), copy);
  }
  const json = serdes.json<object>();
  assert.equal(lending(json), json);
});

test("what is no text of whole characters is refused by lenders as well", () => {
  const lender = lending(serdes.string);
  for (const wrong of ["\ud800", `${"a".repeat(40)}\udc00`, `${"a".repeat(300)}\ud800`, 7 as unknown as string])
    assert.throws(() => lender.serialize("t", wrong, noHeaders), TypeError);
  assert.equal(Buffer.from(lender.serialize("t", "é😀", noHeaders)).toString(), "é😀");
});
