import { isAscii } from "node:buffer";
import { type Logger, MalformedBytesError } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import { BinlogBytes } from "../binlog/binlog-bytes.ts";
import type { DecodedEvent } from "../binlog/binlog-decoder.ts";
import type { EventHeader, GtidEvent, QueryEvent, RowsEvent } from "../binlog/binlog-event.ts";
import type { BinlogPlace, ServerFacts } from "../connection/server.ts";
import type { CapturedTables } from "../tables/captured-tables.ts";
import { BinlogPosition } from "./binlog-position.ts";
import { type BinlogIdentity, type CdcOffset, writeOffset } from "./cdc-offset.ts";
import { ChangeFailures } from "./change-failures.ts";
import { DoneBefore } from "./done-before.ts";
import type { EventMaker } from "./event-maker.ts";
import { GtidSet } from "./gtid-set.ts";
import { GtidState } from "./gtid-state.ts";
import { HELD_BYTES_MAX, isHeld, type OpenTransaction, openTransaction, transactionId } from "./open-transaction.ts";
import { type NamedTable, readStatement, type Statement } from "./read-statement.ts";
import { type ChangeRules, TransactionRecords } from "./transaction-records.ts";

/** A statement that came, and when. */
interface CameStatement {
  readonly event: QueryEvent;
  readonly sql: string;
  readonly header: EventHeader;
  readonly position: bigint;
  readonly nowMs: number;
}

const UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * Turns the binlog's events into records with offsets. Pure but for the catalog, which a table map may make it ask.
 *
 * A transaction's changes wait as the bytes that came until its end has come, or so many of them that they no longer can; then they become records a few at a time, as these are taken. The offset of its
 * last record says that the whole of it is done, those before say how many changes of it are; so the last one is held back until the commit has come.
 */
export class ChangeReader {
  readonly #tables: CapturedTables;
  readonly #log: Logger;
  readonly #failures: ChangeFailures;
  readonly #records: TransactionRecords;
  readonly #done: DoneBefore;
  readonly #position: BinlogPosition;
  readonly #serverUid: string | undefined;
  readonly #skipsTruncates: boolean;
  readonly #gtids: GtidState | GtidSet;
  /** GTIDs of what is done are known. */
  readonly #hasGtids: boolean;
  #fileSec: number | undefined;
  #place: BinlogPlace;
  #tsSec: number | undefined;
  #serverId: number | undefined;
  #open: OpenTransaction | undefined;
  #nextGtid: string | undefined;

