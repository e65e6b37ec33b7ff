import type { Clock, Logger } from "@ottla/base";
import { Catalog } from "../catalog/catalog.ts";
import type { PgRow, PgSession } from "../connection/pg-session.ts";
import { sqlText } from "../connection/sql-text.ts";
import type { LogicalMessage, OldRow, Relation, TextRow } from "../pgoutput/pgoutput-message.ts";
import { publishedNames } from "../snapshot/published-tables.ts";
import type { CapturedTables } from "../tables/captured-tables.ts";
import type { TableFilter } from "../tables/table-filter.ts";
import type { Signal } from "../signals/signal.ts";
import { type Chunk, ChunkWindow, NOTED_MAX } from "./chunk-window.ts";
import { boundsOf, lastKey, lockTable, type OrderedTable, readRows } from "./read-chunk.ts";
import { RecentTransactions } from "./recent-transactions.ts";
import {
  at,
  type ChunkPlace,
  filterOf,
  nextTable,
  type SnapshotQueue,
  type SnapshotRequest,
  withoutFirst,
  withSignal,
  writeQueue,
} from "./snapshot-queue.ts";

/** Marks in the log are messages with this prefix. They are read by the connector whose snapshot it is, and written to no topic by any. */
const WATERMARK_PREFIX = "ottla.incremental-snapshot";

const FIRST_ROWS = 128;
/** Chunks grow to `incremental.snapshot.chunk.size` rows as long as their texts have fewer characters than this. */
const CHUNK_CHARACTERS = 8 * 1024 * 1024;
const RETRY_MS = 250;
/** A commit is seen by others a moment behind its place in the log. */
const UNSEEN_MS = 5;
const PROGRESS_MS = 10_000;
/** SQLSTATE of what the request is to blame for: its filter, its column, what the role may not read. */
const REFUSED = /^(?:42|22|21|0A)/;

/** What incremental snapshots are made with. */
export interface IncrementalParts {
  readonly open: () => Promise<PgSession>;
  readonly tables: CapturedTables;
  readonly filter: TableFilter;
  readonly publication: string;
  /** `incremental.snapshot.chunk.size` */
  readonly chunkSize: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metric: (name: string, value: number) => void;
  /** Names marks. */
  readonly newId: () => string;
  /** Something may go on: whoever waits for the log should look. */
  readonly wake: () => void;
}

interface OpenSession {
  readonly session: PgSession;
  readonly catalog: Catalog;
}

/** A row of a chunk to be written, and what is to be done behind it. */
export interface ChunkRow {
  readonly table: Chunk["table"];
  readonly row: PgRow;
  readonly queue: string | undefined;
}

/**
 * Reads tables in chunks while the log goes on (DBLog, "A Watermark Based Change-Data-Capture Framework"). A chunk is read by a query of its own and takes its place in the log where a mark comes that was
 * written behind the query: rows that changed between are left to the log. So at each commit the topic has what the table had, as far as it is read, and nothing stands still but for the chunk's own records.
 *
 * What is to be done and how far it is goes with the offsets ({@link IncrementalSnapshot.text}), so that it goes on behind its last durable row, whatever died. The log's side (signals, changes, marks) is called in the log's
 * order; chunks are read beside it, one at a time.
 */
export class IncrementalSnapshot {
  readonly recent = new RecentTransactions();
  readonly #parts: IncrementalParts;
  #queue: SnapshotQueue;
  #text: string | undefined;
  #changes = 0;
  #window: ChunkWindow | undefined;
  #reading: Promise<void> | undefined;
  #failure: Error | undefined;
  #isDue = false;
  #notBeforeMs = 0;
  #rowsMax = FIRST_ROWS;
  #session: OpenSession | undefined;
  #rows = 0;
  #toldMs = 0;
  #heldTold = "";

