import type { SqlValue } from "../sql-session.ts";
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
export function wholeQuery(database: SourceDatabase, from: RowSource, facts: SourceFacts, suffix: string): RowQuery {
  return { sql: `SELECT ${columnsSql(database, facts)} FROM ${from.sql}${suffix}`, values: [] };
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
  const put = (value: SqlValue): string => database.placed(value, values);
  const { time, number, key } = order;
  const conditions: string[] = [];
  const after: (readonly [expression: string, put: () => string])[] = [];
  const usRaw = position.time;
  if (time !== undefined && usRaw !== undefined) after.push([time.expression, () => put(exactTime(usRaw, time.facts, database, timeOf))]);
  // Without a time to begin with, a number alone says nothing of rows of earlier times.
  if (number !== undefined && position.number !== undefined && (time === undefined || after.length > 0))
    after.push([number.expression, () => put(position.number!)]);
  if (after.length > 0 && position.key?.length === key.length)
    position.key.forEach((value, index) => after.push([key[index]!.expression, () => key[index]!.literal?.(value) ?? put(value)]));
  if (after.length > 0) conditions.push(database.comparesByColumn === true ? behindByColumn(after) : behind(after));
  if (time !== undefined) conditions.push(`${time.expression} < ${put(timeOf(bound.value))}`);
  else conditions.push(`${number!.expression} <= ${put(bound.value)}`);
  // Rows with null where reading goes by are never read; what compares with a bound is not null, but for the number beside a time.
  if (time !== undefined && number !== undefined) conditions.push(`${number.expression} IS NOT NULL`);
  const by = [...[time, number, ...key].flatMap((each) => (each === undefined ? [] : [each.expression]))];
  return {
    sql: `SELECT ${columnsSql(database, facts)} FROM ${from.sql} WHERE ${conditions.join(" AND ")} ORDER BY ${by.join(", ")}${suffix}`,
    values,
  };
}

/** Behind values of several columns, the first of them the most. */
function behind(after: readonly (readonly [expression: string, put: () => string])[]): string {
  const [first] = after;
  if (after.length === 1) return `${first![0]} > ${first![1]()}`;
  return `(${after.map(([expression]) => expression).join(", ")}) > (${after.map(([, put]) => put()).join(", ")})`;
}

/** The same in words that an index of the first column is used for. */
function behindByColumn(after: readonly (readonly [expression: string, put: () => string])[]): string {
  const [[expression, put] = ["", () => ""], ...others] = after;
  if (others.length === 0) return `${expression} > ${put()}`;
  return `${expression} >= ${put()} AND (${expression} > ${put()} OR ${behindByColumn(others)})`;
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

function columnsSql(database: SourceDatabase, { columns }: SourceFacts): string {
  if (columns.length === 0) return "*";
  return columns
    .map(({ name, selected }) => {
      const quoted = database.quoted(name);
      return selected === undefined ? quoted : `${selected(quoted)} AS ${quoted}`;
    })
    .join(", ");
}
