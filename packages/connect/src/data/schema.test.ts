import assert from "node:assert/strict";
import { test } from "node:test";
import { checkValue } from "./check-value.ts";
import { decimalFromText } from "./decimal.ts";
import { dateSchema, decimalSchema, timestampSchema } from "./logical-types.ts";
import { array, makeSchema, map, optional, plain, struct } from "./make-schema.ts";
import { projector } from "./project-value.ts";
import { sameSchema } from "./same-schema.ts";

const line = struct({ product: plain("string"), price: decimalSchema(2), note: plain("string", true) }, { name: "shop.Line" });
const order = struct(
  { id: plain("int64"), lines: array(line), at: timestampSchema(), day: dateSchema({ optional: true }) },
  { name: "shop.Order", version: 2 },
);
const value = {
  id: 9_007_199_254_740_993n,
  lines: [{ product: "tea", price: decimalFromText("12.50") }],
  at: new Date(1_700_000_000_000),
};

test("a value of its schema is taken, and of any other the path to what is wrong is told", () => {
  checkValue(order, value);
  const wrong = (change: object, path: string): void =>
    assert.throws(
      () => checkValue(order, { ...value, ...change }),
      (error: Error & { code?: string; place?: { field?: string } }) => {
        assert.equal(error.code, "CONNECT_DATA");
        assert.equal(error.place?.field, path);
        assert.ok(error.message.startsWith(`At ${path}: `), error.message);
        return true;
      },
    );
  wrong({ id: 5 }, "id");
  wrong({ id: 2n ** 63n }, "id");
  wrong({ id: null }, "id");
  wrong({ at: 5n }, "at");
  wrong({ lines: [...value.lines, { product: "milk", price: 5 }] }, "lines[1].price");
  wrong({ lines: [null] }, "lines[0]");
  assert.throws(() => checkValue(order, [value]), { code: "CONNECT_DATA" });
  assert.throws(() => checkValue(map(plain("string"), plain("int8")), new Map([["a", 128]])), { code: "CONNECT_DATA" });
});

test("a field of a name that every object has is absent where the value does not have it", () => {
  const odd = struct({ toString: plain("string", true), ["__proto__"]: plain("string", true) });
  checkValue(odd, {});
  assert.deepEqual(projector(odd, struct({ toString: plain("string", true) }))({}), { toString: null });
});

test("a schema is frozen, and what is no schema is not made", () => {
  assert.ok(Object.isFrozen(order) && Object.isFrozen(order.fields) && Object.isFrozen(order.fields![0]));
  assert.throws(
    () =>
      struct([
        { name: "a", schema: plain("int8") },
        { name: "a", schema: plain("int8") },
      ]),
    { code: "CONNECT_DATA" },
  );
  assert.throws(() => makeSchema({ type: "array" }), { code: "CONNECT_DATA" });
  assert.throws(() => makeSchema({ type: "int8", defaultValue: "x" }), { code: "CONNECT_DATA" });
  assert.equal(optional(line), optional(line));
  assert.equal(plain("string"), plain("string"));
});

test("schemas are the same when all that they say is", () => {
  const again = struct({ product: plain("string"), price: decimalSchema(2), note: plain("string", true) }, { name: "shop.Line" });
  assert.ok(sameSchema(line, again));
  assert.ok(!sameSchema(line, makeSchema({ ...again, version: 1 })));
  assert.ok(!sameSchema(line, makeSchema({ ...again, doc: "a line" })));
  assert.ok(!sameSchema(decimalSchema(2), decimalSchema(3)));
  assert.ok(!sameSchema(line, makeSchema({ ...again, fields: again.fields!.slice(1) })));
});

test("a value becomes one of a later schema: wider numbers, fields that went and that came with a default", () => {
  const before = struct({ n: plain("int32"), gone: plain("string"), inner: struct({ f: plain("float") }) });
  const later = struct({
    n: plain("int64"),
    inner: struct({ f: plain("double"), g: makeSchema({ type: "string", defaultValue: "x" }) }),
    may: plain("int8", true),
  });
  assert.deepEqual(projector(before, later)({ n: 7, gone: "y", inner: { f: 0.5 } }), { n: 7n, inner: { f: 0.5, g: "x" }, may: null });
  assert.throws(() => projector(later, before), { code: "CONNECT_DATA" });
  assert.throws(() => projector(plain("string"), plain("int32")), { code: "CONNECT_DATA" });
  assert.throws(
    () => projector(before, struct({ n: plain("int64"), more: plain("string") })),
    (error: { place?: { field?: string } }) => error.place?.field === "more",
  );
});
