import type { Lsn } from "./lsn.ts";

/** A large value that an update left as it was: it is not in the log. */
export const UNCHANGED_TOAST: unique symbol = Symbol("unchanged toast");

/** A column of a row: its text as PostgreSQL's output functions give it, null, or what the log does not hold. */
export type ColumnText = string | null | typeof UNCHANGED_TOAST;

/** A row, in the order of its relation's columns. */
export type TextRow = readonly ColumnText[];

/** How much of the old row the log has. */
export type ReplicaIdentity = "default" | "nothing" | "full" | "index";

/** A column of a relation as the log names it. */
export interface RelationColumn {
  readonly name: string;
  /** Part of the replica identity. */
  readonly isKey: boolean;
  readonly typeOid: number;
  /** Precision, scale, length; −1: none. */
  readonly typeModifier: number;
}

/** A table as it was when the rows behind this were written. */
export interface Relation {
  readonly relationId: number;
  /** `pg_catalog` comes as an empty text. */
  readonly schema: string;
  readonly table: string;
  readonly replicaIdentity: ReplicaIdentity;
  readonly columns: readonly RelationColumn[];
}

/** What of an old row came: the whole of it, or what identifies it (the other columns are null). */
export interface OldRow {
  readonly kind: "key" | "full";
  readonly row: TextRow;
}

/** Within a streamed transaction, the transaction or part of one that a message is of. */
interface Streamed {
  readonly xid?: number | undefined;
}

export interface InsertMessage extends Streamed {
  readonly kind: "insert";
  readonly relationId: number;
  readonly row: TextRow;
}

export interface UpdateMessage extends Streamed {
  readonly kind: "update";
  readonly relationId: number;
  readonly old: OldRow | undefined;
  readonly row: TextRow;
}

export interface DeleteMessage extends Streamed {
  readonly kind: "delete";
  readonly relationId: number;
  readonly old: OldRow;
}

export interface TruncateMessage extends Streamed {
  readonly kind: "truncate";
  readonly relationIds: readonly number[];
  readonly isCascade: boolean;
  readonly restartsIdentity: boolean;
}

/** `pg_logical_emit_message`. */
export interface LogicalMessage extends Streamed {
  readonly kind: "message";
  readonly isTransactional: boolean;
  readonly lsn: Lsn;
  readonly prefix: string;
  readonly content: Buffer;
}

export interface BeginMessage {
  readonly kind: "begin";
  /** Where the transaction's commit record begins. */
  readonly finalLsn: Lsn;
  readonly commitTimeUs: bigint;
  readonly xid: number;
}

interface CommitMessage {
  readonly kind: "commit";
  readonly commitLsn: Lsn;
  /** Behind the commit record: what may be acknowledged. */
  readonly endLsn: Lsn;
  readonly commitTimeUs: bigint;
}

/** A message of the plugin pgoutput, protocol 1 to 4, in text format. Source: PostgreSQL's manual, "Logical Replication Message Formats". */
export type PgoutputMessage =
  | BeginMessage
  | CommitMessage
  | InsertMessage
  | UpdateMessage
  | DeleteMessage
  | TruncateMessage
  | LogicalMessage
  | ({ readonly kind: "relation" } & Relation & Streamed)
  | ({ readonly kind: "type"; readonly typeOid: number; readonly schema: string; readonly name: string } & Streamed)
  | { readonly kind: "origin"; readonly commitLsn: Lsn; readonly name: string }
  | { readonly kind: "streamStart"; readonly xid: number; readonly isFirst: boolean }
  | { readonly kind: "streamStop" }
  | { readonly kind: "streamCommit"; readonly xid: number; readonly commitLsn: Lsn; readonly endLsn: Lsn; readonly commitTimeUs: bigint }
  | {
      readonly kind: "streamAbort";
      readonly xid: number;
      readonly subXid: number;
      /** With parallel streaming (protocol 4). */
      readonly abortLsn?: Lsn;
      readonly abortTimeUs?: bigint;
    }
  | PreparedMessage
  | {
      readonly kind: "rollbackPrepared";
      readonly prepareEndLsn: Lsn;
      readonly rollbackEndLsn: Lsn;
      readonly prepareTimeUs: bigint;
      readonly rollbackTimeUs: bigint;
      readonly xid: number;
      readonly gid: string;
    };

/** Of a transaction in two phases. */
interface PreparedMessage {
  readonly kind: "beginPrepare" | "prepare" | "commitPrepared" | "streamPrepare";
  /** Of the prepare; of the commit in `commitPrepared`. */
  readonly lsn: Lsn;
  readonly endLsn: Lsn;
  readonly timeUs: bigint;
  readonly xid: number;
  readonly gid: string;
}