  constructor(
    parts: {
      readonly maker: EventMaker;
      readonly tables: CapturedTables;
      readonly rules: ChangeRules;
      /** `event.processing.failure.handling.mode` */
      readonly onFailure: "fail" | "warn" | "skip";
      readonly log: Logger;
    },
    from: CdcOffset,
    { uid: serverUid, isMariaDb }: Pick<ServerFacts, "uid" | "isMariaDb">,
  ) {
    const { maker, rules, onFailure } = parts;
    this.#tables = parts.tables;
    this.#log = parts.log;
    this.#serverUid = serverUid;
    this.#skipsTruncates = rules.skipped.has("t");
    this.#place = from.place;
    this.#position = new BinlogPosition(from.place.file, from.place.position);
    this.#fileSec = from.identity?.fileSec;
    this.#done = new DoneBefore(from.within, from.identity === undefined || from.identity.serverUid === serverUid);
    this.#failures = new ChangeFailures(onFailure, parts.log, () => this.#position.file);
    this.#records = new TransactionRecords({
      maker,
      rules,
      done: this.#done,
      failures: this.#failures,
      identity: () => this.#identity(),
    });
    this.#gtids = isMariaDb ? new GtidState(from.place.gtids) : new GtidSet(from.place.gtids);
    this.#hasGtids = from.place.gtids !== undefined;
  }

  get isInTransaction(): boolean {
    return this.#open !== undefined;
  }

  get readyCount(): number {
    return this.#records.readyCount;
  }

  /** All transactions before this were turned into records. */
  get place(): BinlogPlace {
    return this.#place;
  }

  /** The offset of {@link ChangeReader.place}. A transaction that was begun before and did not come yet is still said. */
  offset(): CdcOffset {
    const within = this.#done.place;
    return { place: this.#place, ...(within !== undefined && { within }), identity: this.#identity() };
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
    const kept = open === undefined ? 0 : Math.min(1, open.readyCount);
    const taken = this.#records.take(kept);
    if (open !== undefined) {
      if (open.readyCount > kept) open.isHandedOn = true;
      open.readyCount = kept;
    }
    return taken;
  }

  /** Makes records of what came, until more than `readyMax` wait to be taken. True: there is more to be made of. */
  readOn(readyMax: number): boolean {
    const open = this.#open;
    if (open === undefined || isHeld(open)) return false;
    while (open.read < open.steps.length) {
      if (this.#records.readyCount > readyMax) return true;
      if (this.#records.readOne(open, open.steps[open.read]!)) open.read++;
    }
    open.steps = [];
    open.read = 0;
    if (open.end !== undefined) this.#close(open, open.end);
    return false;
  }

  /** One event; what came before it has been read on. A promise only where the catalog has to be asked. */
  feed({ header, event }: DecodedEvent, nowMs: number): Promise<void> | undefined {
    this.readOn(UNBOUNDED);
    const position = this.#position.advance(header);
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
        this.#begin(position, gtidText(event), event);
        return undefined;
      case "mysqlGtid":
        this.#nextGtid = event.gtid;
        return undefined;
      case "xid":
      case "xaPrepare":
        this.#commit(header);
        return undefined;
      case "query":
        return this.#query(event, header, position, nowMs);
      case "statementText":
        if (this.#open !== undefined) this.#open.query = event.sql;
        return undefined;
      case "rotate":
        this.#breakOff();
        this.#position.rotate(event.file, event.position);
        this.#place = { ...this.#place, file: event.file, position: event.position };
        return undefined;
      case "formatDescription":
        this.#breakOff();
        this.#tables.forgetNumbers();
        return undefined;
      case "incident":
        throw this.#error(
          `The server wrote that its binlog lacks events (${event.text}). Reset the connector's offsets, so that tables are read anew.`,
          position,
        );
      case "transactionPayload":
        throw new MalformedBytesError(`A compressed transaction is within another one, at ${this.#position.file}:${position}.`);
      case "unreadable":
        throw this.#error(`The binlog has ${event.what}.`, position);
      case "heartbeat":
      case "other":
        return undefined;
    }
  }

  #count(bytes: number): void {
    if (this.#open === undefined) return;
    this.#open.event++;
    this.#open.bytes += bytes;
  }

  #begin(position: bigint, gtid: string | undefined, event?: GtidEvent): OpenTransaction {
    this.#breakOff();
    this.#place = { file: this.#position.file, position, gtids: this.#place.gtids };
    return (this.#open = openTransaction(this.#place, gtid, event));
  }

  /** A file ends, or the server was started: what has no end by then was never committed. */
  #breakOff(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.isHandedOn)
      throw new ConnectError(
        "CONNECT_STATE",
        `The server died while it wrote the transaction ${transactionId(open)}, of which more than ${HELD_BYTES_MAX / 1024 / 1024} MiB were handed on; it was never committed. Reset the connector's offsets, so that tables are read anew.`,
      );
    this.#records.drop(open.readyCount);
    if (open.steps.length > 0 || open.change > 0)
      this.#log.warn("A transaction that the server never committed is left out", { transaction: transactionId(open) });
  }

  /** Its text is read in the session's charset; the server's words are of ASCII in each. */
  #query(event: QueryEvent, header: EventHeader, position: bigint, nowMs: number): Promise<void> | undefined {
    const came = { event, header, position, nowMs };
    if (event.collation === undefined || isAscii(event.sql)) return this.#statement({ ...came, sql: event.sql.toString("utf8") });
    return this.#tables.textOf(event.collation).then((textOf) => this.#statement({ ...came, sql: textOf(event.sql) }));
  }

  #statement(came: CameStatement): Promise<void> | undefined {
    const { event, sql, header, position } = came;
    const statement = readStatement(sql, event.hasAnsiQuotes);
    switch (statement.kind) {
      case "begin":
      case "xaStart": {
        const open = this.#open ?? this.#begin(position, this.#takeGtid());
        open.threadId = event.threadId;
        if (statement.kind === "xaStart") open.isXa = true;
        return undefined;
      }
      case "commit":
        this.#commit(header);
        return undefined;
      case "rollback":
        this.#rollback(came);
        return undefined;
      case "savepoint":
      case "xaEnd":
        this.#count(header.size);
        return undefined;
      case "dml":
        this.#dml(came, statement);
        return undefined;
      case "truncate":
        return this.#truncate(came, statement.target);
      case "other":
        this.#tables.alter();
        this.#ddl(header, position, () => undefined);
        return undefined;
    }
  }

  /** A statement that stands alone, or inside of a transaction that it does not end (CREATE TABLE … SELECT). */
  #ddl(header: EventHeader, position: bigint, change: (open: OpenTransaction) => void): void {
    const before = this.#open;
    const open = before ?? this.#begin(position, this.#takeGtid());
    change(open);
    if (before === undefined || before.isStandalone) this.#commit(header);
    else this.#count(header.size);
  }

  #takeGtid(): string | undefined {
    const gtid = this.#nextGtid;
    this.#nextGtid = undefined;
    return gtid;
  }

  #rollback({ sql, header, position }: CameStatement): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.steps.length > 0 || open.change > 0)
      throw this.#error(
        `The binlog has a transaction with "${sql.slice(0, 60)}", of which some rows were kept and some were not, and does not say which: tables of engines with and without transactions were changed together. Reset the connector's offsets, so that tables are read anew.`,
        position,
      );
    this.#commit(header);
  }

  #dml(
    { event: { database }, sql, header, position }: CameStatement,
    { target, altersTables }: Statement & { readonly kind: "dml" },
  ): void {
    if (altersTables) this.#tables.alter();
    if (target === undefined || this.#tables.isCaptured(target.database ?? database, target.table)) {
      const name = target === undefined ? "a table" : `${target.database ?? database}.${target.table}`;
      this.#failures.refuse(
        `A change of ${name} is in the binlog as its statement ("${sql.slice(0, 80)}"), not as rows: a session has binlog_format=STATEMENT or MIXED. SET GLOBAL binlog_format=ROW, and let sessions connect anew; then reset the connector's offsets, so that tables are read anew.`,
        position,
        this.#open?.gtid,
      );
    }
    if (this.#open === undefined) this.#pass(header);
    else if (this.#open.isStandalone) this.#commit(header);
    else this.#count(header.size);
  }

  #truncate(
    { event, header, position, nowMs }: CameStatement,
    { database = event.database, table }: NamedTable,
  ): Promise<void> | undefined {
    if (this.#skipsTruncates || !this.#tables.isCaptured(database, table)) {
      this.#ddl(header, position, () => undefined);
      return undefined;
    }
    return this.#tables.named(database, table).then((found) =>
      this.#ddl(header, position, (open) => {
        const place = { header, position, event: open.event, query: open.query, nowMs };
        if (found !== undefined) open.steps.push({ kind: "truncate", table: found, ...place });
      }),
    );
  }

  #rows(event: RowsEvent, header: EventHeader, position: bigint, nowMs: number): void {
    const open = this.#open;
    if (open === undefined)
      throw new MalformedBytesError(`The binlog has rows outside of a transaction, at ${this.#position.file}:${position}.`);
    const mapped = this.#tables.get(event.tableId);
    open.bytes += Math.max(header.size, event.rows.length);
    if (mapped !== undefined) {
      const { table, map } = mapped;
      if (map.columns.length !== event.columnCount || event.columnCount === 0)
        throw new MalformedBytesError(`Rows of ${table.name} have ${event.columnCount} columns, and its map ${map.columns.length}.`);
      const { kind, present, presentAfter } = event;
      const place = { header, position, event: open.event, query: open.query, nowMs };
      open.steps.push({ kind, mapped, present, presentAfter, bytes: new BinlogBytes(event.rows), row: 0, ...place });
    }
    open.event++;
  }

  /** The transaction's end has come; it is done when its changes are read. */
  #commit(header: EventHeader): void {
    const open = this.#open;
    if (open === undefined) this.#pass(header);
    else if (open.steps.length === 0) this.#close(open, header);
    else open.end = header;
  }

  #close(open: OpenTransaction, header: EventHeader): void {
    this.#records.tellEnd(open, header);
    this.#done.end(open);
    if (open.gtid !== undefined && this.#hasGtids) this.#gtids.add(open.gtid);
    this.#open = undefined;
    this.#pass(header);
    if (open.readyCount > 0) this.#records.close(this.notedOffset());
  }

  /** All before here is done. */
  #pass({ timestampSec, serverId }: EventHeader): void {
    this.#tsSec = timestampSec;
    this.#serverId = serverId;
    const { file, next } = this.#position;
    this.#place = { file, position: next, gtids: this.#hasGtids ? this.#gtids.text() : undefined };
  }

  #identity(): BinlogIdentity {
    return { serverUid: this.#serverUid, fileSec: this.#fileSec };
  }

  #error(problem: string, position: bigint): ConnectError {
    return this.#failures.error("CONNECT_SOURCE", problem, position, this.#open?.gtid);
  }
}

const gtidText = ({ domainId, serverId, sequence }: GtidEvent): string => `${domainId}-${serverId}-${sequence}`;
