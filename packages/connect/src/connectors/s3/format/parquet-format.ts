import { gzipSync } from "node:zlib";
import { DataError } from "../../../data/data-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { fieldOf } from "../../../data/struct-value.ts";
import type { S3Settings } from "../s3-config.ts";
import type { FileWriter, ObjectFormat } from "./object-format.ts";
import { type ParquetColumn, parquetColumns } from "./parquet-schema.ts";

/** A row group is written with so many rows, or so many bytes: it is encoded at once, on the thread of the task. */
const GROUP_ROWS = 50_000;
const GROUP_BYTES = 8_388_608;
const EXTENSIONS = { none: ".parquet", snappy: ".snappy.parquet", gzip: ".gz.parquet" } as const;
const CODECS = { none: "UNCOMPRESSED", snappy: "SNAPPY", gzip: "GZIP" } as const;

type Library = typeof import("hyparquet-writer");

/** Structs as rows of Parquet. */
export async function parquetFormat(settings: S3Settings): Promise<ObjectFormat> {
  const library = await import("hyparquet-writer");
  const codec = settings["parquet.codec"];
  return {
    extension: EXTENSIONS[codec],
    contentType: "application/vnd.apache.parquet",
    hasSchema: true,
    begin: (schema) => new ParquetFile(library, schema!, codec),
  };
}

class ParquetFile implements FileWriter {
  readonly #columns: readonly ParquetColumn[];
  readonly #bytes: InstanceType<Library["ByteWriter"]>;
  readonly #writer: InstanceType<Library["ParquetWriter"]>;
  #rows: unknown[][];
  #groupRows = 0;
  #groupBytes = 0;

  constructor(library: Library, schema: ConnectSchema, codec: keyof typeof CODECS) {
    this.#columns = parquetColumns(schema);
    this.#rows = this.#columns.map(() => []);
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
    return this.#groupBytes + this.#bytes.index;
  }

  add(value: unknown): void {
    if (typeof value !== "object" || value === null) throw new DataError("Parquet's rows are structs");
    const row = this.#columns.map(({ name, write }) => write(fieldOf(value as Readonly<Record<string, unknown>>, name)));
    row.forEach((cell, index) => this.#rows[index]!.push(cell));
    this.#groupRows++;
    for (const cell of row) this.#groupBytes += sizeOf(cell);
    if (this.#groupRows >= GROUP_ROWS || this.#groupBytes >= GROUP_BYTES) this.#closeGroup();
  }

  take(): readonly Uint8Array[] {
    const { index } = this.#bytes;
    if (index === 0) return [];
    const taken = Buffer.from(this.#bytes.buffer.slice(0, index));
    // The file's offsets go on; only the buffer begins anew.
    this.#bytes.index = 0;
    return [taken];
  }

  end(): readonly Uint8Array[] {
    this.#closeGroup();
    void this.#writer.finish();
    return this.take();
  }

  #closeGroup(): void {
    if (this.#groupRows === 0) return;
    const columnData = this.#columns.map(({ name }, index) => ({ name, data: this.#rows[index]! }));
    void this.#writer.write({ columnData, rowGroupSize: this.#groupRows });
    this.#rows = this.#columns.map(() => []);
    this.#groupRows = 0;
    this.#groupBytes = 0;
  }
}

/** About the bytes of a cell. */
function sizeOf(cell: unknown): number {
  if (typeof cell === "string" || cell instanceof Uint8Array) return cell.length + 8;
  if (typeof cell !== "object" || cell === null) return 8;
  let bytes = 8;
  for (const part of Array.isArray(cell) ? cell : Object.values(cell)) bytes += sizeOf(part);
  return bytes;
}
