import assert from "node:assert/strict";
import { test } from "node:test";
import type { CatalogTable } from "../catalog/catalog.ts";
import type { ColumnFacts, ColumnKind } from "../values/column-facts.ts";
import { keyLiterals, rowsBehind } from "./key-order.ts";

const table = (columns: Readonly<Record<string, ColumnKind>>, key: readonly string[]): CatalogTable => ({
  database: "shop",
  table: "t",
  type: "BASE TABLE",
  engine: "InnoDB",
  rowsEstimated: 0,
  key,
  columns: Object.entries(columns).map(
    ([name, kind]): ColumnFacts => ({
      name,
      kind,
      isUnsigned: false,
      isNullable: false,
      length: 0,
      scale: 0,
      labels: [],
      isWideFloat: false,
      defaultText: undefined,
    }),
  ),
});

test("rows are asked for in the order of the key, behind the last one in a way that uses the index", () => {
  const two = table({ id: "bigint", part: "string", n: "int" }, ["part", "id"]);
  assert.deepEqual(rowsBehind(two, undefined), { sql: " ORDER BY `part`, `id`", isOrdered: true });
  const row = [Buffer.from("-9223372036854775808"), Buffer.from("it's é"), Buffer.from("1")];
  const key = keyLiterals(two, row);
  assert.deepEqual(key, [`_utf8mb4 X'${Buffer.from("it's é").toString("hex")}'`, "-9223372036854775808"]);
  assert.deepEqual(rowsBehind(two, key), {
    sql: ` WHERE (\`part\` > ${key[0]}) OR (\`part\` = ${key[0]} AND \`id\` > ${key[1]}) ORDER BY \`part\`, \`id\``,
    isOrdered: true,
  });
  assert.deepEqual(keyLiterals(table({ k: "bytes" }, ["k"]), [Buffer.from([0, 255])]), ["X'00ff'"]);
});

test("a table that cannot be gone on with by its key is read from its beginning", () => {
  for (const kind of ["float", "double", "enum", "set", "bit", "uuid"] as const)
    assert.deepEqual(rowsBehind(table({ id: "int", k: kind }, ["id", "k"]), ["1", "2"]), { sql: "", isOrdered: false }, kind);
  assert.deepEqual(rowsBehind(table({ id: "int" }, []), undefined), { sql: "", isOrdered: false });
  assert.deepEqual(rowsBehind(table({ id: "int" }, ["id"]), ["1", "2"]).sql, " ORDER BY `id`", "a key of another version of the table");
});
