import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, compareCells, fieldsOf } from "../../../packages/console/src/ui/lib/key-table.ts";

const bytesOf = (text: string, format = "json", isCut = false) => ({ format, text, isCut });

test("the fields of most values are columns, numbers are told apart, and hostile names are names", () => {
  const rows = [`{"price":1,"name":"a"}`, `{"price":2.5,"__proto__":"x"}`, `{"name":3}`, "no json"].map((text) => fieldsOf(bytesOf(text)));
  assert.deepEqual(columnsOf(rows), [
    { name: "price", isNumeric: true },
    { name: "name", isNumeric: false },
    { name: "__proto__", isNumeric: false },
  ]);
  assert.equal(rows[1]?.get("__proto__"), "x");
  assert.equal(rows[3], undefined);
  assert.equal(fieldsOf(bytesOf(`{"a":1}`, "json", true)), undefined, "what is cut is no whole object");
  assert.equal(fieldsOf(bytesOf(`[1]`)), undefined);
  assert.deepEqual(columnsOf([undefined, undefined, rows[0]]), [], "few values have fields");
  const wide = fieldsOf(bytesOf(JSON.stringify(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, i])))));
  assert.equal(columnsOf([wide]).length, 12);
});

test("cells stand by size or by text, and what is not there comes first", () => {
  assert.deepEqual([10, 9, undefined, -1].sort(compareCells), [-1, 9, 10, undefined]);
  assert.deepEqual(
    [undefined, 2, 1]
      .map((value) => ({ value }))
      .sort((a, b) => compareCells(a.value, b.value))
      .map(({ value }) => value),
    [undefined, 1, 2],
  );
  assert.deepEqual(["b", { a: 1 }, "a"].sort(compareCells), ["a", "b", { a: 1 }]);
});
