import type { FileChoices, FormatName } from "./file-choices.ts";
import type { FilesSettings } from "./files-config.ts";
import { bytesFormat, jsonFormat } from "./format/line-format.ts";
import type { ObjectFormat } from "./format/object-format.ts";

/** The formats of a record's parts; a part that has none is not written. */
export interface FileFormats {
  readonly values: ObjectFormat;
  readonly keys: ObjectFormat | undefined;
  readonly headers: ObjectFormat | undefined;
}

/** Loads what the formats need. `gzipLevel`: json and bytes are packed by gzip so much; undefined: they are not. */
export async function fileFormats(settings: FilesSettings, choices: FileChoices, gzipLevel: number | undefined): Promise<FileFormats> {
  return {
    values: await formatOf(choices.format, settings, gzipLevel),
    keys: choices.keysFormat && (await formatOf(choices.keysFormat, settings, gzipLevel)),
    headers: choices.headersFormat && (await formatOf(choices.headersFormat, settings, gzipLevel)),
  };
}

async function formatOf(name: FormatName, settings: FilesSettings, gzipLevel: number | undefined): Promise<ObjectFormat> {
  switch (name) {
    case "json":
      return jsonFormat(settings, gzipLevel);
    case "bytes":
      return bytesFormat(settings, gzipLevel);
    case "avro":
      return (await import("./format/avro-format.ts")).avroFormat(settings);
    case "parquet":
      return (await import("./format/parquet-format.ts")).parquetFormat(settings);
  }
}
