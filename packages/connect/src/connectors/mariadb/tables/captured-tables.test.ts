import assert from "node:assert/strict";
import { test } from "node:test";
import { readBinlog } from "../binlog/testing/read-binlog.ts";
import { recordedBinlog } from "../binlog/testing/recorded-binlog.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { nameFilter } from "../../debezium/name-filter.ts";
import { catalogColumn } from "../catalog/catalog-column.ts";
import { textOfCharset } from "../values/charsets.ts";
import { CapturedTables } from "./captured-tables.ts";

const uni = readBinlog(recordedBinlog).tables.find(({ table }) => table === "uni")!;
const catalogOf = (standard: string | null, type = "BASE TABLE"): CatalogTable => ({
  database: "shop",
  table: "uni",
  type,
  engine: "InnoDB",
  rowsEstimated: 0,
  key: ["a"],
  columns: [
    catalogColumn(["a", "int", "int(11)", "NO", "10", "0", null, null, null, ""], true),
    catalogColumn(["b", "int", "int(11)", "YES", "10", "0", null, null, standard, ""], true),
  ],
});

function tablesOver(now: { value: CatalogTable | undefined }) {
  const asked: string[] = [];
  const list = (what: string) => ({ what, include: [], exclude: [] });
  const filter = nameFilter({ spaces: list("database"), tables: list("table"), columns: list("column"), keys: "" });
  const values = { decimals: "precise", times: "adaptive_time_microseconds", unsignedBigints: "long", binary: "bytes" } as const;
  const tables = new CapturedTables(
    { prefix: "p", flavour: "mariadb", filter, values },
    {
      table: (_, table) => (asked.push(table), Promise.resolve(now.value)),
      textOf: () => Promise.resolve(textOfCharset("utf8mb4", undefined)),
    },
  );
  const standardOf = () => tables.get(uni.tableId)?.table.valueSchema.fields?.[1]?.schema.fields?.[1]?.schema.defaultValue;
  return { tables, asked, standardOf };
}

test("a table is asked for once, and again when a statement may have altered it", async () => {
  const now = { value: catalogOf("5") };
  const { tables, asked, standardOf } = tablesOver(now);
  await tables.describe(uni);
  const first = tables.get(uni.tableId)?.table;
  assert.equal(standardOf(), 5);
  assert.equal(tables.describe(uni), undefined, "nothing to ask");
  now.value = catalogOf("6");
  tables.alter();
  await tables.describe(uni);
  assert.equal(standardOf(), 6);
  const second = tables.get(uni.tableId)?.table;
  assert.notEqual(second, first);
  tables.alter();
  await tables.describe(uni);
  assert.equal(tables.get(uni.tableId)?.table, second, "the same table is the same object");
  assert.equal(asked.length, 3);
  tables.forgetNumbers();
  assert.throws(() => tables.get(uni.tableId), /did not describe/);
  await tables.describe({ ...uni, tableId: 7 });
  assert.equal(tables.get(7)?.table, second, "under another number too");
  assert.equal(asked.length, 3);
});

test("a map that is another one is another table, though nothing was altered that was seen", async () => {
  const { tables } = tablesOver({ value: catalogOf(null) });
  await tables.describe(uni);
  const renamed = {
    ...uni,
    fingerprint: Buffer.from("other"),
    columns: uni.columns.map((column) => ({ ...column, name: `new_${column.name}` })),
  };
  await tables.describe(renamed);
  assert.deepEqual(
    tables.get(uni.tableId)?.table.shape.columns.map(({ name }) => name),
    ["new_a", "new_b"],
  );
});

test("what no rows can be read of is refused or left out", async () => {
  const { tables } = tablesOver({ value: catalogOf(null) });
  await assert.rejects(async () => tables.describe({ ...uni, hasNames: false }), /binlog_row_metadata=FULL/);
  await assert.rejects(
    async () => tablesOver({ value: catalogOf(null, "SYSTEM VERSIONED") }).tables.describe(uni),
    /shop\.uni is system-versioned/,
  );
  const sequence = tablesOver({ value: catalogOf(null, "SEQUENCE") }).tables;
  await sequence.describe(uni);
  assert.equal(sequence.get(uni.tableId), undefined);
  const gone = tablesOver({ value: undefined }).tables;
  await gone.describe(uni);
  assert.deepEqual(
    gone.get(uni.tableId)?.table.shape.key.map(({ name }) => name),
    ["a"],
    "a table that is gone is as its map says",
  );
  assert.equal(tables.isCaptured("mysql", "user"), false);
});
