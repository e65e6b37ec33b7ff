import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRowOf } from "./row-code.ts";

const namesOf = (count: number): { readonly name: string }[] => Array.from({ length: count }, (_, n) => ({ name: `column ${n}` }));

test("a row has each column's cell under its name, in their order, be it made by code or in a loop", () => {
  for (const columns of [namesOf(0), namesOf(1), namesOf(200), namesOf(201), [{ name: 'a"b\\' }, { name: "1" }, { name: "ö\n" }]]) {
    const row = makeRowOf<{ readonly name: string }, string, number>(columns)("row", 7, (column, text, old) => [column.name, text, old]);
    assert.deepEqual({ ...row }, Object.fromEntries(columns.map(({ name }) => [name, [name, "row", 7]])));
  }
});

test("a column by the name of what every object has is a field as the others", () => {
  const odd = [{ name: "__proto__" }, { name: "constructor" }, { name: "toString" }];
  for (const columns of [odd, [...odd, ...namesOf(250)]]) {
    const row = makeRowOf<{ readonly name: string }, null, null>(columns)(null, null, () => null);
    assert.deepEqual(
      Object.keys(row),
      columns.map(({ name }) => name),
    );
    assert.equal(Object.getPrototypeOf(row), Object.prototype);
  }
});

test("what a cell throws is thrown", () => {
  const make = makeRowOf<{ readonly name: string }, null, null>([{ name: "a" }]);
  assert.throws(() => make(null, null, () => assert.fail("no value")), /no value/);
});
