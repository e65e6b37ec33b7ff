import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import type { FileFormats } from "./file-formats.ts";
import type { FileStore } from "./file-store.ts";
import type { FilesSettings } from "./files-config.ts";
import { OpenFile } from "./open-file.ts";

/** What the files of a partition are made with. */
export interface FilesContext {
  readonly settings: FilesSettings;
  readonly store: FileStore;
  readonly formats: FileFormats;
  /** The folders of a record below its topic's. */
  readonly folderOf: (record: SinkRecord) => string;
  readonly timeOf: (record: SinkRecord) => number;
  readonly nowMs: () => number;
}

/**
 * The open files of one partition of a topic. All are closed together, by what their records are and say and by nothing else, and what is committed is the offset behind them: whoever reads again from there
 * makes the same files of the same names. Only this class changes what it holds; one call at a time.
 */
export class PartitionFiles {
  readonly #context: FilesContext;
  readonly #files = new Map<string, OpenFile>();
  /** Behind the last record that was taken; undefined: none was. */
  #next: bigint | undefined;
  #durable: bigint | undefined;
  #records = 0;
  #heldBytes = 0;
  /** Of the first record in the files. */
  #beginMs: number | undefined;
  #openedMs = 0;
  #isClosing = false;
  /** Has parts that may have to be sent. */
  #sending: OpenFile | undefined;

  constructor(context: FilesContext) {
    this.#context = context;
  }

  /** Behind this offset nothing is lost any more; undefined: nobody knows of any. */
  get durable(): bigint | undefined {
    return this.#durable;
  }

  /**
   * Takes a record; one that it has taken before it takes no second time, so a batch that failed in the middle may come again.
   * @throws ConnectError CONNECT_DATA for this record alone, which counts as passed; RetriableError where the server refuses.
   */
  async add(record: SinkRecord): Promise<void> {
    const offset = record.originalOffset;
    if (this.#next !== undefined && offset < this.#next) return;
    await this.#finishBefore();
    let file: OpenFile | undefined;
    let fault: DataError | undefined;
    try {
      file = await this.#take(record);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      fault = error;
    }
    this.#next = offset + 1n;
    if (this.#files.size === 0) this.#durable = this.#next;
    if (fault !== undefined) throw fault;
    if (file === undefined) return;
    const { settings } = this.#context;
    // The record is taken: what fails from here on is done by the next call, before anything else.
    this.#sending = file;
    this.#isClosing = this.#records >= settings["flush.size"] || this.#heldBytes >= settings["ottla.buffer.bytes.max"];
    await this.#finishBefore();
  }

  /** Makes the objects of all open files; where it fails the next call goes on. */
  async close(): Promise<void> {
    this.#isClosing = this.#files.size > 0;
    for (const [key, file] of this.#files) {
      await file.close();
      this.#files.delete(key);
    }
    this.#isClosing = false;
    this.#durable = this.#next;
    this.#records = 0;
    this.#heldBytes = 0;
    this.#beginMs = undefined;
  }

  /** What the clock asks for (`rotate.schedule.interval.ms`), and what a call before could not finish. */
  async closeDue(): Promise<void> {
    const interval = this.#context.settings["rotate.schedule.interval.ms"];
    const isDue =
      interval > 0 && this.#files.size > 0 && Math.floor(this.#openedMs / interval) < Math.floor(this.#context.nowMs() / interval);
    if (isDue) this.#isClosing = true;
    await this.#finishBefore();
  }

  /** Somebody else has the partition now. */
  async abort(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    this.#sending = undefined;
    await Promise.all(files.map((file) => file.abort()));
  }

  async #finishBefore(): Promise<void> {
    const file = this.#sending;
    if (file !== undefined) {
      const before = file.heldBytes;
      try {
        await file.send();
      } finally {
        this.#heldBytes += file.heldBytes - before;
      }
      this.#sending = undefined;
      if (file.isFull) this.#isClosing = true;
    }
    if (this.#isClosing) await this.close();
  }

  /**
   * Adds a record to files that nobody makes: what it would be is seen by the store's `begin`. For previews.
   * @throws ConnectError CONNECT_DATA
   */
  place(record: SinkRecord): void {
    const wish = this.#wishOf(record);
    if (wish !== undefined) this.#openFile(wish.place, record, wish.isTombstone).add(record);
  }

  /** Adds a record to its files, after closing those that may not take it. Undefined: the record is left out without a word. */
  async #take(record: SinkRecord): Promise<OpenFile | undefined> {
    const wish = this.#wishOf(record);
    if (wish === undefined) return undefined;
    const { isTombstone, ms, place } = wish;
    const { settings } = this.#context;
    const interval = settings["rotate.interval.ms"];
    const key = isTombstone ? `tombstones ${place}` : place;
    const open = this.#files.get(key);
    const mustClose =
      (this.#beginMs !== undefined && ms !== undefined && ms - this.#beginMs >= interval) ||
      (open === undefined && this.#files.size >= settings["ottla.open.files.max"]) ||
      open?.takes(record, settings["schema.compatibility"]) === false;
    if (mustClose) await this.close();
    const isNew = mustClose || open === undefined;
    const file = isNew ? this.#openFile(place, record, isTombstone) : open;
    const before = file.heldBytes;
    file.add(record);
    this.#heldBytes += file.heldBytes - (isNew ? 0 : before);
    this.#records++;
    // Only now: a file is called after its first record, and so not after one that cannot be written.
    if (this.#files.size === 0) this.#openedMs = this.#context.nowMs();
    this.#beginMs ??= ms;
    this.#files.set(key, file);
    return file;
  }

  /**
   * Where a record is to stand, and its time where that matters; undefined: it is left out without a word.
   * @throws ConnectError CONNECT_DATA
   */
  #wishOf(record: SinkRecord): { readonly isTombstone: boolean; readonly ms: number | undefined; readonly place: string } | undefined {
    const { settings, formats, folderOf, timeOf } = this.#context;
    const isTombstone = record.value === null || record.value === undefined;
    if (isTombstone) {
      const behavior = settings["behavior.on.null.values"];
      if (behavior === "ignore") return undefined;
      if (behavior === "fail")
        throw new DataError("the record has no value; behavior.on.null.values=ignore leaves such records out, write keeps their keys");
    } else if (formats.values.hasSchema && record.valueSchema === undefined)
      throw new DataError(`${settings["format.class"]} needs a schema, and the value has none; set a value.converter that brings one`);
    const folder = isTombstone ? settings["tombstone.encoded.partition"] : folderOf(record);
    const interval = settings["rotate.interval.ms"];
    // Without a value there is no field of a time: such a record stands at the time of those before it.
    const ms = interval <= 0 || (isTombstone && settings["timestamp.extractor"] === "RecordField") ? undefined : timeOf(record);
    const place = [settings["topics.dir"], record.topic, folder].filter((part) => part !== "").join(settings["directory.delim"]);
    return { isTombstone, ms, place };
  }

  #openFile(folder: string, record: SinkRecord, isTombstones: boolean): OpenFile {
    const { settings, store, formats } = this.#context;
    const { originalTopic, originalPartition, originalOffset } = record;
    const digits = originalOffset.toString().padStart(settings["filename.offset.zero.pad.width"], "0");
    const stem = [record.topic, originalPartition, digits].join(settings["file.delim"]);
    const source = encodeURIComponent(`${originalTopic}-${originalPartition}-${originalOffset}`);
    return new OpenFile({ store, formats, name: { folder, stem, source, firstOffset: originalOffset }, isTombstones }, record);
  }
}
