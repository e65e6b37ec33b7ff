import { type Logger, MalformedBytesError } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import { formatLsn, laterLsn, type Lsn, NO_LSN } from "../pgoutput/lsn.ts";
import type {
  BeginMessage,
  DeleteMessage,
  InsertMessage,
  LogicalMessage,
  OldRow,
  PgoutputMessage,
  Relation,
  TextRow,
  TruncateMessage,
  UpdateMessage,
} from "../pgoutput/pgoutput-message.ts";
import { type CapturedTable, NullInColumn } from "../tables/captured-table.ts";
import type { CapturedTables } from "../tables/captured-tables.ts";
import { type CdcOffset, type OffsetProgress, offsetOfChange, type SlotIdentity, writeOffset } from "./cdc-offset.ts";
import type { ChangeContext, EventDraft, EventMaker } from "./event-maker.ts";

/** What is done with changes beside making records of them. */
export interface ChangeRules {
  /** `skipped.operations` */
  readonly skipped: ReadonlySet<string>;
  readonly skipsUnchanged: boolean;
  /** `provide.transaction.metadata` */
  readonly tellsTransactions: boolean;
  /** `event.processing.failure.handling.mode` */
  readonly onFailure: "fail" | "warn" | "skip";
}

/** Who looks on as the log is read: what it does counts at the place in the log where it is told. */
export interface ChangeObserver {
  /** For the offsets of what comes next. */
  readonly progress: OffsetProgress | undefined;
  begun(xid: number): void;
  described(relation: Relation): void;
  /** Of any table, whether it is captured or not; not again what was done before a restart. */
  inserted(relationId: number, row: TextRow): void;
  /** A record of it is written. */
  changed(relationId: number, row: TextRow | undefined, old: OldRow | undefined): void;
  truncated(relationIds: readonly number[]): void;
  /** Whether a message is for the connectors themselves and written to no topic. */
  isMark(message: LogicalMessage): boolean;
}

/** A row that is written between two transactions. */
export interface ReadRow {
  readonly table: CapturedTable;
  readonly row: TextRow;
  readonly progress: OffsetProgress | undefined;
}

/** The transaction that is being read. */
interface OpenTransaction {
  readonly begin: BeginMessage;
  /** Of the last change, and how many had the same place before it. */
  lsn: Lsn;
  index: number;
  /** `schema.table` to how many events; what transaction metadata tell. */
  readonly counts: Map<string, number>;
  total: number;
  id: string | undefined;
  /** Records of it that are in `#ready`. */
  readyCount: number;
  /** Whether a record of it was ever made. */
  isBegun: boolean;
}

type RowMessage = InsertMessage | UpdateMessage | DeleteMessage;

/** What offsets say of a row's change. */
const MESSAGE_TYPES = { insert: "INSERT", update: "UPDATE", delete: "DELETE" } as const;

/**
 * Turns the log's messages into records with offsets. Pure but for the catalog, which a Relation message makes it ask.
 *
 * The offset of a transaction's last record says that the whole of it is done, those before say how far into it they are; so the last one is held back until the commit has come.
 */
export class ChangeReader {
  readonly #maker: EventMaker;
  readonly #tables: CapturedTables;
  readonly #rules: ChangeRules;
  readonly #identity: SlotIdentity;
  readonly #log: Logger;
  readonly #observer: ChangeObserver;
  /** What a reader before this one had done of a transaction. */
  #done: CdcOffset["within"];
  #position: Lsn;
  #ready: SourceItem[] = [];
  #open: OpenTransaction | undefined;

  constructor(
    parts: {
      readonly maker: EventMaker;
      readonly tables: CapturedTables;
      readonly rules: ChangeRules;
      readonly log: Logger;
      readonly observer: ChangeObserver;
    },
    from: CdcOffset,
    identity: SlotIdentity,
  ) {
    this.#maker = parts.maker;
    this.#tables = parts.tables;
    this.#rules = parts.rules;
    this.#log = parts.log;
    this.#observer = parts.observer;
    this.#identity = identity;
    this.#position = from.commitLsn;
    this.#done = from.within;
  }

  /** All that was committed before this was turned into records. */
  get position(): Lsn {
    return this.#position;
  }

