import { ConnectError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import type { Lsn } from "../pgoutput/lsn.ts";

/** Where in a transaction reading stopped. */
interface PlaceInTransaction {
  readonly xid: number;
  /** Of a change; several may have the same, since one record of the log may hold many rows. */
  readonly lsn: Lsn;
  /** How many changes of that LSN are done. */
  readonly index: number;
  /** How many records of the next one are: a change of key makes three. */
  readonly part: number;
}

/** How far a snapshot has come. Tables are read in the order of their names. */
export interface SnapshotPlace {
  /** `schema.table` that is being read; undefined: none yet. */
  readonly table?: string | undefined;
  /** The primary key of the last row, as texts; undefined: the table has none, and is begun again. */
  readonly key?: readonly string[] | undefined;
  readonly isTableDone: boolean;
}

/** Whose log the places are of: places of another one mean nothing. */
export interface SlotIdentity {
  readonly systemId: string;
  readonly timeline: number;
  readonly slot: string;
}

/** What is under way beside the log. */
export interface OffsetProgress {
  /** Incremental snapshots that are to be made, and how far they are. */
  readonly incremental?: string | undefined;
  /** Behind the last record of the topic of signals. */
  readonly signalOffset?: number | undefined;
}

/** Where reading goes on. */
export interface CdcOffset {
  /** All that was committed before this is done, and the server may forget it. */
  readonly commitLsn: Lsn;
  readonly within?: PlaceInTransaction | undefined;
  readonly snapshot?: SnapshotPlace | undefined;
  /** Undefined: Debezium wrote the offset. */
  readonly identity?: SlotIdentity | undefined;
  readonly progress?: OffsetProgress | undefined;
}

/** What is said of a place beside what reading goes on by; Debezium's. */
export interface OffsetNotes {
  readonly messageType?: string;
  readonly lsn?: Lsn;
  readonly txId?: number | null;
  readonly tsUs?: bigint;
}

/** A change's place in its transaction, and what is said beside it. */
export interface PlaceOfChange extends PlaceInTransaction {
  readonly commitLsn: Lsn;
  readonly messageType: string;
  readonly tsUs: bigint;
}

/**
 * What {@link writeOffset} writes of a change while nothing is under way beside the log. Nearly every offset is one of these, and only the last of some hundred is ever kept: made in one piece, it costs a
 * fifth of what one costs that grows name by name.
 */
export function offsetOfChange(
  { commitLsn, xid, lsn, index, part, messageType, tsUs }: PlaceOfChange,
  identity: SlotIdentity,
): SourcePlace {
  return {
    lsn_proc: lsn,
    lsn_commit: commitLsn,
    lsn,
    messageType,
    txId: xid,
    ts_usec: tsUs,
    lsn_index: index,
    lsn_part: part,
    system_id: identity.systemId,
    timeline: identity.timeline,
    slot: identity.slot,
  };
}

/** An offset of Connect's: Debezium's names, its own beside them; only numbers, texts and booleans, as Java's Connect demands. */
export function writeOffset({ commitLsn, within, snapshot, identity, progress }: CdcOffset, notes: OffsetNotes = {}): SourcePlace {
  const lsn = within?.lsn ?? notes.lsn ?? commitLsn;
  const txId = within?.xid ?? notes.txId;
  const place: Record<string, unknown> = { lsn_proc: lsn, lsn_commit: commitLsn, lsn };
  if (notes.messageType !== undefined) place["messageType"] = notes.messageType;
  if (txId !== undefined && txId !== null) place["txId"] = txId;
  if (notes.tsUs !== undefined) place["ts_usec"] = notes.tsUs;
  if (within !== undefined) {
    place["lsn_index"] = within.index;
    place["lsn_part"] = within.part;
  }
  if (snapshot !== undefined) {
    place["snapshot"] = "INITIAL";
    place["snapshot_completed"] = false;
    if (snapshot.table !== undefined) place["snapshot_table"] = snapshot.table;
    if (snapshot.key !== undefined) place["snapshot_key"] = JSON.stringify(snapshot.key);
    place["snapshot_table_completed"] = snapshot.isTableDone;
  }
  if (identity !== undefined) {
    place["system_id"] = identity.systemId;
    place["timeline"] = identity.timeline;
    place["slot"] = identity.slot;
  }
  if (progress?.incremental !== undefined) place["incremental_snapshot"] = progress.incremental;
  if (progress?.signalOffset !== undefined) place["signal_offset"] = progress.signalOffset;
  return place;
}

/** Reads what {@link writeOffset} wrote, or Debezium. @throws ConnectError CONNECT_STATE with what is missing. */
export function readOffset(place: SourcePlace): CdcOffset {
  const commitLsn = lsnOf(place, "lsn_commit");
  const lsn = lsnOf(place, "lsn");
  const isSnapshot = place["snapshot"] !== undefined && place["snapshot_completed"] !== true && place["last_snapshot_record"] !== true;
  if (commitLsn === undefined && lsn === undefined)
    throw new ConnectError(
      "CONNECT_STATE",
      `The offset ${shown(place)} has neither lsn_commit nor lsn. Reset the connector's offsets, or alter them to have one.`,
    );
  const index = place["lsn_index"];
  const table = place["snapshot_table"];
  const key = place["snapshot_key"];
  const incremental = place["incremental_snapshot"];
  const signalOffset = place["signal_offset"];
  return {
    // Debezium's first transactions behind a snapshot know no commit before them, only their own place.
    commitLsn: commitLsn ?? lsn!,
    ...(typeof index === "number" &&
      lsn !== undefined && { within: { xid: Number(place["txId"]), lsn, index, part: Number(place["lsn_part"] ?? 0) } }),
    ...(isSnapshot && {
      snapshot: {
        ...(typeof table === "string" && { table }),
        ...(typeof key === "string" && { key: JSON.parse(key) as string[] }),
        isTableDone: place["snapshot_table_completed"] === true,
      },
    }),
    ...(typeof place["system_id"] === "string" && {
      identity: { systemId: place["system_id"], timeline: Number(place["timeline"]), slot: String(place["slot"]) },
    }),
    ...((incremental !== undefined || signalOffset !== undefined) && {
      progress: {
        ...(typeof incremental === "string" && { incremental }),
        ...(signalOffset !== undefined && { signalOffset: Number(signalOffset) }),
      },
    }),
  };
}

function lsnOf(place: SourcePlace, name: string): Lsn | undefined {
  const value = place[name];
  if (value === undefined || value === null) return undefined;
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
  if (!isWhole || value < 0)
    throw new ConnectError("CONNECT_STATE", `The offset's ${name} is ${shown(value)}, not a place in the log (a whole number).`);
  return BigInt(value);
}

const shown = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
