import { ConnectError } from "../../../connect-error.ts";
import type { SqlValue } from "../sql-session.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";
import type { SourceColumn, TimeFacts } from "./source-column.ts";
import type { RawRow, RowSource, SourceDatabase, SourceFacts } from "./source-database.ts";
import type { SourcePosition } from "./source-position.ts";

/** By what rows are read. */
export interface ReadOrder {
  /** Of several columns the first one that is not null. */
  readonly time: { readonly expression: string; readonly facts: TimeFacts } | undefined;
  readonly number: { readonly expression: string } | undefined;
  /** The primary key, where rows of one time have nothing else that tells them apart. */
  readonly key: readonly {
    readonly expression: string;
    /** As a statement has a value that an offset has; undefined: as it has all others. */
    readonly literal: ((kept: unknown) => string) | undefined;
  }[];
  /** Whether each row has a place of its own; else only times have. */
  readonly isUnique: boolean;
  positionOf(row: RawRow): SourcePosition;
}

/**
 * What the settings mean for these columns; undefined: everything is read, in any order.
 * @throws ConnectError CONNECT_CONFIG for columns that are not there or that reading cannot go by
 */
export function readOrder(
  settings: JdbcSourceSettings,
  from: RowSource,
  facts: SourceFacts,
  { quoted }: Pick<SourceDatabase, "quoted">,
): ReadOrder | undefined {
  const { mode } = settings;
  if (mode === "bulk" || mode === "") return undefined;
  const times =
    mode === "incrementing" ? [] : settings["timestamp.column.name"].map((name) => columnOf(name, from, facts, "timestamp.column.name"));
  const number = mode === "timestamp" ? undefined : numberColumn(settings["incrementing.column.name"], from, facts);
  if (mode !== "incrementing" && times.length === 0)
    throw new ConnectError("CONNECT_CONFIG", `mode=${mode} needs timestamp.column.name, the columns that have when a row was changed.`);
  for (const { name, time } of times)
    if (time === undefined)
      throw new ConnectError(
        "CONNECT_CONFIG",
        `${from.name}: the column ${name} has no times; timestamp.column.name takes dates and timestamps.`,
      );
  checkNotNull(settings, from, times, number);
  const at = (name: string): number => facts.columns.findIndex((column) => column.name === name);
  const keyAt = mode === "timestamp" ? facts.keyColumns.map(at) : [];
  const key = keyAt.map((index) => facts.columns[index]!);
  const [timeAt, numberAt] = [times.map(({ name }) => at(name)), number === undefined ? -1 : at(number.name)];
  const isUnique = number !== undefined || key.length > 0;
  if (!isUnique && settings["exactly.once.support"] === "required")
    throw new ConnectError(
      "CONNECT_CONFIG",
      `${from.name} has no primary key, and rows of one time would come twice where reading is stopped among them; exactly.once.support=required needs a key, or an incrementing column.`,
    );
  const names = times.map(({ name }) => quoted(name));
  const timeFacts = commonTime(from, times);
  return {
    time: timeFacts && { expression: names.length === 1 ? names[0]! : `COALESCE(${names.join(", ")})`, facts: timeFacts },
    number: number && { expression: quoted(number.name) },
    key: key.map(({ name, key: form }) => ({ expression: form?.expression(quoted(name)) ?? quoted(name), literal: form?.literal })),
    isUnique,
    positionOf: (row) => {
      const which = timeAt.findIndex((index) => row[index] !== null && row[index] !== undefined);
      const raw = row[timeAt[Math.max(0, which)]!];
      return {
        time: timeFacts && { us: times[Math.max(0, which)]!.time!.us(raw), raw: raw as SqlValue },
        number: number === undefined ? undefined : BigInt(row[numberAt] as string),
        key: keyAt.length === 0 ? undefined : keyAt.map((index, of) => key[of]!.key?.kept(row[index]) ?? (row[index] as SqlValue)),
      };
    },
  };
}

/**
 * What holds of whichever of the columns a row's time is from: the largest step of them.
 * @throws ConnectError CONNECT_CONFIG for times with a zone beside times without one, which have no order
 */
function commonTime(from: RowSource, columns: readonly SourceColumn[]): TimeFacts | undefined {
  const [first] = columns;
  if (first?.time === undefined) return undefined;
  const other = columns.find(({ time }) => time!.isZoned !== first.time!.isZoned);
  if (other !== undefined)
    throw new ConnectError(
      "CONNECT_CONFIG",
      `${from.name}: of ${first.name} and ${other.name}, which timestamp.column.name names, one has times of a zone and the other has not; make them alike by a query.`,
    );
  const unitUs = columns.reduce((largest, { time }) => (time!.unitUs > largest ? time!.unitUs : largest), first.time.unitUs);
  return { ...first.time, unitUs };
}

function columnOf(name: string, from: RowSource, { columns }: SourceFacts, setting: string): SourceColumn {
  const exact = columns.find((column) => column.name === name);
  const near = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  if (exact !== undefined) return exact;
  if (near.length === 1) return near[0]!;
  throw new ConnectError(
    "CONNECT_CONFIG",
    `${from.name} has no column ${name}, which ${setting} names; it has ${columns
      .map((column) => column.name)
      .slice(0, 30)
      .join(", ")}.`,
  );
}

function numberColumn(name: string, from: RowSource, facts: SourceFacts): SourceColumn {
  const counted = facts.columns.filter(({ isCounted }) => isCounted);
  if (name === "" && counted.length !== 1)
    throw new ConnectError(
      "CONNECT_CONFIG",
      `${from.name} has ${counted.length === 0 ? "no column" : "several columns"} that the database counts up; name one with incrementing.column.name.`,
    );
  const column = name === "" ? counted[0]! : columnOf(name, from, facts, "incrementing.column.name");
  if (column.isWhole) return column;
  throw new ConnectError(
    "CONNECT_CONFIG",
    `${from.name}: the column ${column.name} has no whole numbers, and incrementing.column.name needs them.`,
  );
}

/** Of a query nothing is known of nulls. */
function checkNotNull(
  settings: JdbcSourceSettings,
  from: RowSource,
  times: readonly SourceColumn[],
  number: SourceColumn | undefined,
): void {
  if (!settings["validate.non.null"] || from.kind === "query") return;
  const open = [
    ...(number === undefined || number.isNotNull ? [] : [number.name]),
    ...(times.length === 0 || times.some(({ isNotNull }) => isNotNull) ? [] : [times.map(({ name }) => name).join(" and ")]),
  ];
  if (open.length === 0) return;
  throw new ConnectError(
    "CONNECT_CONFIG",
    `${from.name}: ${open.join(" and ")} may be null, and rows with null there would never be read; make it NOT NULL, or set validate.non.null=false.`,
  );
}
