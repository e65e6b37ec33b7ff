import type { BinlogBytes } from "../binlog/binlog-bytes.ts";
import type { EventHeader, RowsEvent } from "../binlog/binlog-event.ts";
import type { BinlogPlace } from "../connection/server.ts";
import type { CapturedTable } from "../tables/captured-table.ts";
import type { MappedTable } from "../tables/captured-tables.ts";

/** Until so many bytes of a transaction came, none of it is read before its end: a server that died in the middle of writing it leaves its beginning in the file. */
export const HELD_BYTES_MAX: number = 16 * 1024 * 1024;

/** Where a change stands, and when it came. */
export interface ChangePlace {
  readonly header: EventHeader;
  readonly position: bigint;
  /** Debezium's count of the transaction's events before this one, behind the first. */
  readonly event: number;
  readonly query: string | undefined;
  readonly nowMs: number;
}

/** Rows that came and wait to be read; `bytes` and `row` say how far that is. */
export interface RowsStep extends ChangePlace {
  readonly kind: RowsEvent["kind"];
  readonly mapped: MappedTable;
  readonly present: Buffer;
  readonly presentAfter: Buffer;
  readonly bytes: BinlogBytes;
  row: number;
}

/** A table that was emptied. */
interface TruncateStep extends ChangePlace {
  readonly kind: "truncate";
  readonly table: CapturedTable;
}

export type ChangeStep = RowsStep | TruncateStep;

/** The transaction that is being read. */
export interface OpenTransaction {
  readonly gtid: string | undefined;
  readonly place: BinlogPlace;
  /** One statement, which ends it. */
  readonly isStandalone: boolean;
  isXa: boolean;
  isXaTold: boolean;
  threadId: number | undefined;
  query: string | undefined;
  /** Events that came, as Debezium counts them. */
  event: number;
  /** Bytes that came, as they are once they are inflated. */
  bytes: number;
  /** What came and is not read yet begins at `read`. */
  steps: ChangeStep[];
  read: number;
  /** The event that ended it. */
  end: EventHeader | undefined;
  /** Changes of captured tables that were read. */
  change: number;
  /** `database.table` to how many events; what transaction metadata tell. */
  readonly counts: Map<string, number>;
  total: number;
  /** Records of it that wait to be handed on. */
  readyCount: number;
  /** Whether a record of it was ever made, or handed on. */
  isBegun: boolean;
  isHandedOn: boolean;
}

export function openTransaction(
  place: BinlogPlace,
  gtid: string | undefined,
  { isStandalone = false, isPreparedXa = false }: { readonly isStandalone?: boolean; readonly isPreparedXa?: boolean } = {},
): OpenTransaction {
  return {
    gtid,
    place,
    isStandalone,
    isXa: isPreparedXa,
    isXaTold: false,
    threadId: undefined,
    query: undefined,
    event: 1,
    bytes: 0,
    steps: [],
    read: 0,
    end: undefined,
    change: 0,
    counts: new Map(),
    total: 0,
    readyCount: 0,
    isBegun: false,
    isHandedOn: false,
  };
}

/** Nothing of it is read yet: it may still turn out that it was never committed. */
export const isHeld = ({ end, bytes }: OpenTransaction): boolean => end === undefined && bytes <= HELD_BYTES_MAX;

/** How transaction metadata call it. */
export const transactionId = ({ gtid, place }: OpenTransaction): string => gtid ?? `file=${place.file},pos=${place.position}`;
