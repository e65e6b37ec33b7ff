import { quoted, type SqlValue } from "../sql-session.ts";
import type { ReadOrder } from "./read-order.ts";
import type { RowSource, SourceDatabase, SourceFacts } from "./source-database.ts";
import type { TimeFacts } from "./source-column.ts";
import type { SourcePosition } from "./source-position.ts";

/** A statement and its values. */
interface RowQuery {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Up to where rows are read: numbers up to it, times before it. */
export interface ReadBound {
  readonly value: bigint;
}

/** Everything. */
export function wholeQuery(from: RowSource, facts: SourceFacts, suffix: string): RowQuery {
  return { sql: `SELECT ${columnsSql(facts)} FROM ${from.sql}${suffix}`, values: [] };
}

/** Rows behind a position up to a bound, in order. */
export function rowQuery(
  from: RowSource,
  facts: SourceFacts,
  order: ReadOrder,
  position: SourcePosition,
  bound: ReadBound,
  { database, timeOf, suffix }: { readonly database: SourceDatabase; readonly timeOf: (us: bigint) => SqlValue; readonly suffix: string },
): RowQuery {
  const values: SqlValue[] = [];
  const put = (value: SqlValue): string => {
    values.push(value);
    return database.placeholder(values.length - 1);
  };
  const { time, number, key } = order;
  const conditions: string[] = [];
  const after: (readonly [expression: string, value: SqlValue])[] = [];
  const usRaw = position.time;
  if (time !== undefined && usRaw !== undefined) after.push([time.expression, exactTime(usRaw, time.facts, database, timeOf)]);
  // Without a time to begin with, a number alone says nothing of rows of earlier times.
  if (number !== undefined && position.number !== undefined && (time === undefined || after.length > 0))
    after.push([number.expression, position.number]);
  if (after.length > 0 && position.key?.length === key.length) position.key.forEach((value, index) => after.push([key[index]!, value]));
  if (after.length === 1) conditions.push(`${after[0]![0]} > ${put(after[0]![1])}`);
  else if (after.length > 1)
    conditions.push(`(${after.map(([expression]) => expression).join(", ")}) > (${after.map(([, value]) => put(value)).join(", ")})`);
  if (time !== undefined) conditions.push(`${time.expression} < ${put(timeOf(bound.value))}`);
  else conditions.push(`${number!.expression} <= ${put(bound.value)}`);
  // Rows with null where reading goes by are never read; what compares with a bound is not null, but for the number beside a time.
  if (time !== undefined && number !== undefined) conditions.push(`${number.expression} IS NOT NULL`);
  const by = [...(time === undefined ? [] : [time.expression]), ...(number === undefined ? [] : [number.expression]), ...key];
  return {
    sql: `SELECT ${columnsSql(facts)} FROM ${from.sql} WHERE ${conditions.join(" AND ")} ORDER BY ${by.join(", ")}${suffix}`,
    values,
  };
}

/** What the database itself had, where that is what compares; an offset that somebody altered has another time beside it. */
function exactTime(
  { us, raw }: NonNullable<SourcePosition["time"]>,
  facts: TimeFacts,
  { system }: SourceDatabase,
  timeOf: (us: bigint) => SqlValue,
): SqlValue {
  return system === "sqlite" && raw !== undefined && facts.us(raw) === us ? raw : timeOf(us);
}

function columnsSql({ columns }: SourceFacts): string {
  return columns.length === 0 ? "*" : columns.map(({ name }) => quoted(name)).join(", ");
}
