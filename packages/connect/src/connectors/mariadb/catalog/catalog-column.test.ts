import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogColumn } from "./catalog-column.ts";

/** Name, type, whole type, nulls, precision, scale, digits of a second, bytes, default, extra. */
type Row = readonly (string | null)[];
const column = (
  row: Partial<Record<"dataType" | "columnType" | "precision" | "scale" | "digits" | "octets" | "standard" | "extra", string>>,
): Row => [
  "c",
  row.dataType ?? "int",
  row.columnType ?? row.dataType ?? "int(11)",
  "YES",
  row.precision ?? null,
  row.scale ?? null,
  row.digits ?? null,
  row.octets ?? null,
  row.standard ?? null,
  row.extra ?? "",
];
const read = (row: Parameters<typeof column>[0], isMariaDb = true) => catalogColumn(column(row), isMariaDb);
const standardOf = (row: Parameters<typeof column>[0], isMariaDb = true): string | undefined =>
  read(row, isMariaDb).defaultText?.toString("latin1");

test("a column's facts are those that its table map would say", () => {
  const { kind, length, scale } = read({ dataType: "decimal", columnType: "decimal(9,3) unsigned", precision: "9", scale: "3" });
  assert.deepEqual([kind, length, scale], ["decimal", 9, 3]);
  assert.equal(read({ dataType: "int", columnType: "int(5) unsigned zerofill" }).isUnsigned, true);
  assert.equal(read({ dataType: "datetime", columnType: "datetime(3)", digits: "3" }).length, 3);
  assert.equal(read({ dataType: "binary", columnType: "binary(16)", octets: "16" }).length, 16);
  assert.equal(read({ dataType: "bit", columnType: "bit(5)", precision: "5" }).length, 5);
  assert.deepEqual(
    ["float", "float(7,3)"].map((columnType) => read({ dataType: "float", columnType }).isWideFloat),
    [false, true],
  );
  assert.deepEqual(
    ["longtext", "mediumblob", "multipolygon", "point", "inet6", "vector"].map((dataType) => read({ dataType }).kind),
    ["string", "bytes", "geometry", "point", "inet6", "bytes"],
  );
  assert.deepEqual(read({ dataType: "enum", columnType: `enum('a','it''s, "fine"','b\\\\c\\nd','unsigned')` }).labels, [
    "a",
    `it's, "fine"`,
    "b\\c\nd",
    "unsigned",
  ]);
});

test("constant defaults are what the column's text would be, and expressions are none", () => {
  assert.equal(standardOf({ standard: "-5" }), "-5");
  assert.equal(standardOf({ dataType: "varchar", standard: "'it''s \\\\ \\n'" }), "it's \\ \n");
  assert.equal(standardOf({ dataType: "varchar", standard: "''" }), "");
  assert.equal(standardOf({ dataType: "double", standard: "1.5e10" }), "1.5e10");
  for (const standard of ["current_timestamp()", "1 + 1", "NULL", "uuid()", "'a' + 'b'"])
    assert.equal(standardOf({ standard }), undefined, standard);
  assert.equal(standardOf({ standard: "5", extra: "VIRTUAL GENERATED" }), undefined);
  assert.equal(standardOf({ dataType: "bit", standard: "b'101'" }), "\x05");
  assert.equal(standardOf({ dataType: "bit", standard: "b'100000000'" }), "\x01\x00");
  assert.equal(standardOf({ dataType: "enum", columnType: "enum('a','b')", standard: "'b'" }), "2");
  assert.equal(standardOf({ dataType: "set", columnType: "set('a','b','c')", standard: "'a,c'" }), "5");
  assert.equal(standardOf({ dataType: "varchar", standard: "as it is" }, false), "as it is", "MySQL has no quotes");
  assert.equal(standardOf({ dataType: "binary", standard: "0x6162" }, false), "ab", "MySQL shows bytes as a literal");
});