  get isInTransaction(): boolean {
    return this.#open !== undefined;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** The offset of {@link ChangeReader.position}. */
  offset(): CdcOffset {
    return { commitLsn: this.#position, identity: this.#identity, progress: this.#observer.progress };
  }

  /** Rows that take their place here, between two transactions. */
  read(rows: readonly ReadRow[], nowMs: number): void {
    const context: ChangeContext = {
      lsn: this.#position,
      lastCommitLsn: this.#position,
      xid: undefined,
      commitTimeUs: BigInt(nowMs) * 1000n,
      snapshot: "incremental",
      block: null,
      nowMs,
    };
    for (const { table, row, progress } of rows) {
      const offset = writeOffset({ commitLsn: this.#position, identity: this.#identity, progress });
      for (const draft of this.#readDrafts(table, row, context))
        this.#ready.push({ ...draft, partition: this.#maker.partition, offset, transactionEnds: true });
    }
  }

  #readDrafts(table: CapturedTable, row: TextRow, context: ChangeContext): readonly EventDraft[] {
    try {
      return [this.#maker.read(table, row, context)];
    } catch (error) {
      if (error instanceof NullInColumn) return this.#readDrafts(table.relaxed(error.column), row, context);
      return this.#fail(table, { lsn: context.lsn, of: "an incremental snapshot" }, error);
    }
  }

  /** Records that may be handed on, in order. */
  take(): readonly SourceItem[] {
    const kept = this.#open !== undefined && this.#open.readyCount > 0 ? 1 : 0;
    const taken = this.#ready.splice(0, this.#ready.length - kept);
    if (this.#open !== undefined) this.#open.readyCount = kept;
    return taken;
  }

  /** Nothing was committed between the last message and here. Inside of a transaction it says nothing. */
  pass(walEnd: Lsn): void {
    if (this.#open === undefined) this.#position = laterLsn(this.#position, walEnd);
  }

  /** One message of the log. A promise only where the catalog has to be asked. */
  feed(lsn: Lsn, message: PgoutputMessage, nowMs: number): Promise<unknown> | undefined {
    switch (message.kind) {
      case "insert":
      case "update":
      case "delete":
        this.#row(lsn, message, nowMs);
        return undefined;
      case "begin":
        this.#observer.begun(message.xid);
        this.#open = { begin: message, lsn: NO_LSN, index: 0, counts: new Map(), total: 0, id: undefined, readyCount: 0, isBegun: false };
        return undefined;
      case "commit":
        this.#commit(message.endLsn);
        return undefined;
      case "relation":
        return this.#tables.describe(message).then(() => this.#observer.described(message));
      case "truncate":
        this.#truncate(lsn, message, nowMs);
        return undefined;
      case "message":
        this.#message(lsn, message, nowMs);
        return undefined;
      case "type":
      case "origin":
        return undefined;
      case "streamStart":
      case "streamStop":
      case "streamCommit":
      case "streamAbort":
      case "beginPrepare":
      case "prepare":
      case "commitPrepared":
      case "rollbackPrepared":
      case "streamPrepare":
        throw new MalformedBytesError(`pgoutput sent a message "${message.kind}", which was not asked for.`);
    }
  }

  #row(lsn: Lsn, message: RowMessage, nowMs: number): void {
    const table = this.#tables.get(message.relationId);
    const isKnown = table !== undefined || this.#tables.has(message.relationId);
    if (!isKnown) throw new MalformedBytesError(`pgoutput sent a row of relation ${message.relationId}, which it had not described.`);
    const op = message.kind === "insert" ? "c" : message.kind === "update" ? "u" : "d";
    const isSkipped =
      table === undefined ||
      (this.#rules.skipped.has(op) && !(message.kind === "update" && table.changesKey(message.old, message.row))) ||
      (message.kind === "update" && this.#rules.skipsUnchanged && message.old !== undefined && table.isSame(message.old, message.row));
    const open = this.#advance(lsn);
    if (message.kind === "insert" && !this.#isDone(open)) this.#observer.inserted(message.relationId, message.row);
    if (!isSkipped)
      this.#observer.changed(
        message.relationId,
        message.kind === "delete" ? undefined : message.row,
        message.kind === "insert" ? undefined : message.old,
      );
    if (!isSkipped) this.#emit(open, this.#unskipped(this.#draftsOf(table, open, message, nowMs)), MESSAGE_TYPES[message.kind]);
    open.index++;
  }

  /** An update that changes the key is a delete and an insert, and each is left out as such; a tombstone goes with its delete. */
  #unskipped(drafts: readonly EventDraft[]): readonly EventDraft[] {
    const { skipped } = this.#rules;
    if (drafts.length === 1) return drafts;
    return drafts.filter(({ value }) => !skipped.has((value as { readonly op: string } | null)?.op ?? "d"));
  }

  #draftsOf(table: CapturedTable, open: OpenTransaction, message: RowMessage, nowMs: number): readonly EventDraft[] {
    const counted = [open.total, open.counts.get(table.name)] as const;
    try {
      const context = this.#context(open, table.name, nowMs);
      if (message.kind === "insert") return this.#maker.insert(table, message.row, context);
      if (message.kind === "delete") return this.#maker.delete(table, message.old, context);
      return this.#maker.update(table, message.old, message.row, context, () => this.#context(open, table.name, nowMs));
    } catch (error) {
      open.total = counted[0];
      if (counted[1] === undefined) open.counts.delete(table.name);
      else open.counts.set(table.name, counted[1]);
      if (error instanceof NullInColumn)
        return this.#draftsOf(this.#tables.relax(message.relationId, table, error.column), open, message, nowMs);
      return this.#fail(table, { lsn: open.lsn, of: `transaction ${open.begin.xid}` }, error);
    }
  }

  #fail(table: CapturedTable, at: { readonly lsn: Lsn; readonly of: string }, error: unknown): readonly EventDraft[] {
    const problem = error instanceof Error ? error.message : String(error);
    const where = { table: table.name, lsn: formatLsn(at.lsn), of: at.of, problem };
    if (this.#rules.onFailure === "fail")
      throw new ConnectError(
        "CONNECT_DATA",
        `A row of ${table.name} at ${where.lsn} (${at.of}) has no form in Connect: ${problem} Leave the column out by column.exclude.list, or set event.processing.failure.handling.mode to warn.`,
        { cause: error, ...(error instanceof ConnectError && { place: error.place }) },
      );
    if (this.#rules.onFailure === "warn") this.#log.warn("A row has no form in Connect and is left out", where);
    return [];
  }

  #truncate(lsn: Lsn, { relationIds }: TruncateMessage, nowMs: number): void {
    const open = this.#advance(lsn);
    this.#observer.truncated(relationIds);
    const tables = this.#rules.skipped.has("t") ? [] : relationIds.flatMap((id) => this.#tables.get(id) ?? []);
    this.#emit(
      open,
      tables.flatMap((table) => this.#maker.truncate(table, this.#context(open, table.name, nowMs))),
      "TRUNCATE",
    );
    open.index++;
  }

  #message(lsn: Lsn, message: LogicalMessage, nowMs: number): void {
    const isMark = this.#observer.isMark(message);
    if (message.isTransactional) {
      const open = this.#advance(lsn);
      if (!isMark) this.#emit(open, this.#maker.message(message, this.#context(open, "", nowMs)), "MESSAGE");
      open.index++;
      return;
    }
    // It is no transaction's: by the next byte of the log it is done.
    this.#position = laterLsn(this.#position, message.lsn + 1n);
    if (isMark) return;
    const context: ChangeContext = {
      lsn,
      lastCommitLsn: this.#position,
      xid: undefined,
      commitTimeUs: BigInt(nowMs) * 1000n,
      snapshot: "false",
      block: null,
      nowMs,
    };
    const offset = writeOffset(this.offset(), { messageType: "MESSAGE", lsn });
    for (const draft of this.#maker.message(message, context))
      this.#ready.push({ ...draft, partition: this.#maker.partition, offset, transactionEnds: true });
  }

  #advance(lsn: Lsn): OpenTransaction {
    const open = this.#open;
    if (open === undefined) throw new MalformedBytesError("pgoutput sent a change outside of a transaction.");
    if (lsn !== open.lsn) {
      open.lsn = lsn;
      open.index = 0;
    }
    return open;
  }

  #context(open: OpenTransaction, collection: string, nowMs: number): ChangeContext {
    const { begin, lsn } = open;
    open.total++;
    const order = (open.counts.get(collection) ?? 0) + 1;
    open.counts.set(collection, order);
    const block = this.#rules.tellsTransactions
      ? { id: this.#idOf(open), total_order: BigInt(open.total), data_collection_order: BigInt(order) }
      : null;
    return { lsn, lastCommitLsn: this.#position, xid: begin.xid, commitTimeUs: begin.commitTimeUs, snapshot: "false", block, nowMs };
  }

  /** The transaction's id and the place of its first change; told once. */
  #idOf(open: OpenTransaction): string {
    if (open.id !== undefined) return open.id;
    open.id = `${open.begin.xid}:${open.begin.finalLsn}`;
    return open.id;
  }

  #emit(open: OpenTransaction, drafts: readonly EventDraft[], messageType: string): void {
    if (drafts.length === 0) return;
    const done = this.#doneOf(open);
    if (this.#rules.tellsTransactions && done === undefined && !open.isBegun)
      this.#push(
        open,
        this.#maker.transaction(this.#idOf(open), open.begin.commitTimeUs, undefined),
        { lsn: NO_LSN, index: 0, part: 0 },
        "BEGIN",
      );
    open.isBegun = true;
    const skip = done === undefined ? 0 : partsDone(done, open);
    for (let part = skip; part < drafts.length; part++) {
      const isLast = part === drafts.length - 1;
      this.#push(
        open,
        drafts[part]!,
        { lsn: open.lsn, index: isLast ? open.index + 1 : open.index, part: isLast ? 0 : part + 1 },
        messageType,
      );
    }
  }

  #doneOf(open: OpenTransaction): CdcOffset["within"] {
    return this.#done?.xid === open.begin.xid ? this.#done : undefined;
  }

  #isDone(open: OpenTransaction): boolean {
    const done = this.#doneOf(open);
    return done !== undefined && partsDone(done, open) > 0;
  }

  #push(open: OpenTransaction, draft: EventDraft, place: { lsn: Lsn; index: number; part: number }, messageType: string): void {
    const { xid, commitTimeUs } = open.begin;
    const { lsn, index, part } = place;
    const { progress } = this.#observer;
    const offset =
      progress === undefined
        ? offsetOfChange({ commitLsn: this.#position, xid, lsn, index, part, messageType, tsUs: commitTimeUs }, this.#identity)
        : writeOffset(
            { commitLsn: this.#position, within: { xid, lsn, index, part }, identity: this.#identity, progress },
            { messageType, tsUs: commitTimeUs },
          );
    const { topic, key, keySchema, value, valueSchema, headers } = draft;
    this.#ready.push({ topic, key, keySchema, value, valueSchema, headers, partition: this.#maker.partition, offset });
    open.readyCount++;
  }

  #commit(endLsn: Lsn): void {
    const open = this.#open;
    if (open === undefined) throw new MalformedBytesError("pgoutput sent a commit outside of a transaction.");
    const { xid, commitTimeUs } = open.begin;
    if (this.#rules.tellsTransactions && open.isBegun)
      this.#push(
        open,
        this.#maker.transaction(this.#idOf(open), commitTimeUs, open.counts),
        { lsn: open.lsn, index: open.index, part: 0 },
        "COMMIT",
      );
    this.#position = laterLsn(this.#position, endLsn);
    if (open.readyCount > 0) {
      const last = this.#ready.at(-1)!;
      const offset = writeOffset(this.offset(), { messageType: "COMMIT", lsn: open.lsn, txId: xid, tsUs: commitTimeUs });
      this.#ready[this.#ready.length - 1] = { ...last, offset, transactionEnds: true };
    }
    this.#open = undefined;
    if (this.#done?.xid === xid) this.#done = undefined;
  }
}

/** How many records of the change at hand were made before. */
function partsDone(done: NonNullable<CdcOffset["within"]>, { lsn, index }: OpenTransaction): number {
  if (lsn < done.lsn || (lsn === done.lsn && index < done.index)) return Number.POSITIVE_INFINITY;
  return lsn === done.lsn && index === done.index ? done.part : 0;
}
