import { randomUUID } from "node:crypto";
import { RetriableError } from "../../connect-error.ts";
import { DataError } from "../../data/data-error.ts";
import type { FileEnd, FileMaking, FileName, FileStore } from "../record-files/file-store.ts";
import type { WebHdfs } from "./web-hdfs.ts";

/** What files are made with. */
export interface HdfsStoreOptions {
  readonly hdfs: WebHdfs;
  readonly partBytes: number;
  /** Between topic, partition and offsets in a name. */
  readonly fileDelim: string;
  readonly offsetDigits: number;
  /** This task's own, where files are before they have their names. */
  readonly temporaryFolder: string;
}

/** Names of HDFS: a file is made under another name, and appears by a rename, which replaces nothing. */
export class HdfsStore implements FileStore {
  readonly partBytes: number;
  readonly partsMax = 10_000;
  readonly options: HdfsStoreOptions;
  /** Of folders that were looked into: names of files that were there then, at this first offset or behind it. */
  readonly #ahead = new Map<string, readonly string[]>();

  constructor(options: HdfsStoreOptions) {
    this.options = options;
    this.partBytes = options.partBytes;
  }

  /** @throws ConnectError CONNECT_DATA for a folder that HDFS has no name for */
  begin(name: FileName): FileMaking {
    const wrong = name.folder.split("/").find((part) => part.includes(":") || part === "." || part === "..");
    if (wrong !== undefined) throw new DataError(`HDFS has no folder called ${wrong}: names have no colon, and are neither . nor ..`);
    return new HdfsFile(this, name);
  }

  /**
   * A file that begins at the same offset and is another one: what was written before, with other settings.
   * Folders are listed once, since this task itself never begins twice at an offset.
   */
  async conflict(folder: string, { stem, extension, firstOffset }: FileName, own: string): Promise<string | undefined> {
    const { hdfs, fileDelim } = this.options;
    const series = `${stem.slice(0, stem.lastIndexOf(fileDelim))}${fileDelim}`;
    const key = `${folder} ${series} ${extension}`;
    let ahead = this.#ahead.get(key);
    if (ahead === undefined) {
      const names = (await hdfs.list(folder)).map(({ pathSuffix }) => pathSuffix);
      ahead = names.filter((each) => {
        const start = each.startsWith(series) && each.endsWith(extension) ? each.slice(series.length).split(fileDelim)[0]! : "";
        return /^\d+$/.test(start) && BigInt(start) >= firstOffset;
      });
      this.#ahead.set(key, ahead);
    }
    const start = `${stem}${fileDelim}`;
    return ahead.find((each) => each !== own && each.startsWith(start) && !each.slice(start.length, -extension.length).includes("."));
  }

  /** Somebody else may have written in between. */
  forget(): void {
    this.#ahead.clear();
  }

  close(): void {}
}

/** A file in the making. Every step may be done again: parts are written whole, and what a lost answer has done is seen. */
class HdfsFile implements FileMaking {
  readonly #store: HdfsStore;
  readonly #name: FileName;
  readonly #temporary: string;
  #parts = 0;
  #sentBytes = 0;
  #isRestSent = false;
  #isJoined = false;

  constructor(store: HdfsStore, name: FileName) {
    this.#store = store;
    this.#name = name;
    this.#temporary = `${store.options.temporaryFolder}/${randomUUID()}_tmp`;
  }

  async part(bytes: Buffer): Promise<void> {
    await this.#store.options.hdfs.create(this.#partPath(this.#parts), bytes);
    this.#parts++;
    this.#sentBytes += bytes.length;
  }

  async complete(rest: Buffer, { lastOffset }: FileEnd): Promise<void> {
    const { hdfs, fileDelim, offsetDigits } = this.#store.options;
    if (!this.#isRestSent && (rest.length > 0 || this.#parts === 0)) await this.part(rest);
    this.#isRestSent = true;
    if (!this.#isJoined) await this.#join();
    this.#isJoined = true;
    const { folder, stem, extension } = this.#name;
    const at = absolute(folder);
    const own = `${stem}${fileDelim}${lastOffset.toString().padStart(offsetDigits, "0")}${extension}`;
    const conflict = await this.#store.conflict(at, this.#name, own);
    if (conflict !== undefined) throw this.#taken(`${at}/${conflict}`, `its name ends elsewhere than ${own}`);
    await hdfs.makeFolder(at);
    const [from, to] = [this.#partPath(0), `${at}/${own}`];
    if (await hdfs.rename(from, to)) return;
    await this.#mustBeOurs(from, to);
    await this.abort();
  }

  async abort(): Promise<void> {
    const { hdfs } = this.#store.options;
    for (let part = 0; part < this.#parts; part++) await hdfs.delete(this.#partPath(part)).catch(() => {});
  }

  #begin(): void {
    this.#parts = 0;
    this.#sentBytes = 0;
    this.#isRestSent = false;
  }

  async #join(): Promise<void> {
    if (this.#parts === 1) return;
    const { hdfs } = this.#store.options;
    const sources = Array.from({ length: this.#parts - 1 }, (_, index) => this.#partPath(index + 1));
    // An answer may have been lost: then the first part is all of them.
    if ((await hdfs.status(this.#partPath(0)))?.length === this.#sentBytes) return;
    await hdfs.concat(this.#partPath(0), sources);
  }

  /** The name is there already. It may be this very file, renamed by a request whose answer was lost, or the same one made before a restart. */
  async #mustBeOurs(from: string, to: string): Promise<void> {
    const { hdfs } = this.#store.options;
    const [mine, theirs] = [await hdfs.status(from), await hdfs.status(to)];
    if (theirs === undefined) {
      // Somebody removed it. What was sent at once is at hand, and is written again by the next call.
      if (mine === undefined && this.#parts === 1) this.#begin();
      throw new RetriableError(`HDFS did not rename ${from} to ${to}${mine === undefined ? `: ${from} is gone` : ", and says no reason"}.`);
    }
    if (theirs.length !== this.#sentBytes) throw this.#taken(to, `it has ${theirs.length} bytes, not these ${this.#sentBytes}`);
    if (mine === undefined) return;
    const [own, other] = [await hdfs.checksum(from), await hdfs.checksum(to)];
    if (own.algorithm === other.algorithm && own.bytes !== other.bytes) throw this.#taken(to, "it has other bytes");
  }

  #taken(path: string, what: string): RetriableError {
    return new RetriableError(
      `The file ${path} is there already, and ${what}. It was written with other settings, or of another topic of this name. ` +
        "Nothing is replaced: remove it and those behind it of this partition, or write to another topics.dir.",
    );
  }

  #partPath(part: number): string {
    return `${this.#temporary}.${part}`;
  }
}

/** HDFS's names begin at its root. */
export function absolute(folder: string): string {
  return folder.startsWith("/") ? folder : `/${folder}`;
}
