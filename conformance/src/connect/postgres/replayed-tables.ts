import { createHash } from "node:crypto";
import type { SourceItem } from "@ottla/connect";

type Row = Readonly<Record<string, unknown>>;

interface Envelope {
  readonly op: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly source: { readonly table: string; readonly txId: bigint | null; readonly snapshot: string };
}

const PLACEHOLDER = "__debezium_unavailable_value";

/** A value as PostgreSQL prints it: the way back, written apart from the way here. */
export function printed(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "t" : "f";
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return JSON.stringify(value.map(printed));
  if (typeof value === "object" && "unscaled" in value) {
    const { unscaled, scale } = value as { unscaled: bigint; scale: number };
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
    return `${unscaled < 0n ? "-" : ""}${digits.slice(0, digits.length - scale)}${scale > 0 ? `.${digits.slice(-scale)}` : ""}`;
  }
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return value.replace("T", " ").replace(/\.?0*Z$/, "+00");
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  throw new TypeError(`the workload has no such value: ${JSON.stringify(value)}`);
}

/** A row as one text that a person can read: what is long is its digest. */
export const rowText = (row: readonly (string | null)[]): string =>
  JSON.stringify(row.map((text) => (text !== null && text.length > 80 ? `#${createHash("sha1").update(text).digest("hex")}` : text)));

const printedRow = (row: Row): Map<string, string | null> => new Map(Object.entries(row).map(([name, value]) => [name, printed(value)]));

const keyText = (key: Row): string => JSON.stringify(Object.entries(key).map(([column, value]) => [column, printed(value)]));

/** A topic of changes played back: by keys, or as a bag of rows where there are none. */
export class ReplayedTables {
  readonly #byKey = new Map<string, Map<string, Map<string, string | null>>>();
  /** The row of a key that changes: what the log leaves out of the new row is in it. */
  #moved: Map<string, string | null> | undefined;
  readonly #bags = new Map<string, Map<string, string | null>[]>();
  /** What went wrong: a change of a row that is not there. */
  readonly faults: string[] = [];
  readonly #knowsAll: boolean;

  /** `knowsAll`: no incremental snapshot reads a row that was not there already. */
  constructor({ knowsAll = false }: { readonly knowsAll?: boolean } = {}) {
    this.#knowsAll = knowsAll;
  }

  /** Rows that were read by incremental snapshots, and how many of them were there already. */
  readonly incremental = { rows: 0, known: 0 };

  apply({ topic, key, value, headers }: SourceItem & { topic: string }): void {
    if (value === null) return;
    const { op, before, after, source } = value as Envelope;
    const { table } = source;
    if (source.snapshot === "incremental") this.#checkRead(topic, table, key as Row, after!);
    if (op === "t") {
      this.#byKey.delete(topic);
      this.#bags.delete(topic);
    } else if (key === null || key === undefined) this.#applyKeyless(topic, table, op, before, after);
    else
      this.#applyKeyed(
        topic,
        table,
        op,
        key as Row,
        after,
        (headers ?? []).map((header) => header.key),
      );
  }

  /** A row that is read while the log goes on is what the log has made of it. */
  #checkRead(topic: string, table: string, key: Row, after: Row): void {
    this.incremental.rows++;
    const old = this.#byKey.get(topic)?.get(keyText(key));
    if (old === undefined && this.#knowsAll) this.faults.push(`${table}: ${keyText(key)} is read and was not there`);
    if (old === undefined) return;
    this.incremental.known++;
    for (const [column, text] of printedRow(after)) {
      const known = old.get(column) ?? null;
      if (known !== text && known !== PLACEHOLDER)
        this.faults.push(
          `${table}: ${keyText(key)} is read with ${column} ${String(text).slice(0, 60)}, and the log says ${String(known).slice(0, 60)}`,
        );
    }
  }

  #applyKeyed(topic: string, table: string, op: string, key: Row, after: Row | null, headers: readonly string[]): void {
    const rows = this.#byKey.get(topic) ?? new Map<string, Map<string, string | null>>();
    this.#byKey.set(topic, rows);
    const name = keyText(key);
    const old = rows.get(name);
    if (after === null) {
      if (old === undefined) this.faults.push(`${table}: ${name} is deleted and was not there`);
      rows.delete(name);
      this.#moved = headers.includes("__debezium.newkey") ? old : undefined;
      return;
    }
    if (op === "c" && old !== undefined) this.faults.push(`${table}: ${name} is created twice`);
    if (op === "u" && old === undefined) this.faults.push(`${table}: ${name} is updated and was not there`);
    const row = printedRow(after);
    // Of a key that changed the old row has it, else the row that is there; unknown stays unknown, for the next change of the key.
    const sources = headers.includes("__debezium.oldkey") ? [this.#moved, old] : [old];
    for (const [column, text] of row) {
      if (text !== PLACEHOLDER) continue;
      const known = sources.map((source) => source?.get(column)).find((value) => value !== undefined && value !== PLACEHOLDER);
      row.set(column, known === undefined ? PLACEHOLDER : known);
    }
    rows.set(name, row);
  }

  #applyKeyless(topic: string, table: string, op: string, before: Row | null, after: Row | null): void {
    const rows = this.#bags.get(topic) ?? [];
    this.#bags.set(topic, rows);
    if (op === "u" || op === "d") {
      const gone = before === null ? undefined : printedRow(before);
      const at = rows.findIndex((row) => gone !== undefined && [...gone].every(([column, text]) => (row.get(column) ?? null) === text));
      if (at < 0) this.faults.push(`${table}: a row is changed that was not there: ${JSON.stringify([...(gone ?? [])])}`);
      else rows.splice(at, 1);
    }
    if (after !== null) rows.push(printedRow(after));
  }

  /** Rows of a topic, these columns of them, sorted as texts. */
  rows(topic: string, columns: readonly string[]): string[] {
    const rows = [...(this.#byKey.get(topic)?.values() ?? []), ...(this.#bags.get(topic) ?? [])];
    return rows.map((row) => rowText(columns.map((column) => row.get(column) ?? null))).sort();
  }
}
