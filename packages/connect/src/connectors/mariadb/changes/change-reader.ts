import { type Logger, MalformedBytesError } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import { BinlogBytes } from "../binlog/binlog-bytes.ts";
import type { DecodedEvent } from "../binlog/binlog-decoder.ts";
import type { EventHeader, GtidEvent, QueryEvent, RowsEvent } from "../binlog/binlog-event.ts";
import type { BinlogPlace, ServerFacts } from "../connection/server.ts";
import type { CapturedTable } from "../tables/captured-table.ts";
import { type CapturedTables, isWhole, type MappedTable, readRow } from "../tables/captured-tables.ts";
import { type BinlogIdentity, type CdcOffset, type PlaceInTransaction, writeOffset } from "./cdc-offset.ts";
import type { ChangeContext, EventDraft, EventMaker } from "./event-maker.ts";
import { GtidSet } from "./gtid-set.ts";
import { GtidState } from "./gtid-state.ts";
import { type NamedTable, readStatement } from "./read-statement.ts";

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

/** Until so many bytes of a transaction came, none of it is handed on before its end: a server that died in the middle of writing it leaves its beginning in the file. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

/** The transaction that is being read. */
interface OpenTransaction {
  readonly gtid: string | undefined;
  readonly place: BinlogPlace;
  readonly serverId: number;
  /** One statement, which ends it. */
  readonly isStandalone: boolean;
  isXa: boolean;
  isXaTold: boolean;
  threadId: number | undefined;
  query: string | undefined;
  /** Debezium's count of events behind the first. */
  event: number;
  /** Changes of captured tables so far. */
  change: number;
  bytes: number;
  /** `database.table` to how many events; what transaction metadata tell. */
  readonly counts: Map<string, number>;
  total: number;
  /** Records of it that are in `#ready`. */
  readyCount: number;
  /** Whether a record of it was ever made, or handed on. */
  isBegun: boolean;
  isHandedOn: boolean;
}

/** What a rows event's records have in common. */
interface RowPlace {
  readonly header: EventHeader;
  readonly position: bigint;
  readonly row: number;
  readonly nowMs: number;
}

/**
 * Turns the binlog's events into records with offsets. Pure but for the catalog, which a table map may make it ask.
 *
 * The offset of a transaction's last record says that the whole of it is done, those before say how many changes of it are; so the last one is held back until the commit has come.
 */
export class ChangeReader {
  readonly #maker: EventMaker;
  readonly #tables: CapturedTables;
  readonly #rules: ChangeRules;
  readonly #log: Logger;
  readonly #serverUid: string | undefined;
  readonly #gtids: GtidState | GtidSet;
  /** GTIDs of what is done are known. */
  readonly #hasGtids: boolean;
  /** What a reader before this one had done of a transaction. */
  #done: PlaceInTransaction | undefined;
  #file: string;
  #next: bigint;
  #fileSec: number | undefined;
  readonly #isSameServer: boolean;
  #place: BinlogPlace;
  #tsSec: number | undefined;
  #serverId: number | undefined;
  #ready: SourceItem[] = [];
  #open: OpenTransaction | undefined;
  #nextGtid: string | undefined;

  constructor(
    parts: { readonly maker: EventMaker; readonly tables: CapturedTables; readonly rules: ChangeRules; readonly log: Logger },
    from: CdcOffset,
    { uid: serverUid, isMariaDb }: Pick<ServerFacts, "uid" | "isMariaDb">,
  ) {
    this.#maker = parts.maker;
    this.#tables = parts.tables;
    this.#rules = parts.rules;
    this.#log = parts.log;
    this.#serverUid = serverUid;
    this.#done = from.within;
    this.#place = from.place;
    this.#file = from.place.file;
    this.#next = from.place.position;
    this.#fileSec = from.identity?.fileSec;
    this.#isSameServer = from.identity === undefined || from.identity.serverUid === serverUid;
    this.#gtids = isMariaDb ? new GtidState(from.place.gtids) : new GtidSet(from.place.gtids);
    this.#hasGtids = from.place.gtids !== undefined;
  }

