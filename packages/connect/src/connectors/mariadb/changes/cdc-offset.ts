import { ConnectError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import type { BinlogPlace } from "../connection/server.ts";

/** Where in a transaction reading stopped. */
export interface PlaceInTransaction {
  /** The transaction's; undefined: the first one behind the place. */
  readonly gtid: string | undefined;
  /** How many changes of it are done, whatever table they are of; undefined: Debezium counted otherwise. */
  readonly change: number | undefined;
  /** How many records of the next one are: a change of key makes three. */
  readonly part: number;
  /** Debezium's count: events before the one that is at hand, and rows of that one which are done. */
  readonly event: number;
  readonly row: number;
}

/** How far a snapshot has come. Tables are read in the order of their names. */
export interface SnapshotPlace {
  /** `database.table` that is being read; undefined: none yet. */
  readonly table?: string | undefined;
  /** The key of the last row, as literals of SQL; undefined: the table cannot be gone on with, and is begun again. */
  readonly key?: readonly string[] | undefined;
  readonly isTableDone: boolean;
}

/** Whose binlog the places are of, and when its file was begun: a file of the same name may be another one. */
export interface BinlogIdentity {
  readonly serverUid: string | undefined;
  /** Seconds since 1970 of the beginning of the place's file; undefined: not seen yet. */
  readonly fileSec: number | undefined;
}

/** Where reading goes on. */
export interface CdcOffset {
  /** All transactions before this are done. */
  readonly place: BinlogPlace;
  readonly within?: PlaceInTransaction | undefined;
  readonly snapshot?: SnapshotPlace | undefined;
  /** Undefined: Debezium wrote the offset. */
  readonly identity?: BinlogIdentity | undefined;
}

/** What is said of a place beside what reading goes on by; Debezium's. */
export interface OffsetNotes {
  readonly tsSec?: number;
  readonly serverId?: number;
}

/** An offset of Connect's: Debezium's names, its own beside them; only numbers, texts and booleans, as Java's Connect demands. */
export function writeOffset({ place, within, snapshot, identity }: CdcOffset, { tsSec, serverId }: OffsetNotes = {}): SourcePlace {
  const offset: Record<string, unknown> = {};
  if (tsSec !== undefined) offset["ts_sec"] = tsSec;
  offset["file"] = place.file;
  offset["pos"] = place.position;
  if (place.gtids !== undefined) offset["gtids"] = place.gtids;
  if (serverId !== undefined) offset["server_id"] = serverId;
  if (within !== undefined) {
    offset["row"] = within.row;
    offset["event"] = within.event;
    if (within.gtid !== undefined) offset["gtid"] = within.gtid;
    if (within.change !== undefined) offset["change"] = within.change;
    offset["part"] = within.part;
  }
  if (snapshot !== undefined) {
    offset["snapshot"] = "INITIAL";
    offset["snapshot_completed"] = false;
    if (snapshot.table !== undefined) offset["snapshot_table"] = snapshot.table;
    if (snapshot.key !== undefined) offset["snapshot_key"] = JSON.stringify(snapshot.key);
    offset["snapshot_table_completed"] = snapshot.isTableDone;
  }
  if (identity?.serverUid !== undefined) offset["server_uid"] = identity.serverUid;
  if (identity?.fileSec !== undefined) offset["file_sec"] = identity.fileSec;
  return offset;
}

/** Reads what {@link writeOffset} wrote, or Debezium. @throws ConnectError CONNECT_STATE with what is missing. */
export function readOffset(offset: SourcePlace): CdcOffset {
  const { file, gtids } = offset;
  const position = wholeOf(offset, "pos");
  if (typeof file !== "string" || position === undefined)
    throw new ConnectError(
      "CONNECT_STATE",
      `The offset ${shown(offset)} has no file and pos. Reset the connector's offsets, or alter them to have both.`,
    );
  if (gtids !== undefined && gtids !== null && (typeof gtids !== "string" || !GTIDS.test(gtids)))
    throw new ConnectError("CONNECT_STATE", `The offset's gtids are ${shown(gtids)}, not such as 0-1-7,2-1-9 or uuid:1-7.`);
  const isSnapshot = offset["snapshot"] !== undefined && offset["snapshot"] !== null && offset["snapshot_completed"] !== true;
  const [event, row, change, part] = ["event", "row", "change", "part"].map((name) => wholeOf(offset, name));
  const isWithin = change !== undefined || (event !== undefined && event > 0n);
  const uid = offset["server_uid"];
  const fileSec = wholeOf(offset, "file_sec");
  return {
    place: { file, position, gtids: typeof gtids === "string" ? gtids : undefined },
    ...(isWithin && {
      within: {
        gtid: typeof offset["gtid"] === "string" ? offset["gtid"] : undefined,
        change: change === undefined ? undefined : Number(change),
        part: Number(part ?? 0n),
        event: Number(event ?? 0n),
        row: Number(row ?? 0n),
      },
    }),
    ...(isSnapshot && { snapshot: snapshotOf(offset) }),
    ...((typeof uid === "string" || fileSec !== undefined) && {
      identity: { serverUid: typeof uid === "string" ? uid : undefined, fileSec: fileSec === undefined ? undefined : Number(fileSec) },
    }),
  };
}

const GTIDS = /^[\da-fA-F:,\s-]*$/;
/** What `keyLiterals` writes, and nothing else: it becomes part of a query. */
const KEY_LITERAL = /^(?:-?\d+(?:\.\d+)?|(?:_utf8mb4 )?X'(?:[\da-f]{2})*')$/;

function snapshotOf(offset: SourcePlace): SnapshotPlace {
  const { snapshot_table: table, snapshot_key: key } = offset;
  return {
    ...(typeof table === "string" && { table }),
    ...(typeof key === "string" && { key: keyOf(key) }),
    isTableDone: offset["snapshot_table_completed"] === true,
  };
}

function keyOf(text: string): readonly string[] {
  let key: unknown;
  try {
    key = JSON.parse(text);
  } catch {
    key = undefined;
  }
  if (Array.isArray(key) && key.every((part) => typeof part === "string" && KEY_LITERAL.test(part))) return key as string[];
  throw new ConnectError(
    "CONNECT_STATE",
    `The offset's snapshot_key is ${shown(text)}, not the key of a row as this connector writes it. Reset the connector's offsets.`,
  );
}

function wholeOf(offset: SourcePlace, name: string): bigint | undefined {
  const value = offset[name];
  if (value === undefined || value === null) return undefined;
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  if (!isWhole || value < 0) throw new ConnectError("CONNECT_STATE", `The offset's ${name} is ${shown(value)}, not a whole number.`);
  return BigInt(value);
}

const shown = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
