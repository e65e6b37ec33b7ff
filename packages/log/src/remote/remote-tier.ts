import type { Logger } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { baseOffset, lastOffset, sizeInBytes } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import type { ReadOutcome } from "../partition/log-outcomes.ts";
import { refusal, refusalOf } from "../partition/refusal.ts";
import { batchRangeIn, type FoundRange } from "../partition/segment-reader.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { looksLikeBatch } from "../segment/scan-batches.ts";
import { type RemoteCalls, remoteError } from "./remote-calls.ts";
import { RemoteList } from "./remote-list.ts";
import type { RemotePartition, RemoteSegment, RemoteSegments } from "./remote-segments.ts";

/** The store, and the bounds within which all partitions call it. */
export interface RemoteStorage {
  readonly store: RemoteSegments;
  readonly calls: RemoteCalls;
}

/** What the remote part of a log sees of the whole. */
export interface TieredLog extends RemotePartition {
  readonly name: string;
  readonly logStartOffset: number;
  readonly localLogStartOffset: number;
  readonly highWatermark: number;
}

/** How far a read goes. */
export interface RemoteReadLimits {
  readonly maxBytes: number;
  readonly maxOffset: number;
  readonly minOneBatch: boolean;
}

const HEADER_BYTES = 61;

/** The part of one partition's log that only the remote store holds: offsets from `logStartOffset` to below `localLogStartOffset`. */
export class RemoteTier {
  readonly #log: TieredLog;
  readonly #storage: RemoteStorage;
  readonly #logger: Logger;
  readonly #onFault: (error: unknown) => void;
  #list: RemoteList | undefined;
  #listing: Promise<RemoteList> | undefined;
  #isTrimming = false;
  #isClosed = false;

  /** `onFault` is told of reads that failed. */
  constructor(log: TieredLog, storage: RemoteStorage, logger: Logger, onFault: (error: unknown) => void) {
    this.#log = log;
    this.#storage = storage;
    this.#logger = logger;
    this.#onFault = onFault;
  }

  get storage(): RemoteStorage {
    return this.#storage;
  }

  /** As last told; undefined until the store was asked. */
  get known(): RemoteList | undefined {
    return this.#list;
  }

