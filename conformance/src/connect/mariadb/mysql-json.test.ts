// JSON documents that MySQL keeps in its own form come out of the binlog as the very text that the server makes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { mariadbSource } from "@ottla/connect/mariadb";
import { startMysql } from "../../process/mysql.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { MemoryTask, MemoryTopics } from "../postgres/memory-worker.ts";
import { settingsFor } from "./source-settings.ts";
import { SqlClient } from "./sql-client.ts";

const DOCUMENTS = 600;
const DEEPEST = 100;

interface ChangeValue {
  readonly after: { readonly id: number; readonly js: string | null } | null;
}

/** A number as a text of JSON: whole ones to 64 bits with and without a sign, decimals, and doubles of every exponent. */
function numberText(random: SeededRandom): string {
  const digits = (count: number): string => Array.from({ length: count }, () => random.nextInt(10)).join("");
  const sign = random.nextInt(2) === 0 ? "-" : "";
  switch (random.nextInt(5)) {
    case 0:
      return `${sign}${random.nextInt(70_000)}`;
    case 1:
      return `${sign}${BigInt(`0x${"f".repeat(1 + random.nextInt(15))}`) >> BigInt(random.nextInt(4))}`;
    case 2:
      return `${sign}${random.nextInt(10)}.${digits(1 + random.nextInt(17))}`;
    case 3:
      return `${sign}${1 + random.nextInt(9)}.${digits(1 + random.nextInt(16))}e${random.nextInt(600) - 300}`;
    default:
      return `${sign}${1 + random.nextInt(9)}e${random.nextInt(40) - 20}`;
  }
}

function textOf(random: SeededRandom): string {
  const pieces = ["a", "é", "€", "🐎", '"', "\\", "/", "\n", "\t", "\u0001", "\u001f", "\u007f", "'", "%", " ", "x".repeat(200)];
  return Array.from({ length: random.nextInt(6) }, () => pieces[random.nextInt(pieces.length)]!).join("");
}

function documentText(random: SeededRandom, depth: number): string {
  const kind = random.nextInt(depth > 4 ? 5 : 8);
  if (kind < 2) return numberText(random);
  if (kind === 2) return ["null", "true", "false"][random.nextInt(3)]!;
  if (kind < 5) return JSON.stringify(textOf(random));
  const parts = Array.from({ length: random.nextInt(6) }, () => documentText(random, depth + 1));
  if (kind < 7) return `[${parts.join(",")}]`;
  return `{${parts.map((part) => `${JSON.stringify(textOf(random))}:${part}`).join(",")}}`;
}

/** What only the server's own types make, and what is beyond the small form. */
const EXPRESSIONS = [
  "CAST(CAST('2026-03-04' AS DATE) AS JSON)",
  "CAST(CAST('2026-03-04 05:06:07.123456' AS DATETIME(6)) AS JSON)",
  "CAST(CAST('0001-01-01 00:00:00' AS DATETIME) AS JSON)",
  "CAST(TIMESTAMP('9999-12-31 23:59:59.999999') AS JSON)",
  "CAST(CAST('-838:59:59' AS TIME) AS JSON)",
  "CAST(CAST('00:00:00.000001' AS TIME(6)) AS JSON)",
  "CAST(CAST('-00:00:01.5' AS TIME(6)) AS JSON)",
  "CAST(CAST(-123456789012345.6700 AS DECIMAL(30,4)) AS JSON)",
  "CAST(CAST(0 AS DECIMAL(10,5)) AS JSON)",
  "JSON_ARRAY(1.50, -0.0, 1e0, 99999999999999999999.5, CAST(255 AS UNSIGNED))",
  "CAST(CAST('bytes' AS BINARY) AS JSON)",
  "CAST(x'00ff10' AS JSON)",
  "JSON_OBJECT('bit', b'101', 'blob', x'cafe', 'geo', ST_GeomFromText('POINT(1 2)'))",
  "CAST(9223372036854775808 AS JSON)",
  "CAST(-9223372036854775808 AS JSON)",
  "CAST('[1e15, 1e16, 123456789012345680, 1.5e15, 1e-5, 1.5e-14, 1e-15, 1.25e-15, 1e-16, 5e-324, 1.7976931348623157e308, -0.0, 100000.0]' AS JSON)",
  // More than 64 KiB: offsets of four bytes, and whole numbers of 32 bits in the table itself.
  "JSON_OBJECT('wide', REPEAT('y', 70000), 'i', 70000, 'n', -70000, 'u', 4000000000, 's', 5)",
  `CAST(CONCAT('[', REPEAT('{"k":[1,2,3]},', 6000), '7]') AS JSON)`,
  `CAST(CONCAT(REPEAT('[', ${DEEPEST}), REPEAT(']', ${DEEPEST})) AS JSON)`,
];

test("a document is the text that the server makes of it, by the binlog as by a snapshot", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const server = await startMysql();
  try {
    const sql = await SqlClient.open(server);
    await sql.query("CREATE DATABASE store CHARACTER SET utf8mb4; USE store; CREATE TABLE documents (id int PRIMARY KEY, js json)");
    await sql.query('INSERT INTO documents VALUES (0, \'{"there": ["before", 1.0]}\')');
    const topics = new MemoryTopics();
    const task = new MemoryTask(topics, settingsFor(server, { "database.include.list": "store" }), "exactlyOnce", undefined, mariadbSource);
    await waitUntil("the snapshot is done", () => topics.isSnapshotDone);
    let id = 0;
    for (const expression of EXPRESSIONS) await sql.query(`INSERT INTO documents VALUES (${++id}, ${expression})`);
    while (id < DOCUMENTS) {
      const text = documentText(random, 0);
      await sql.query(`INSERT INTO documents VALUES (${++id}, CONVERT(X'${Buffer.from(text).toString("hex")}' USING utf8mb4))`);
    }
    await waitUntil("all came", () => topics.records.length >= DOCUMENTS + 1, { timeoutMs: 60_000 });
    const rows = await sql.query("SELECT id, CAST(js AS CHAR) FROM documents ORDER BY id");
    assert.equal(rows.length, DOCUMENTS + 1);
    const read = new Map(
      topics.records.map((record) => {
        const { after } = (record as unknown as { value: ChangeValue }).value;
        return [after!.id, after!.js] as const;
      }),
    );
    for (const [row, text] of rows) assert.equal(read.get(Number(row)), text, `document ${row}`);
    assert.equal(await task.stop(), undefined);
    await sql.close();
  } finally {
    await server.stop();
  }
});
