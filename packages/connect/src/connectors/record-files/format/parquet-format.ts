import { gzipSync } from "node:zlib";
import { systemClock } from "@ottla/base/node";
import { DataError } from "../../../data/data-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { fieldOf } from "../../../data/struct-value.ts";
import type { FilesSettings } from "../files-config.ts";
import type { FileWriter, ObjectFormat } from "./object-format.ts";
import { type ParquetColumn, parquetColumns } from "./parquet-schema.ts";

/** A row group is written with so many rows, or so many bytes. A column of it is encoded at once, on the thread of the task: some 20 ms of it. */
const GROUP_ROWS = 16_384;
const GROUP_BYTES = 4_194_304;
/** What is nested costs as much time as so many bytes. */
const NESTED_BYTES = 32;
/** The file's end tells of every column of every group, 8 µs each, at once. */
const CHUNKS_MAX = 4_000;
/** Of what is held about a column of a group until the end. */
const CHUNK_BYTES = 400;
const EXTENSIONS = { none: ".parquet", snappy: ".snappy.parquet", gzip: ".gz.parquet" } as const;
const CODECS = { none: "UNCOMPRESSED", snappy: "SNAPPY", gzip: "GZIP" } as const;

type Library = typeof import("hyparquet-writer");

/** Structs as rows of Parquet. */
export async function parquetFormat(settings: FilesSettings): Promise<ObjectFormat> {
  const library = await import("hyparquet-writer");
  const codec = settings["parquet.codec"];
  return {
    extension: EXTENSIONS[codec],
    contentType: "application/vnd.apache.parquet",
    hasSchema: true,
    hasColumns: true,
    begin: (schema) => new ParquetFile(library, schema!, codec),
  };
}

class ParquetFile implements FileWriter {
  readonly #columns: readonly ParquetColumn[];
  readonly #bytes: InstanceType<Library["ByteWriter"]>;
  readonly #writer: InstanceType<Library["ParquetWriter"]>;
  #cells: unknown[][];
  #groupRows = 0;
  #groupBytes = 0;

  constructor(library: Library, schema: ConnectSchema, codec: keyof typeof CODECS) {
    this.#columns = parquetColumns(schema);
    this.#cells = this.#columns.map(() => []);
    this.#bytes = new library.ByteWriter();
    this.#writer = new library.ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: "root", num_children: this.#columns.length }, ...this.#columns.flatMap(({ elements }) => elements)],
      codec: CODECS[codec],
      compressors: { GZIP: gzipSync },
      createdBy: "ottla",
    });
  }

  get heldBytes(): number {
    return this.#groupBytes + this.#bytes.index + this.#writer.pendingIndexes.length * CHUNK_BYTES;
  }

  get isFull(): boolean {
    return this.#writer.pendingIndexes.length >= CHUNKS_MAX;
  }

  form(value: unknown): unknown[] {
    if (typeof value !== "object" || value === null) throw new DataError("Parquet's rows are structs");
    return this.#columns.map(({ name, write }) => write(fieldOf(value as Readonly<Record<string, unknown>>, name)));
  }

  add(formed: readonly unknown[]): void {
    for (const [index, cell] of formed.entries()) {
      this.#cells[index]!.push(cell);
      this.#groupBytes += sizeOf(cell, 8);
    }
    this.#groupRows++;
  }

  async take(): Promise<readonly Uint8Array[]> {
    if (this.#groupRows >= GROUP_ROWS || this.#groupBytes >= GROUP_BYTES) await this.#closeGroup();
    return this.#taken();
  }

  async end(): Promise<readonly Uint8Array[]> {
    await this.#closeGroup();
    void this.#writer.finish();
    return this.#taken();
  }

  #taken(): readonly Uint8Array[] {
    const { index } = this.#bytes;
    if (index === 0) return [];
    const taken = Buffer.from(this.#bytes.buffer.slice(0, index));
    // The file's offsets go on; only the buffer begins anew.
    this.#bytes.index = 0;
    return [taken];
  }

  /** The library writes a group at once: each column is given to it as a group of its own, others have their turn between two, and the groups become one. */
  async #closeGroup(): Promise<void> {
    const rows = this.#groupRows;
    if (rows === 0) return;
    const cells = this.#cells;
    this.#cells = this.#columns.map(() => []);
    this.#groupRows = 0;
    this.#groupBytes = 0;
    const groups = this.#writer.row_groups;
    const first = groups.length;
    const rowsBefore = this.#writer.num_rows;
    for (const [index, { name }] of this.#columns.entries()) {
      if (index > 0) await new Promise<void>((resolve) => systemClock.nextTurn(resolve));
      void this.#writer.write({ columnData: [{ name, data: cells[index]! }], rowGroupSize: rows });
      cells[index] = [];
    }
    const parts = groups.splice(first);
    const sum = (of: (part: (typeof parts)[number]) => bigint): bigint => parts.reduce((total, part) => total + of(part), 0n);
    groups.push({
      columns: parts.flatMap(({ columns }) => columns),
      total_byte_size: sum((part) => part.total_byte_size),
      total_compressed_size: sum((part) => part.total_compressed_size ?? 0n),
      num_rows: BigInt(rows),
    });
    this.#writer.num_rows = rowsBefore + BigInt(rows);
  }
}

/** About the bytes of a cell; `own` are those of a part that is neither text nor bytes. */
function sizeOf(cell: unknown, own: number): number {
  if (typeof cell === "string" || cell instanceof Uint8Array) return cell.length + own;
  if (typeof cell !== "object" || cell === null || cell instanceof Date) return own;
  let bytes = own;
  for (const part of Array.isArray(cell) ? cell : Object.values(cell)) bytes += sizeOf(part, NESTED_BYTES);
  return bytes;
}
