import type { TableMap } from "./table-map.ts";

/** What every event begins with. */
export interface EventHeader {
  /** Seconds since 1970, of the statement; 0 where the server made the event up for this connection. */
  readonly timestampSec: number;
  readonly serverId: number;
  /** Bytes of the whole event in the file. */
  readonly size: number;
  /** Where the event behind it begins, its lowest 32 bits; 0 where the server made it up. */
  readonly nextPosition: number;
}

/** Rows of one table that one statement changed; several events may be of one statement. */
export interface RowsEvent {
  readonly kind: "insert" | "update" | "delete";
  readonly tableId: number;
  /** The table's columns that a row has, as bits; of an update, of the row before. */
  readonly present: Buffer;
  /** Of an update, of the row after. */
  readonly presentAfter: Buffer;
  readonly columnCount: number;
  /** The rows, one behind the other. */
  readonly rows: Buffer;
}

/** A statement that is no row: DDL, BEGIN and COMMIT, or DML where the format of the binlog is not ROW. */
export interface QueryEvent {
  readonly kind: "query";
  /** Of the session. */
  readonly threadId: number;
  readonly database: string;
  /** In the charset of the session that sent it. */
  readonly sql: Buffer;
  /** Which that is, by a collation of it; undefined: UTF-8. */
  readonly collation: number | undefined;
  /** `sql_mode` has ANSI_QUOTES. */
  readonly hasAnsiQuotes: boolean;
}

/** A transaction of MariaDB's begins, or a statement that stands alone. */
export interface GtidEvent {
  readonly kind: "gtid";
  readonly domainId: number;
  readonly serverId: number;
  readonly sequence: bigint;
  /** One statement such as DDL: no COMMIT or XID ends it. */
  readonly isStandalone: boolean;
  /** XA PREPARE ends it: whether it is committed is told later. */
  readonly isPreparedXa: boolean;
}

/** A transaction's events as one, all but its GTID (MySQL 8.0.20). */
export interface TransactionPayload {
  readonly kind: "transactionPayload";
  /** By zstd. */
  readonly isCompressed: boolean;
  readonly inflatedSize: number;
  readonly payload: Buffer;
}

/** What the binlog has, as far as changes of rows need it. Everything else is `other`. */
export type BinlogEvent =
  | RowsEvent
  | QueryEvent
  | GtidEvent
  | TransactionPayload
  | { readonly kind: "tableMap"; readonly table: TableMap }
  /** The transaction is committed. */
  | { readonly kind: "xid" }
  /** Where the next event stands. */
  | { readonly kind: "rotate"; readonly file: string; readonly position: bigint }
  | { readonly kind: "formatDescription"; readonly serverVersion: string; readonly createdSec: number }
  /** MySQL's own GTID: `server:number`. */
  | { readonly kind: "mysqlGtid"; readonly gtid: string }
  /** The text of the statement whose rows follow. */
  | { readonly kind: "statementText"; readonly sql: string }
  /** Nothing happened for a while; the server made it up. */
  | { readonly kind: "heartbeat" }
  /** XA PREPARE. */
  | { readonly kind: "xaPrepare" }
  /** The server lost events: the binlog is not whole. */
  | { readonly kind: "incident"; readonly text: string }
  /** An event that changes rows and that is not read here. */
  | { readonly kind: "unreadable"; readonly what: string }
  | { readonly kind: "other"; readonly type: number };
