import { type ColumnText, type OldRow, type Relation, type TextRow, UNCHANGED_TOAST } from "../pgoutput/pgoutput-message.ts";
import type { PgRow } from "../connection/pg-session.ts";
import type { CapturedTable } from "../tables/captured-table.ts";

/** So many changed rows are noted while a chunk is being read; beyond, the log is not read on until the chunk is there. */
export const NOTED_MAX = 50_000;

/** Rows of a chunk. */
export interface Chunk {
  readonly table: CapturedTable;
  readonly rows: readonly PgRow[];
  /** Places in a row of the columns that rows are read by. */
  readonly keyPlaces: readonly number[];
}

/**
 * A chunk of a table's rows on its way into the log (DBLog). From {@link ChunkWindow}'s making on every change that is read from the log is noted, so a row that changed before the chunk's place in the log is not
 * written from the chunk: its change is newer, and has been written. Rows are told apart by their replica identity, which every change has.
 */
export class ChunkWindow {
  /** Comes back by the log, behind all that the chunk's rows know. */
  readonly id: string;
  readonly relationId: number;
  readonly #identity: readonly string[];
  /** Before the rows are here: what changed. */
  #noted: Set<string> | undefined = new Set();
  #rows: Map<string, PgRow[]> | undefined;
  #described: { readonly table: CapturedTable | undefined } | undefined;
  #places: readonly number[] | undefined;
  #chunk: Chunk | undefined;
  /** The table is another one than the chunk was read from, or was emptied meanwhile: the chunk is to be read again. */
  isStale = false;
  overtaken = 0;

  constructor(id: string, relation: Relation, primaryKey: readonly string[]) {
    this.id = id;
    this.relationId = relation.relationId;
    const { columns, replicaIdentity } = relation;
    const own = replicaIdentity === "full" ? primaryKey : columns.filter(({ isKey }) => isKey).map(({ name }) => name);
    this.#identity = own.length > 0 ? own : columns.map(({ name }) => name);
  }

  get notedCount(): number {
    return this.#noted?.size ?? 0;
  }

  get chunk(): Chunk | undefined {
    return this.#chunk;
  }

  /** The chunk's rows are here. */
  fill(chunk: Chunk, relation: Relation): void {
    const places = placesOf(this.#identity, relation) ?? [];
    this.#chunk = chunk;
    if (this.#described !== undefined && this.#described.table !== chunk.table) this.isStale = true;
    const rows = new Map<string, PgRow[]>();
    for (const row of chunk.rows) {
      const identity = identityOf(places, row);
      const same = rows.get(identity);
      if (same === undefined) rows.set(identity, [row]);
      else same.push(row);
    }
    this.#rows = rows;
    for (const noted of this.#noted ?? []) this.#drop(noted);
    this.#noted = undefined;
  }

  /** The log describes the table; `table` is what its records look like from here on. */
  described(table: CapturedTable | undefined): void {
    this.#places = undefined;
    this.#described = { table };
    if (this.#chunk !== undefined && table !== this.#chunk.table) this.isStale = true;
  }

  /** A row of the table is written by the log. */
  changed(relation: Relation | undefined, row: TextRow | undefined, old: OldRow | undefined): void {
    if (relation === undefined) return;
    this.#places ??= placesOf(this.#identity, relation);
    const places = this.#places;
    if (places === undefined) {
      this.isStale = true;
      return;
    }
    if (old !== undefined) this.#note(identityOf(places, old.row));
    if (row !== undefined) this.#note(identityOf(places, row, old?.row));
  }

  /** All rows are gone. */
  truncated(): void {
    this.isStale = true;
  }

  /** Rows that no change overtook, in the order they were read. */
  rest(): readonly PgRow[] {
    return [...(this.#rows?.values() ?? [])].flat();
  }

  #note(identity: string): void {
    if (this.#noted !== undefined) this.#noted.add(identity);
    else this.#drop(identity);
  }

  #drop(identity: string): void {
    this.overtaken += this.#rows?.get(identity)?.length ?? 0;
    this.#rows?.delete(identity);
  }
}

/** Undefined: a column is not there. */
function placesOf(names: readonly string[], { columns }: Relation): readonly number[] | undefined {
  const places = names.map((name) => columns.findIndex((column) => column.name === name));
  return places.includes(-1) ? undefined : places;
}

function identityOf(places: readonly number[], row: readonly ColumnText[], old?: TextRow): string {
  const text = (place: number): string => {
    const value = row[place] === UNCHANGED_TOAST ? old?.[place] : row[place];
    return value === null || value === undefined || value === UNCHANGED_TOAST ? "n" : `t${value.length}:${value}`;
  };
  return places.length === 1 ? text(places[0]!) : places.map(text).join("");
}