  get isInTransaction(): boolean {
    return this.#open !== undefined;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** All transactions before this were turned into records. */
  get place(): BinlogPlace {
    return this.#place;
  }

  /** The offset of {@link ChangeReader.place}. A transaction that was begun before and did not come yet is still said. */
  offset(): CdcOffset {
    return { place: this.#place, ...(this.#done !== undefined && { within: this.#done }), identity: this.#identity() };
  }

  /** As {@link ChangeReader.offset}, with what else is said of it. */
  notedOffset() {
    return writeOffset(this.offset(), {
      ...(this.#tsSec !== undefined && { tsSec: this.#tsSec }),
      ...(this.#serverId !== undefined && { serverId: this.#serverId }),
    });
  }

  /** The file began then; of the first one that comes it is judged elsewhere whether that fits. */
  beginFile(fileSec: number): void {
    this.#fileSec = fileSec;
  }

  /** Records that may be handed on, in order. */
  take(): readonly SourceItem[] {
    const open = this.#open;
    const isHeld = open !== undefined && !open.isHandedOn && open.bytes <= HELD_BYTES_MAX;
    const kept = open === undefined ? 0 : isHeld ? open.readyCount : Math.min(1, open.readyCount);
    const taken = this.#ready.splice(0, this.#ready.length - kept);
    if (open !== undefined) {
      if (open.readyCount > kept) open.isHandedOn = true;
      open.readyCount = kept;
    }
    return taken;
  }

  /** One event. A promise only where the catalog has to be asked. */
  feed({ header, event }: DecodedEvent, nowMs: number): Promise<void> | undefined {
    const position = this.#advance(header);
    switch (event.kind) {
      case "insert":
      case "update":
      case "delete":
        this.#rows(event, header, position, nowMs);
        return undefined;
      case "tableMap":
        this.#count(header.size);
        return this.#tables.describe(event.table);
      case "gtid":
        this.#begin(header, position, gtidText(event), event);
        return undefined;
      case "mysqlGtid":
        this.#nextGtid = event.gtid;
        return undefined;
      case "xid":
        this.#commit(header);
        return undefined;
      case "query":
        return this.#query(event, header, position, nowMs);
      case "statementText":
        if (this.#open !== undefined) this.#open.query = event.sql;
        return undefined;
      case "rotate":
        this.#breakOff();
        this.#file = event.file;
        this.#next = event.position;
        this.#place = { ...this.#place, file: event.file, position: event.position };
        return undefined;
      case "formatDescription":
        this.#breakOff();
        this.#tables.forgetNumbers();
        return undefined;
      case "xaPrepare":
        this.#commit(header);
        return undefined;
      case "incident":
        throw this.#error(
          "CONNECT_SOURCE",
          `The server wrote that its binlog lacks events (${event.text}). Reset the connector's offsets, so that tables are read anew.`,
          position,
        );
      case "unreadable":
        throw this.#error("CONNECT_SOURCE", `The binlog has ${event.what}.`, position);
      case "heartbeat":
      case "other":
        return undefined;
    }
  }

  /** Where the event begins. Positions have 32 bits; those of a file that one transaction made larger go on behind them. */
  #advance({ nextPosition, size }: EventHeader): bigint {
    if (nextPosition === 0) return this.#next;
    const high = this.#next >> 32n;
    let next = (high << 32n) | BigInt(nextPosition);
    if (next < this.#next) {
      // Made up for this connection, or beyond another 4 GiB.
      if (this.#next - next < 1n << 31n) return this.#next;
      next += 1n << 32n;
    }
    this.#next = next;
    return next - BigInt(size);
  }

  #count(bytes: number): void {
    if (this.#open === undefined) return;
    this.#open.event++;
    this.#open.bytes += bytes;
  }

  #begin(header: EventHeader, position: bigint, gtid: string | undefined, event?: GtidEvent): void {
    this.#breakOff();
    const place: BinlogPlace = { file: this.#file, position, gtids: this.#place.gtids };
    this.#place = place;
    this.#open = {
      gtid,
      place,
      serverId: header.serverId,
      isStandalone: event?.isStandalone === true,
      isXa: event?.isPreparedXa === true,
      isXaTold: false,
      threadId: undefined,
      query: undefined,
      event: 1,
      change: 0,
      bytes: 0,
      counts: new Map(),
      total: 0,
      readyCount: 0,
      isBegun: false,
      isHandedOn: false,
    };
  }

  /** A file ends, or the server was started: what has no end by then was never committed. */
  #breakOff(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.isHandedOn)
      throw new ConnectError(
        "CONNECT_STATE",
        `The server died while it wrote the transaction ${idOf(open)}, of which more than ${HELD_BYTES_MAX / 1024 / 1024} MiB were handed on; it was never committed. Reset the connector's offsets, so that tables are read anew.`,
      );
    this.#ready.length -= open.readyCount;
    if (open.change > 0)
      this.#log.warn("A transaction that the server never committed is left out", { transaction: idOf(open), changes: open.change });
  }

  #query(event: QueryEvent, header: EventHeader, position: bigint, nowMs: number): Promise<void> | undefined {
    const statement = readStatement(event.sql);
    switch (statement.kind) {
      case "begin":
      case "xaStart":
        if (this.#open === undefined) this.#begin(header, position, this.#takeGtid());
        this.#open!.threadId = event.threadId;
        if (statement.kind === "xaStart") this.#open!.isXa = true;
        return undefined;
      case "commit":
        this.#commit(header);
        return undefined;
      case "rollback":
        this.#rollback(event, header, position);
        return undefined;
      case "savepoint":
      case "xaEnd":
        this.#count(header.size);
        return undefined;
      case "dml":
        this.#dml(event, statement.target, position);
        if (this.#open === undefined) this.#pass(header);
        else this.#count(header.size);
        return undefined;
      case "truncate":
        return this.#truncate(event, statement.target, { header, position, row: 0, nowMs });
      case "other":
        this.#tables.alter();
        this.#ddl(header, position, () => undefined);
        return undefined;
    }
  }

  /** A statement that stands alone, or inside of a transaction that it does not end (CREATE TABLE … SELECT). */
  #ddl(header: EventHeader, position: bigint, change: (open: OpenTransaction) => void): void {
    const before = this.#open;
    if (before === undefined) this.#begin(header, position, this.#takeGtid());
    change(this.#open!);
    if (before === undefined || before.isStandalone) this.#commit(header);
    else this.#count(header.size);
  }

  #takeGtid(): string | undefined {
    const gtid = this.#nextGtid;
    this.#nextGtid = undefined;
    return gtid;
  }

  #rollback(event: QueryEvent, header: EventHeader, position: bigint): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.change > 0)
      throw this.#error(
        "CONNECT_SOURCE",
        `The binlog has a transaction with "${event.sql.slice(0, 60)}", of which some rows were kept and some were not, and does not say which: tables of engines with and without transactions were changed together. Reset the connector's offsets, so that tables are read anew.`,
        position,
      );
    this.#commit(header);
  }

