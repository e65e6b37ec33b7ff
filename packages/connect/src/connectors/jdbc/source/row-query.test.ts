import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigValues } from "../../../plugin/config-shape.ts";
import { plain } from "../../../data/make-schema.ts";
import { timeZone } from "./exact-time.ts";
import type { jdbcSourceConfig } from "./jdbc-source-config.ts";
import { readOrder } from "./read-order.ts";
import { rowQuery } from "./row-query.ts";
import { type SourceColumn, sourceColumn, timestampForm } from "./source-column.ts";
import type { RowSource, SourceDatabase, SourceFacts } from "./source-database.ts";

const rules = { numeric: "none", granularity: "connect_logical", zone: timeZone("UTC") } as const;
const from: RowSource = { kind: "query", sql: "q", name: "the query" };
const time = (name: string, digits: number, isZoned = false): SourceColumn =>
  sourceColumn(name, timestampForm(digits, isZoned, rules), { isNotNull: true });
const whole = (name: string): SourceColumn =>
  sourceColumn(name, { schema: plain("int64"), isWhole: true, read: (raw) => raw }, { isNotNull: true });
const database = (comparesByColumn: boolean): SourceDatabase =>
  ({
    system: "mariadb",
    comparesByColumn,
    quoted: (name: string) => name,
    placed: (value: unknown) => String(value),
  }) as unknown as SourceDatabase;
const settings = (times: readonly string[], mode = "timestamp+incrementing") =>
  ({
    mode,
    "timestamp.column.name": times,
    "incrementing.column.name": "id",
    "validate.non.null": true,
    "exactly.once.support": "requested",
  }) as unknown as ConfigValues<typeof jdbcSourceConfig>;

test("a page begins behind the last row's place, in words of which a database uses an index", () => {
  const facts: SourceFacts = { columns: [time("at", 6), whole("id"), whole("k")], keyColumns: ["k"], signature: "" };
  const sql = (by: boolean, mode: string, number: bigint | undefined): string => {
    const order = readOrder(settings(["at"], mode), from, facts, database(by))!;
    const position = { time: { us: 5n }, number, key: mode === "timestamp" ? [9] : undefined };
    return rowQuery(from, facts, order, position, { value: 100n }, { database: database(by), timeOf: String, suffix: "" }).sql.replace(
      /^.* WHERE /,
      "",
    );
  };
  assert.equal(sql(true, "timestamp+incrementing", 7n), "at >= 5 AND (at > 5 OR id > 7) AND at < 100 AND id IS NOT NULL ORDER BY at, id");
  assert.equal(sql(true, "timestamp", undefined), "at >= 5 AND (at > 5 OR k > 9) AND at < 100 ORDER BY at, k");
  assert.equal(sql(false, "timestamp+incrementing", 7n), "(at, id) > (5, 7) AND at < 100 AND id IS NOT NULL ORDER BY at, id");
  assert.equal(sql(true, "timestamp+incrementing", undefined), "at > 5 AND at < 100 AND id IS NOT NULL ORDER BY at, id");
});

test("of several columns of times the largest step counts, and a row's place is by the column that its time is of", () => {
  const facts: SourceFacts = { columns: [time("a", 6), time("b", 0), time("z", 6, true), whole("id")], keyColumns: [], signature: "" };
  const order = readOrder(settings(["a", "b"]), from, facts, database(true))!;
  assert.deepEqual([order.time?.expression, order.time?.facts.unitUs], ["COALESCE(a, b)", 1_000_000n]);
  assert.equal(order.positionOf([null, "1970-01-01 00:00:07", null, "3"]).time?.us, 7_000_000n);
  assert.equal(order.positionOf(["1970-01-01 00:00:02", "1970-01-01 00:00:07", null, "3"]).time?.us, 2_000_000n);
  assert.throws(
    () => readOrder(settings(["a", "z"]), from, facts, database(true)),
    /of a and z.*one has times of a zone and the other has not/,
  );
});
