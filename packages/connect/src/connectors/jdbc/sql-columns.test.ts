import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalSchema, timestampSchema } from "../../data/logical-types.ts";
import { array, plain, struct } from "../../data/make-schema.ts";
import { timeZone } from "./source/exact-time.ts";
import { columnType, columnValue } from "./sql-columns.ts";
import type { SqlDialect } from "./sql-session.ts";

const rules = (zone: string, isPostgres: boolean) => ({ zone: timeZone(zone), writesOffset: isPostgres, hasArrays: isPostgres });
const dialect = (name: SqlDialect["name"]): SqlDialect => ({ name }) as SqlDialect;

test("a timestamp is the clock's text of its zone, and where a column may have a zone with its offset", () => {
  const at = new Date("2026-10-25T01:30:00.123Z");
  const text = (zone: string, isPostgres: boolean, value = at) => columnValue(timestampSchema(), value, rules(zone, isPostgres));
  assert.equal(text("UTC", false), "2026-10-25 01:30:00.123");
  assert.equal(text("UTC", true), "2026-10-25 01:30:00.123+00:00");
  assert.equal(text("Europe/Berlin", false), "2026-10-25 02:30:00.123");
  assert.equal(text("Europe/Berlin", true), "2026-10-25 02:30:00.123+01:00");
  assert.equal(text("Europe/Berlin", true, new Date("2026-10-25T00:30:00.123Z")), "2026-10-25 02:30:00.123+02:00");
  assert.equal(text("America/St_Johns", true), "2026-10-24 23:00:00.123-02:30");
  assert.equal(text("Europe/Berlin", true, new Date("1880-01-01T00:00:00Z")), "1880-01-01 00:53:28.000+00:53:28");
});

test("an array is PostgreSQL's text of it, whatever its values have; elsewhere, and of arrays, it is refused with the remedy", () => {
  const utc = rules("UTC", true);
  const words = array(plain("string", true));
  assert.equal(columnValue(words, ["", "NULL", null, 'a,"b\\', "{}"], utc), String.raw`{"","NULL",NULL,"a,\"b\\","{}"}`);
  assert.equal(columnValue(array(plain("bytes")), [Buffer.from([0, 255])], utc), String.raw`{"\\x00ff"}`);
  assert.equal(columnValue(array(decimalSchema(2)), [{ unscaled: -5n, scale: 2 }], utc), '{"-0.05"}');
  assert.equal(columnType(array(plain("int64")), dialect("postgresql"), false), "BIGINT[]");
  for (const name of ["sqlite", "mariadb"] as const)
    assert.throws(() => columnType(words, dialect(name), false), /no column outside of PostgreSQL; fields\.whitelist leaves the field out/);
  assert.throws(() => columnValue(words, [], rules("UTC", false)), /no column outside of PostgreSQL/);
  assert.throws(() => columnValue(array(words), [["a"]], utc), /arrays of arrays/);
  assert.throws(() => columnValue(array(struct({ a: plain("string") })), [{ a: "x" }], utc), /Flatten makes columns of a struct's fields/);
  assert.equal(columnType(decimalSchema(40), dialect("postgresql"), false), "DECIMAL");
  assert.throws(() => columnType(decimalSchema(40), dialect("mariadb"), false), /38 digits behind the point/);
});
