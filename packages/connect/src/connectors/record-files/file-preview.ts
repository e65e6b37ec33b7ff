import { printableJson } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { SinkRecord } from "../../data/connect-record.ts";
import type { FileChoices } from "./file-choices.ts";
import { fileFormats } from "./file-formats.ts";
import type { FileEnd, FileMaking, FileName, FileStore } from "./file-store.ts";
import type { FilesSettings } from "./files-config.ts";
import { PartitionFiles } from "./partition-files.ts";
import { partitioner } from "./place/partitioner.ts";
import { recordTime } from "./place/record-time.ts";

/**
 * What a preview says of a record: the file that would begin with it, those beside, and what stands in them; undefined: it is left out.
 * What it gives throws ConnectError CONNECT_DATA for a record that cannot be written.
 */
export async function filePreview(
  settings: FilesSettings,
  choices: FileChoices,
  gzipLevel: number | undefined,
): Promise<(record: SinkRecord) => string | undefined> {
  const timeOf = recordTime(settings, () => systemClock.nowMs());
  const folderOf = partitioner(settings, choices, timeOf);
  const formats = await fileFormats(settings, choices, gzipLevel);
  return (record) => {
    const store = new NamesOnly(settings["directory.delim"]);
    // Every record is the first of files that nobody makes.
    new PartitionFiles({ settings, store, formats, folderOf, timeOf, nowMs: () => 0 }).place(record);
    const [first, ...beside] = store.names;
    return first && `${[first, ...beside].join(", ")}: ${printableJson(record.value ?? record.key)}`;
  };
}

/** Makes nothing, and keeps what it would be called. */
class NamesOnly implements FileStore {
  readonly partBytes = Number.POSITIVE_INFINITY;
  readonly partsMax = Number.POSITIVE_INFINITY;
  readonly names: string[] = [];
  readonly #delim: string;

  constructor(delim: string) {
    this.#delim = delim;
  }

  begin({ folder, stem, extension }: FileName): FileMaking {
    this.names.unshift(`${folder}${this.#delim}${stem}${extension}`);
    return { part: nothing, complete: (_rest: Buffer, _end: FileEnd) => nothing(), abort: nothing };
  }

  close(): void {}
}

async function nothing(): Promise<void> {}