  #dml({ sql, database }: QueryEvent, target: NamedTable | undefined, position: bigint): void {
    if (target !== undefined && !this.#tables.isCaptured(target.database ?? database, target.table)) return;
    const name = target === undefined ? "a table" : `${target.database ?? database}.${target.table}`;
    this.#refuse(
      `A change of ${name} is in the binlog as its statement ("${sql.slice(0, 80)}"), not as rows: a session has binlog_format=STATEMENT or MIXED. SET GLOBAL binlog_format=ROW, and let sessions connect anew; then reset the connector's offsets, so that tables are read anew.`,
      position,
    );
  }

  #truncate({ database }: QueryEvent, target: NamedTable, place: RowPlace): Promise<void> | undefined {
    const space = target.database ?? database;
    const emit = (table: CapturedTable | undefined): void =>
      this.#ddl(place.header, place.position, (open) => {
        if (table === undefined) return;
        if (this.#partsDone(open, 0) === Number.POSITIVE_INFINITY) this.#countDone(open, table, 1);
        else this.#emit(open, this.#maker.truncate(table, this.#context(open, table.name, place)), place);
        open.change++;
      });
    if (!this.#rules.skipped.has("t") && this.#tables.isCaptured(space, target.table))
      return this.#tables.named(space, target.table).then(emit);
    emit(undefined);
    return undefined;
  }

  #rows(event: RowsEvent, header: EventHeader, position: bigint, nowMs: number): void {
    const open = this.#open;
    if (open === undefined) throw new MalformedBytesError(`The binlog has rows outside of a transaction, at ${this.#file}:${position}.`);
    const mapped = this.#tables.get(event.tableId);
    open.bytes += header.size;
    if (mapped !== undefined) {
      const { table, map } = mapped;
      if (map.columns.length !== event.columnCount || event.columnCount === 0)
        throw new MalformedBytesError(`Rows of ${table.name} have ${event.columnCount} columns, and its map ${map.columns.length}.`);
      if (!isWhole(event.present, event.columnCount))
        throw this.#error(
          "CONNECT_SOURCE",
          `A row of ${table.name} came without all its columns. SET GLOBAL binlog_row_image=FULL, let sessions connect anew, and reset the connector's offsets, so that tables are read anew.`,
          position,
        );
      if (open.isXa && !open.isXaTold) this.#refuseXa(open, mapped, position);
      this.#readRows(open, event, mapped, header, position, nowMs);
    }
    open.event++;
  }

  #refuseXa(open: OpenTransaction, { table }: MappedTable, position: bigint): void {
    open.isXaTold = true;
    this.#refuse(
      `An XA transaction changed ${table.name}. Its rows are in the binlog when it is prepared, before it is known whether it will be committed. Leave the table out, or take its rows at once by event.processing.failure.handling.mode=warn.`,
      position,
    );
  }

  #readRows(open: OpenTransaction, event: RowsEvent, mapped: MappedTable, header: EventHeader, position: bigint, nowMs: number): void {
    const { table } = mapped;
    const bytes = new BinlogBytes(event.rows);
    const op = event.kind === "insert" ? "c" : event.kind === "update" ? "u" : "d";
    for (let row = 0; bytes.left > 0; row++) {
      const place: RowPlace = { header, position, row, nowMs };
      let drafts: readonly EventDraft[] = [];
      try {
        const first = readRow(mapped, bytes, event.present);
        const second = event.kind === "update" ? readRow(mapped, bytes, event.presentAfter, first) : first;
        const isSkipped = this.#rules.skipped.has(op) || (op === "u" && this.#rules.skipsUnchanged && table.isSame(first, second));
        if (!isSkipped && this.#partsDone(open, row) < Number.POSITIVE_INFINITY)
          drafts = this.#draftsOf(open, mapped, event.kind, first, second, place);
        else if (!isSkipped) {
          const isKeyChange = op === "u" && table.shape.key.length > 0 && table.changesKey(first, second);
          this.#countDone(open, table, isKeyChange ? 2 : 1);
        }
      } catch (error) {
        if (error instanceof MalformedBytesError || !(error instanceof Error)) throw error;
        this.#refuse(
          `A row of ${table.name} has no form in Connect: ${error.message} Leave the column out by column.exclude.list, or set event.processing.failure.handling.mode to warn.`,
          position,
          error,
        );
      }
      this.#emit(open, drafts, place);
      open.change++;
    }
  }

  #draftsOf(
    open: OpenTransaction,
    { table }: MappedTable,
    kind: RowsEvent["kind"],
    first: readonly unknown[],
    second: readonly unknown[],
    place: RowPlace,
  ): readonly EventDraft[] {
    const counted = [open.total, open.counts.get(table.name)] as const;
    try {
      const context = this.#context(open, table.name, place);
      if (kind === "insert") return this.#maker.insert(table, first, context);
      if (kind === "delete") return this.#maker.delete(table, first, context);
      return this.#maker.update(table, first, second, context, () => this.#context(open, table.name, place));
    } catch (error) {
      open.total = counted[0];
      if (counted[1] === undefined) open.counts.delete(table.name);
      else open.counts.set(table.name, counted[1]);
      throw error;
    }
  }

  /** What was handed on before counts in transaction metadata as it did then. */
  #countDone(open: OpenTransaction, { name }: CapturedTable, events: number): void {
    open.total += events;
    open.counts.set(name, (open.counts.get(name) ?? 0) + events);
  }

  /** How many records of the change at hand were handed on before; infinitely many: all. By the events of the same server's binlog; another one divides rows into events otherwise, and there changes are counted. */
  #partsDone(open: OpenTransaction, row: number): number {
    const done = this.#doneOf(open);
    if (done === undefined) return 0;
    const [ours, theirs] =
      this.#isSameServer || done.change === undefined
        ? ([
            [open.event, row],
            [done.event, done.row],
          ] as const)
        : ([
            [open.change, 0],
            [done.change, 0],
          ] as const);
    if (ours[0] < theirs[0] || (ours[0] === theirs[0] && ours[1] < theirs[1])) return Number.POSITIVE_INFINITY;
    return ours[0] === theirs[0] && ours[1] === theirs[1] ? done.part : 0;
  }

  #doneOf(open: OpenTransaction): PlaceInTransaction | undefined {
    const done = this.#done;
    return done !== undefined && (done.gtid === undefined || open.gtid === undefined || done.gtid === open.gtid) ? done : undefined;
  }

  #context(open: OpenTransaction, collection: string, { header, position, row, nowMs }: RowPlace): ChangeContext {
    open.total++;
    const order = (open.counts.get(collection) ?? 0) + 1;
    open.counts.set(collection, order);
    const block = this.#rules.tellsTransactions
      ? { id: idOf(open), total_order: BigInt(open.total), data_collection_order: BigInt(order) }
      : null;
    return {
      tsSec: header.timestampSec,
      serverId: header.serverId,
      gtid: open.gtid,
      file: this.#file,
      position,
      row,
      threadId: open.threadId,
      query: open.query,
      snapshot: "false",
      block,
      nowMs,
    };
  }

  #emit(open: OpenTransaction, drafts: readonly EventDraft[], { header, row }: Pick<RowPlace, "header" | "row">): void {
    if (drafts.length === 0) return;
    const done = this.#doneOf(open);
    if (this.#rules.tellsTransactions && done === undefined && !open.isBegun)
      this.#push(open, header, this.#maker.transaction(idOf(open), header.timestampSec, undefined), {
        change: 0,
        part: 0,
        event: 0,
        row: 0,
      });
    open.isBegun = true;
    const skip = this.#partsDone(open, row);
    for (let part = skip; part < drafts.length; part++) {
      const isLast = part === drafts.length - 1;
      this.#push(open, header, drafts[part]!, {
        change: isLast ? open.change + 1 : open.change,
        part: isLast ? 0 : part + 1,
        event: open.event,
        row: isLast ? row + 1 : row,
      });
    }
  }

  #push(open: OpenTransaction, header: EventHeader, draft: EventDraft, place: Omit<PlaceInTransaction, "gtid">): void {
    const offset = writeOffset(
      { place: open.place, within: { gtid: open.gtid, ...place }, identity: this.#identity() },
      { tsSec: header.timestampSec, serverId: header.serverId },
    );
    this.#ready.push({ ...draft, partition: this.#maker.partition, offset });
    open.readyCount++;
  }

  #commit(header: EventHeader): void {
    const open = this.#open;
    if (open === undefined) {
      this.#pass(header);
      return;
    }
    if (this.#rules.tellsTransactions && (open.isBegun || (this.#doneOf(open) !== undefined && open.counts.size > 0)))
      this.#push(open, header, this.#maker.transaction(idOf(open), header.timestampSec, open.counts), {
        change: open.change,
        part: 0,
        event: open.event,
        row: 0,
      });
    if (this.#doneOf(open) !== undefined) this.#done = undefined;
    if (open.gtid !== undefined && this.#hasGtids) this.#gtids.add(open.gtid);
    this.#open = undefined;
    this.#pass(header);
    if (open.readyCount === 0) return;
    const last = this.#ready.at(-1)!;
    this.#ready[this.#ready.length - 1] = { ...last, offset: this.notedOffset(), transactionEnds: true };
  }

  /** All before here is done. */
  #pass({ timestampSec, serverId }: EventHeader): void {
    this.#tsSec = timestampSec;
    this.#serverId = serverId;
    this.#place = { file: this.#file, position: this.#next, gtids: this.#hasGtids ? this.#gtids.text() : undefined };
  }

  #identity(): BinlogIdentity {
    return { serverUid: this.#serverUid, fileSec: this.#fileSec };
  }

  #refuse(problem: string, position: bigint, cause?: unknown): void {
    if (this.#rules.onFailure === "fail") throw this.#error("CONNECT_DATA", problem, position, cause);
    if (this.#rules.onFailure === "warn")
      this.#log.warn("A change is left out or taken as it is", { at: `${this.#file}:${position}`, problem });
  }

  #error(code: "CONNECT_DATA" | "CONNECT_SOURCE", problem: string, position: bigint, cause?: unknown): ConnectError {
    const gtid = this.#open?.gtid;
    const at = `${this.#file}:${position}${gtid === undefined ? "" : ` (transaction ${gtid})`}`;
    return new ConnectError(code, `${at}: ${problem}`, {
      ...(cause !== undefined && { cause }),
      ...(cause instanceof ConnectError && { place: cause.place }),
    });
  }
}

const gtidText = ({ domainId, serverId, sequence }: GtidEvent): string => `${domainId}-${serverId}-${sequence}`;

/** How transaction metadata call it. */
const idOf = ({ gtid, place }: OpenTransaction): string => gtid ?? `file=${place.file},pos=${place.position}`;