  /** Bytes of the segments that hold what is no longer here, as far as is known. */
  get sizeBytes(): number {
    const { logStartOffset, localLogStartOffset } = this.#log;
    let bytes = 0;
    for (const segment of this.#list?.between(logStartOffset, localLogStartOffset) ?? []) bytes += segment.sizeBytes;
    return bytes;
  }

  /** Asks the store anew which segments it has; who asks meanwhile joins. Errors: `REMOTE_STORAGE`; the last list then stays. */
  refresh(): Promise<RemoteList> {
    const { store, calls } = this.#storage;
    const { topic, partition, topicId, name } = this.#log;
    this.#listing ??= calls
      .run(`the list of ${name}`, calls.limits.remoteCallMaxMs, (signal) => store.list({ topic, partition, topicId }, signal))
      .then((told) => (this.#list = new RemoteList(name, told)))
      .finally(() => (this.#listing = undefined));
    return this.#listing;
  }

  /** The list, asked for if it is not known. Errors: `REMOTE_STORAGE`. */
  async list(): Promise<RemoteList> {
    return this.#list ?? this.refresh();
  }

  /** Reads as the log does. `offset` lies below the local part. Codes: KAFKA_STORAGE_ERROR when the store fails, CORRUPT_MESSAGE; OFFSET_OUT_OF_RANGE only below the log start. */
  async read(offset: number, wanted: RemoteReadLimits): Promise<ReadOutcome> {
    try {
      const list = await this.list();
      const segment = list.holding(offset) ?? (await this.refresh()).holding(offset);
      if (segment === undefined) throw remoteError(this.#log.name, `it has no segment that holds offset ${offset}`);
      const { records, nextOffset, heldBytes } = await this.readSegment(segment, offset, wanted);
      const sizeBytes = records.length;
      return { kind: "records", records: sizeBytes === 0 ? [] : [records], sizeBytes, heldBytes, nextOffset };
    } catch (error) {
      if (offset < this.#log.logStartOffset)
        return refusal(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${offset} of ${this.#log.name} was removed while it was read.`);
      const outcome = refusalOf(error);
      this.#onFault(error);
      return outcome;
    }
  }

  /** Whole batches of one segment, from the one that holds `offset`. Errors: `REMOTE_STORAGE`, `LOG_CORRUPT`. */
  async readSegment(
    segment: RemoteSegment,
    offset: number,
    wanted: RemoteReadLimits,
  ): Promise<FoundRange & { readonly heldBytes: number }> {
    const { store, calls } = this.#storage;
    const what = `segment ${segment.id} of ${this.#log.name}`;
    const view = { baseOffset: segment.baseOffset, sizeBytes: segment.sizeBytes, path: `remote ${what}` };
    const request = { offset, ...wanted, fromPosition: 0, slackBytes: 0, gapsBelow: 0 };
    let askedBytes = Math.min(Math.max(wanted.maxBytes, HEADER_BYTES), segment.sizeBytes);
    for (;;) {
      const maxBytes = askedBytes;
      const bytes = await calls.run(what, calls.limits.remoteFetchMaxWaitMs, (signal) => store.read(segment, offset, maxBytes, signal));
      if (bytes.length < HEADER_BYTES)
        throw remoteError(what, `it gave ${bytes.length} bytes for offset ${offset}, less than a batch's header`);
      if (!looksLikeBatch(bytes, 0, segment.baseOffset) || baseOffset(bytes, 0) > offset || lastOffset(bytes, 0) < offset)
        throw new LogError("LOG_CORRUPT", view.path, `Remote ${what} gives no batch that holds offset ${offset}; restore it from a copy.`);
      const range = batchRangeIn(view, bytes, 0, request);
      if (range !== undefined) return { ...range, heldBytes: bytes.length };
      const firstBytes = sizeInBytes(bytes, 0);
      if (!wanted.minOneBatch && firstBytes > wanted.maxBytes)
        return { records: Buffer.alloc(0), endPosition: 0, nextOffset: offset, heldBytes: 0 };
      // The whole batch was asked for already.
      if (firstBytes <= askedBytes)
        throw remoteError(what, `it gave ${bytes.length} of ${firstBytes} bytes of the batch at offset ${offset}`);
      askedBytes = firstBytes;
    }
  }

  /** The index entries of aborted transactions from the segment that holds `fromOffset` up to the local part, segment by segment. */
  abortedFrom(fromOffset: number): (readonly AbortedEntry[])[] {
    const segments = this.#list?.between(fromOffset, this.#log.localLogStartOffset) ?? [];
    return segments.map((segment) => segment.abortedTransactions);
  }

  /** Tells segments wholly below the log start to go, in the background and one at a time; what fails is told and tried at the next round. */
  trim(): void {
    if (this.#isTrimming) return;
    this.#isTrimming = true;
    void this.#trim()
      .catch((error: unknown) => {
        const { topic, partition } = this.#log;
        this.#logger.warn("remote segments before the log start could not be removed; it is tried again", { topic, partition, error });
      })
      .finally(() => (this.#isTrimming = false));
  }

  /** Starts nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  async #trim(): Promise<void> {
    const { store, calls } = this.#storage;
    await this.list();
    for (;;) {
      // Looked up each time: the start may move on, and the list be told anew.
      const segment = this.#list!.segments.find(({ endOffset }) => endOffset < this.#log.logStartOffset);
      if (segment === undefined || this.#isClosed) return;
      const what = `the removal of segment ${segment.id} of ${this.#log.name}`;
      await calls.run(what, calls.limits.remoteCallMaxMs, (signal) => store.remove(segment, signal));
      this.#list = new RemoteList(
        this.#log.name,
        this.#list!.segments.filter(({ id }) => id !== segment.id),
      );
    }
  }
}