  constructor(parts: IncrementalParts, queue: SnapshotQueue) {
    this.#parts = parts;
    this.#queue = queue;
    this.#text = writeQueue(queue);
    const [request] = queue.requests;
    if (request !== undefined) parts.log.info("An incremental snapshot goes on", { signal: request.id, ...this.#where() });
  }

  /** What is to be done, for offsets; undefined: nothing. */
  get text(): string | undefined {
    return this.#text;
  }

  /** How often {@link IncrementalSnapshot.text} was set. */
  get changes(): number {
    return this.#changes;
  }

  /** A signal, at its place in the log. */
  signal(signal: Signal): void {
    const { log } = this.#parts;
    const before = this.#queue;
    this.#set(withSignal(before, signal));
    if (this.#queue === before) {
      if (signal.kind !== "log") log.warn("A signal changes nothing", { signal: signal.id, type: signal.kind });
      return;
    }
    log.info("A signal has come", { signal: signal.id, type: signal.kind, requests: this.#queue.requests.length });
    if (signal.kind === "execute-snapshot") return;
    // What was being read is read again, should it still be wanted.
    this.#window = undefined;
    this.#isDue = false;
  }

  /** A table is described by the log. */
  described(relationId: number): void {
    if (this.#window?.relationId === relationId) this.#window.described(this.#parts.tables.get(relationId));
  }

  /** A row is changed by the log. */
  changed(relationId: number, row: TextRow | undefined, old: OldRow | undefined): void {
    if (this.#window?.relationId === relationId) this.#window.changed(this.#parts.tables.relation(relationId), row, old);
  }

  truncated(relationIds: readonly number[]): void {
    if (this.#window !== undefined && relationIds.includes(this.#window.relationId)) this.#window.truncated();
  }

  /** Whether a message of the log is a mark, of whose snapshot ever. */
  mark({ prefix, content }: LogicalMessage): boolean {
    if (prefix !== WATERMARK_PREFIX) return false;
    if (this.#window !== undefined && content.toString() === this.#window.id) this.#isDue = true;
    return true;
  }

  /** A mark has come, and the rows before it are to be taken. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Between two transactions: rows that take their place here, in order. */
  take(): readonly ChunkRow[] {
    const window = this.#window;
    if (!this.#isDue || window === undefined) return [];
    this.#isDue = false;
    this.#window = undefined;
    const { chunk } = window;
    const { place } = this.#queue;
    if (chunk === undefined || place === undefined || window.isStale) {
      this.#parts.log.info("A table changed its form while a chunk of it was read; the chunk is read again", this.#where());
      return [];
    }
    return this.#written(chunk, window.rest(), place);
  }

  #written(chunk: Chunk, rest: readonly PgRow[], place: ChunkPlace): ChunkRow[] {
    const keyOf = (row: PgRow): readonly string[] => chunk.keyPlaces.map((key) => row[key]!);
    const end = keyOf(chunk.rows.at(-1)!);
    const rows: ChunkRow[] = rest.map((row, i) => {
      const key = keyOf(row);
      const next = rest[i + 1];
      // Behind the first of several rows with one key the others are still to come.
      const isSplit = next !== undefined && keyOf(next).every((text, k) => text === key[k]);
      const done = i === rest.length - 1 ? end : isSplit ? undefined : key;
      if (done !== undefined) this.#queue = at(this.#queue, { ...place, key: done });
      return { table: chunk.table, row, queue: writeQueue(this.#queue) };
    });
    this.#set(at(this.#queue, { ...place, key: end }));
    this.#rows += rows.length;
    this.#tell(chunk.table.name);
    return rows;
  }

  /** Reads the next chunk if one is to be read and none is on its way. A promise: so much has changed meanwhile that the log has to wait for the chunk. @throws what a chunk failed with */
  drive(): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const { requests, isPaused } = this.#queue;
    const [request] = requests;
    if (this.#reading === undefined && this.#window === undefined && request !== undefined && !isPaused) {
      if (this.#parts.clock.monotonicMs() < this.#notBeforeMs) return undefined;
      this.#reading = this.#read(request)
        .catch((error: unknown) => {
          this.#failure = error instanceof Error ? error : new Error(String(error));
        })
        .finally(() => {
          this.#reading = undefined;
          this.#parts.wake();
        });
    }
    return (this.#window?.notedCount ?? 0) > NOTED_MAX ? this.#reading : undefined;
  }

  async #read(request: SnapshotRequest): Promise<void> {
    const { publication, filter, tables, log } = this.#parts;
    const opened = await this.#open();
    if (opened === undefined) {
      log.error("Incremental snapshots need PostgreSQL 14 or later; the signal is left out", { signal: request.id });
      this.#set(withoutFirst(this.#queue));
      return;
    }
    const { session, catalog } = opened;
    const names = await publishedNames(session, publication, filter);
    if (this.#queue.requests[0] !== request) return;
    const table = nextTable(request, this.#queue.place, names);
    if (table === undefined) {
      log.info("An incremental snapshot is done", { signal: request.id, rows: this.#rows });
      this.#rows = 0;
      this.#set(withoutFirst(this.#queue));
      return;
    }
    const place: ChunkPlace =
      this.#queue.place?.table === table && !this.#queue.place.isTableDone ? this.#queue.place : { table, isTableDone: false };
    try {
      const ordered = await lockTable(session, catalog, { publication, filter, table, surrogateKey: request.surrogateKey });
      if ("problem" in ordered) this.#leave(request, place, ordered.problem, ordered.isPassing);
      else {
        this.#heldTold = "";
        const version = await tables.version(ordered.published.relation, catalog);
        await this.#readChunk(session, request, place, ordered, version);
      }
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (typeof code !== "string" || !REFUSED.test(code)) throw error;
      this.#window = undefined;
      this.#leave(request, place, error instanceof Error ? error.message : String(error), false);
    }
    // What was only read is let go of, whether it failed or not.
    await session.query("ROLLBACK");
    const id = this.#window?.chunk === undefined ? undefined : this.#window.id;
    if (id !== undefined) await session.query(`SELECT pg_logical_emit_message(true, ${sqlText(WATERMARK_PREFIX)}, ${sqlText(id)})`);
  }

  async #readChunk(
    session: PgSession,
    request: SnapshotRequest,
    from: ChunkPlace,
    ordered: OrderedTable,
    version: Chunk["table"],
  ): Promise<void> {
    const { relation } = ordered.published;
    const filter = filterOf(request, from.table);
    let place = from;
    if (place.maxKey === undefined) {
      const maxKey = await lastKey(session, ordered, filter);
      if (this.#queue.requests[0] !== request || this.#queue.isPaused) return;
      this.#rowsMax = Math.min(FIRST_ROWS, this.#parts.chunkSize);
      place = { ...place, ...(maxKey !== undefined && { maxKey }), isTableDone: maxKey === undefined };
      this.#set(at(this.#queue, place));
      if (maxKey === undefined) return this.#tellTable(request, place.table);
    }
    if (this.#queue.requests[0] !== request || this.#queue.isPaused) return;
    const window = new ChunkWindow(this.#parts.newId(), relation, ordered.primaryKey);
    const seen = this.recent.count;
    this.#window = window;
    const { rows, snapshot } = await readRows(session, ordered, boundsOf(place, filter, this.#rowsMax));
    if (this.#window !== window) return;
    if (rows.length === 0) {
      this.#window = undefined;
      this.#set(at(this.#queue, { ...place, isTableDone: true }));
      return this.#tellTable(request, place.table);
    }
    if (this.recent.hasUnseen(snapshot!, seen)) {
      this.#window = undefined;
      this.#pause(UNSEEN_MS);
      return;
    }
    this.#adapt(rows);
    const keyPlaces = ordered.readBy.map((name) => relation.columns.findIndex((column) => column.name === name));
    window.fill({ table: version, rows, keyPlaces }, relation);
  }

  #pause(ms: number): void {
    const { clock, wake } = this.#parts;
    this.#notBeforeMs = clock.monotonicMs() + ms;
    clock.schedule(ms, wake);
  }

  /** As many rows as will do. */
  #adapt(rows: readonly PgRow[]): void {
    const characters = rows.reduce((sum, row) => sum + row.reduce((part, text) => part + (text?.length ?? 0), 0), 0);
    const fitting = Math.floor((CHUNK_CHARACTERS * rows.length) / Math.max(1, characters));
    this.#rowsMax = Math.max(1, Math.min(this.#parts.chunkSize, rows.length * 4, fitting));
  }

  #leave(request: SnapshotRequest, place: ChunkPlace, problem: string, isPassing: boolean): void {
    const { log } = this.#parts;
    const where = { signal: request.id, table: place.table, problem };
    if (isPassing) {
      this.#pause(RETRY_MS);
      if (this.#heldTold !== place.table) log.warn("A table of an incremental snapshot cannot be read now and is tried again", where);
      this.#heldTold = place.table;
      return;
    }
    log.error("A table of an incremental snapshot is left out. Mend the signal or the table, and ask for it again", where);
    if (this.#queue.requests[0] === request) this.#set(at(this.#queue, { table: place.table, isTableDone: true }));
  }

  /** Undefined: the server cannot mark its log (before PostgreSQL 14). */
  async #open(): Promise<OpenSession | undefined> {
    if (this.#session === undefined) {
      const session = await this.#parts.open();
      const [[version] = []] = await session.query("SHOW server_version_num");
      if (Number(version) < 140_000) return undefined;
      this.#session = { session, catalog: new Catalog(session) };
    }
    return this.#session;
  }

  #set(queue: SnapshotQueue): void {
    this.#changes++;
    this.#queue = queue;
    this.#text = writeQueue(queue);
  }

  #where(): { readonly table?: string; readonly key?: string } {
    const { place } = this.#queue;
    return place === undefined ? {} : { table: place.table, ...(place.key !== undefined && { key: place.key.join(", ") }) };
  }

  #tellTable({ id }: SnapshotRequest, table: string): void {
    this.#parts.log.info("A table of an incremental snapshot is read", { signal: id, table, rows: this.#rows });
  }

  #tell(table: string): void {
    const { clock, log, metric } = this.#parts;
    metric("incremental_snapshot_rows", this.#rows);
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = nowMs;
    log.info("An incremental snapshot is being made", { table, rows: this.#rows, ...this.#where() });
  }
}

/** A relation's name as signals and filters have it. */
export const relationName = ({ schema, table }: Relation): string => `${schema === "" ? "pg_catalog" : schema}.${table}`;
