import { gzipSync } from "node:zlib";
import { jsonWriter, plainJson } from "../../../converters/json/json-writer.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import type { FilesSettings } from "../files-config.ts";
import { HeldPieces } from "./held-pieces.ts";
import type { FileWriter, ObjectFormat } from "./object-format.ts";

/** So many bytes are packed at once. */
const BLOCK_BYTES = 262_144;

/** Values as JSON, each a line. */
export function jsonFormat(settings: FilesSettings, gzipLevel: number | undefined): ObjectFormat {
  const form = { decimals: settings["json.decimal.format"], replaceNullWithDefault: true } as const;
  return {
    extension: gzipLevel !== undefined ? ".json.gz" : ".json",
    contentType: gzipLevel !== undefined ? "application/gzip" : "application/json",
    hasSchema: false,
    hasColumns: false,
    begin: () => {
      let last: { readonly schema: ConnectSchema; readonly write: (value: unknown) => string } | undefined;
      return new LineWriter((value, schema) => {
        if (schema === undefined) return Buffer.from(`${plainJson(value)}\n`);
        if (last?.schema !== schema) last = { schema, write: jsonWriter(schema, form) };
        return Buffer.from(`${last.write(value)}\n`);
      }, gzipLevel);
    },
  };
}

/** Values that are bytes or texts, as they are. */
export function bytesFormat(settings: FilesSettings, gzipLevel: number | undefined): ObjectFormat {
  const separator = Buffer.from(settings["format.bytearray.separator"] || "\n");
  return {
    extension: `${settings["format.bytearray.extension"]}${gzipLevel !== undefined ? ".gz" : ""}`,
    contentType: gzipLevel !== undefined ? "application/gzip" : "application/octet-stream",
    hasSchema: false,
    hasColumns: false,
    begin: () =>
      new LineWriter((value) => {
        if (value instanceof Uint8Array) return Buffer.concat([value, separator]);
        if (typeof value === "string") return Buffer.concat([Buffer.from(value), separator]);
        throw new DataError(`format.class bytes writes bytes and texts, not ${shown(value)}; value.converter=bytes hands over bytes`);
      }, gzipLevel),
  };
}

/** Pieces behind each other, packed in blocks of one size so that the same pieces make the same bytes. */
class LineWriter implements FileWriter {
  readonly #piece: (value: unknown, schema: ConnectSchema | undefined) => Buffer;
  readonly #gzipLevel: number | undefined;
  readonly #open = new HeldPieces();
  readonly #ready = new HeldPieces();

  constructor(piece: (value: unknown, schema: ConnectSchema | undefined) => Buffer, gzipLevel: number | undefined) {
    this.#piece = piece;
    this.#gzipLevel = gzipLevel;
  }

  get heldBytes(): number {
    return this.#open.byteLength + this.#ready.byteLength;
  }

  get isFull(): boolean {
    return false;
  }

  form(value: unknown, schema: ConnectSchema | undefined): Buffer {
    return this.#piece(value, schema);
  }

  add(formed: Buffer): void {
    this.#open.add(formed);
    if (this.#open.byteLength >= BLOCK_BYTES) this.#close();
  }

  take(): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.#ready.take());
  }

  end(): Promise<readonly Uint8Array[]> {
    this.#close();
    return this.take();
  }

  #close(): void {
    if (this.#open.byteLength === 0) return;
    const block = this.#open.takeJoined();
    // A gzip file may be of several members, one behind the other.
    this.#ready.add(this.#gzipLevel === undefined ? block : gzipSync(block, { level: this.#gzipLevel }));
  }
}
