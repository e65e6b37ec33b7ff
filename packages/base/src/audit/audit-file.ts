import { basename, dirname, join } from "node:path";
import type { Clock } from "../seams/clock.ts";
import type { Disk, DiskFile } from "../seams/disk.ts";
import type { AuditSink } from "./audit-outlet.ts";

/** One file that is written, and those that it was before. */
export interface AuditFileSettings {
  readonly path: string;
  readonly maxBytes: number;
  /** Older files that are kept. */
  readonly keptFiles: number;
}

/** In which the last line ends, where it ends at all: no event is as long. */
const TAIL_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/**
 * Events in a file, one a line. It is opened at the first line, and again after a failure, or when somebody has moved it away. What an earlier writer left half written is
 * cut off. When it is full it is named after the time, as in `audit.jsonl.20261126T101500123Z`, and the oldest of those beyond the number kept are removed.
 */
export class AuditFile implements AuditSink {
  readonly place: string;
  readonly #clock: Clock;
  readonly #disk: Disk;
  readonly #settings: AuditFileSettings;
  #file: DiskFile | undefined;
  /** Where whole events end behind a failed write; undefined while there was none. */
  #goodBytes: number | undefined;

  constructor(deps: { readonly clock: Clock; readonly disk: Disk }, settings: AuditFileSettings) {
    this.#clock = deps.clock;
    this.#disk = deps.disk;
    this.#settings = settings;
    this.place = settings.path;
  }

  async write(lines: readonly string[]): Promise<void> {
    if ((this.#file?.sizeBytes ?? 0) >= this.#settings.maxBytes) await this.#rotate();
    try {
      const file = this.#current();
      // One write, so that a process that is killed leaves whole lines, but for the last one perhaps.
      file.append([Buffer.from(lines.join(""))]);
    } catch (error) {
      this.#goodBytes = this.#file?.sizeBytes ?? this.#goodBytes;
      this.#abandon();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.sync();
    } finally {
      file?.close();
    }
  }

  #current(): DiskFile {
    const { path } = this.#settings;
    // Moved away or cut by a person: what is there under the name is what counts.
    if (this.#file !== undefined && this.#disk.stat(path)?.sizeBytes !== this.#file.sizeBytes) this.#abandon();
    if (this.#file !== undefined) return this.#file;
    this.#disk.makeDirectory(dirname(path));
    const file = this.#disk.open(path);
    try {
      if (this.#goodBytes !== undefined && file.sizeBytes > this.#goodBytes) file.truncate(this.#goodBytes);
      cutTornLine(file);
      this.#goodBytes = undefined;
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }

  /** What was half written is cut off when it is opened again: the same events come again. */
  #abandon(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // It was of no use any more.
    }
  }

  async #rotate(): Promise<void> {
    const { path, keptFiles } = this.#settings;
    await this.close().catch(() => {});
    const directory = dirname(path);
    const prefix = `${basename(path)}.`;
    const isOlder = (name: string): boolean => name.startsWith(prefix) && OLDER.test(name.slice(prefix.length));
    const older = this.#disk.list(directory).filter(isOlder);
    // The order of names is that of time, even where the clock went back.
    const lastMs = timeOf(older.at(-1)?.slice(prefix.length) ?? "");
    const named = prefix + fileTime(Math.max(this.#clock.nowMs(), lastMs + 1));
    if (this.#disk.stat(path) !== undefined) {
      await this.#rename(path, join(directory, named));
      older.push(named);
    }
    for (const name of older.slice(0, Math.max(0, older.length - keptFiles))) await this.#remove(join(directory, name));
  }

  async #rename(from: string, to: string): Promise<void> {
    if (this.#disk.renameInBackground) await this.#disk.renameInBackground(from, to);
    else this.#disk.rename(from, to);
  }

  async #remove(path: string): Promise<void> {
    if (this.#disk.removeInBackground) await this.#disk.removeInBackground(path);
    else this.#disk.remove(path);
  }
}

const OLDER = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/;

/** 0 for what is no time. */
function timeOf(text: string): number {
  return Date.parse(text.replace(OLDER, "$1-$2-$3T$4:$5:$6.$7Z")) || 0;
}

function fileTime(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:.]/g, "");
}

/** Leaves whole lines alone. */
function cutTornLine(file: DiskFile): void {
  const { sizeBytes } = file;
  const tail = Buffer.alloc(Math.min(TAIL_BYTES, sizeBytes));
  const read = file.readSync(tail, sizeBytes - tail.length);
  if (read === 0 || tail[read - 1] === LINE_END) return;
  const end = tail.lastIndexOf(LINE_END, read - 1);
  // Something else than events: it is left as it is, and ours begin in a line of their own.
  if (end < 0 && sizeBytes > TAIL_BYTES) file.append([Buffer.from("\n")]);
  else file.truncate(sizeBytes - tail.length + end + 1);
}
