import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { PerSchema } from "../../data/per-schema.ts";
import { projector } from "../../data/project-value.ts";
import { sameSchema } from "../../data/same-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import type { FileFormats } from "./file-formats.ts";
import type { FileName, FileStore } from "./file-store.ts";
import type { FilesSettings } from "./files-config.ts";
import type { ObjectFormat } from "./format/object-format.ts";
import { OpenSheet } from "./open-sheet.ts";
import { type PartName, partOf, type RecordPart } from "./record-parts.ts";

/** Where the files of a place are to be, and how. */
export interface FileTarget {
  readonly store: FileStore;
  readonly formats: FileFormats;
  /** Without an ending. */
  readonly name: Omit<FileName, "extension" | "contentType">;
  /** Of records without a value: they have no file of values. */
  readonly isTombstones: boolean;
}

interface Sheet {
  readonly part: PartName;
  readonly format: ObjectFormat;
  /** Of what the file has, where its format has one. */
  readonly schema: ConnectSchema | undefined;
  readonly sheet: OpenSheet;
  readonly project: PerSchema<(value: unknown) => unknown>;
  isDone: boolean;
}

/** Values stand last: whoever sees their file finds those of keys and headers. */
const ORDER = ["keys", "headers", "values"] as const;

/** The file of a place's values, with those of keys and headers beside it where they are wanted: each has the same records in the same order. */
export class OpenFile {
  readonly #sheets: readonly Sheet[];
  readonly #partsMax: number;
  #lastOffset: bigint;
  #records = 0;

  /**
   * Of `first`, which is not in it yet.
   * @throws ConnectError CONNECT_DATA where a format has no word for a schema, or the record no key
   */
  constructor({ store, formats, name, isTombstones }: FileTarget, first: SinkRecord) {
    this.#partsMax = store.partsMax;
    this.#lastOffset = first.originalOffset;
    this.#sheets = ORDER.flatMap((part) => {
      const format = formats[part];
      if (format === undefined || (part === "values" && isTombstones)) return [];
      const own = partOf(first, part, format.hasColumns);
      const schema = format.hasSchema ? schemaOf(own, part) : undefined;
      const extension = part === "values" ? format.extension : `.${part}${format.extension}`;
      const making = store.begin({ ...name, extension, contentType: format.contentType });
      const sheet = new OpenSheet(format.begin(schema), making, store.partBytes);
      const project = new PerSchema((source) => projector(source, schema!));
      return [{ part, format, schema, sheet, project, isDone: false }];
    });
  }

  get heldBytes(): number {
    return this.#sheets.reduce((sum, { sheet }) => sum + sheet.heldBytes, 0);
  }

  /** It should be closed before it takes more. */
  get isFull(): boolean {
    return this.#sheets.some(({ sheet }) => sheet.writer.isFull || sheet.parts >= this.#partsMax - 2);
  }

  /**
   * Whether a record's schemas let it in.
   * @throws ConnectError CONNECT_DATA for a record that can be in no such file
   */
  takes(record: SinkRecord, level: FilesSettings["schema.compatibility"]): boolean {
    return this.#sheets.every(
      ({ part, format, schema }) =>
        schema === undefined || fits(schema, schemaOf(partOf(record, part, format.hasColumns), part), part === "keys" ? "NONE" : level),
    );
  }

  /**
   * Adds a record's parts, as those of the files' schemas.
   * @throws ConnectError CONNECT_DATA; nothing is added then
   */
  add(record: SinkRecord): void {
    const formed = this.#sheets.map(({ part, format, schema, sheet, project }) => {
      const own = partOf(record, part, format.hasColumns);
      const value =
        schema === undefined || own.schema === undefined || own.schema === schema ? own.value : project.of(own.schema)(own.value);
      return sheet.writer.form(value, schema ?? own.schema);
    });
    this.#sheets.forEach(({ sheet }, index) => sheet.writer.add(formed[index]));
    this.#lastOffset = record.originalOffset;
    this.#records++;
  }

  /** Sends the parts that are whole. */
  async send(): Promise<void> {
    for (const { sheet } of this.#sheets) await sheet.send();
  }

  /** Makes the files; may be called again after it failed. */
  async close(): Promise<void> {
    for (const each of this.#sheets) {
      if (!each.isDone) await each.sheet.close({ lastOffset: this.#lastOffset, records: this.#records });
      each.isDone = true;
    }
  }

  async abort(): Promise<void> {
    await Promise.all(this.#sheets.map(({ sheet }) => sheet.abort()));
  }
}

function schemaOf({ schema }: RecordPart, part: PartName): ConnectSchema {
  if (schema !== undefined) return schema;
  const [setting, converter, what] =
    part === "keys" ? ["keys.format.class", "key.converter", "key"] : ["format.class", "value.converter", "value"];
  throw new DataError(`the format of ${setting} needs a schema, and the ${what} has none; set a ${converter} that brings one`);
}

/** Whether a file of a schema may take values of another. Both are compared by what they say, since converters may make the same one twice. */
function fits(file: ConnectSchema, value: ConnectSchema, level: FilesSettings["schema.compatibility"]): boolean {
  if (file === value || sameSchema(file, value)) return true;
  if (level === "NONE" || file.name !== value.name) return false;
  const [written, next] = [file.version, value.version];
  // Without versions nobody knows which is later: the file's stays, where values become one of it.
  const isLater = written !== undefined && next !== undefined && next > written;
  const isEarlier = written !== undefined && next !== undefined && next < written;
  if (level === "FORWARD" ? isEarlier : isLater) return false;
  try {
    projector(value, file);
    return true;
  } catch {
    return false;
  }
}
