import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import type { PgType } from "../values/pg-type.ts";
import { valueTypeOf } from "../values/value-type-of.ts";
import { columnRules } from "./column-rules.ts";

const options = {
  decimals: "precise",
  times: "adaptive",
  hstore: "json",
  intervals: "numeric",
  binary: "bytes",
  includesUnknown: false,
} as const;
const pgType = (name: string): PgType => ({ oid: 1, name, kind: "b" });

function ruled(settings: Record<string, string>, column: string, name = "text", modifier = -1) {
  return columnRules(settings).apply(valueTypeOf(pgType(name), modifier, options)!, column, { pgType: pgType(name), modifier });
}

test("texts are cut, masked and hashed by the first rule that names the column, and the schema says so", () => {
  const settings = {
    "column.truncate.to.3.chars": "public.t.(a|b)",
    "column.mask.with.4.chars": "public.t.b, PUBLIC.T.C",
    "column.mask.hash.v2.SHA-256.with.salt.a.b": "public.t.d",
  };
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((name) => ruled(settings, `public.t.${name}`));
  assert.deepEqual(
    [a, b, c].map((type) => type!.parse("abcdef")),
    ["abc", "abc", "****"],
  );
  assert.equal(d!.parse("abcdef"), createHash("sha256").update("a.babcdef").digest("hex"));
  assert.equal(ruled(settings, "public.t.d", "varchar", 14).parse("abcdef"), String(d!.parse("abcdef")).slice(0, 10));
  assert.equal(e!.parse("abcdef"), "abcdef");
  assert.deepEqual(
    [a, c, e].map((type) => type!.schema.parameters),
    [{ truncateLength: "3" }, { masked: "true" }, undefined],
  );
  // What a null or an absent value was shall not be seen either.
  assert.deepEqual([a!.mask, c!.mask], [undefined, "****"]);
});

test("a hash of the first version is of the text as Java writes it, and of another salt another", () => {
  const hash = (salt: string, text: string) => ruled({ [`column.mask.hash.SHA-1.with.salt.${salt}`]: ".*" }, "a.b.c").parse(text);
  assert.equal(
    hash("s", "é\0"),
    createHash("sha1")
      .update("s")
      .update(Buffer.from("aced00057400" + "04" + "c3a9c080", "hex"))
      .digest("hex"),
  );
  assert.notEqual(hash("s", "x"), hash("t", "x"));
});

test("numbers are left as they are, JSON is cut and not masked", () => {
  assert.equal(ruled({ "column.truncate.to.1.chars": ".*" }, "a.b.c", "int4").parse("123"), 123);
  assert.equal(ruled({ "column.truncate.to.1.chars": ".*" }, "a.b.c", "jsonb").parse("[1]"), "[");
  assert.equal(ruled({ "column.mask.with.1.chars": ".*" }, "a.b.c", "jsonb").parse("[1]"), "[1]");
});

test("a rule that cannot be kept is refused by its name", () => {
  assert.throws(() => columnRules({ "column.truncate.to.0.chars": "x" }), /column\.truncate\.to\.0\.chars: 0 is not between 1 and/);
  assert.throws(() => columnRules({ "column.mask.with.9999999999.chars": "x" }), /not between 0 and 1000000/);
  assert.throws(() => columnRules({ "column.mask.with.1.chars": "(" }), /"\(" is no regular expression/);
  assert.throws(() => columnRules({ "column.mask.hash.ROT13.with.salt.x": "x" }), /there is no hash "ROT13"/);
});
