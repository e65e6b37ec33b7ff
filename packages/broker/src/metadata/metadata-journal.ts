import { dirname } from "node:path";
import { type Disk, type DiskFile, type Logger, OttlaError } from "@ottla/base";
import { crc32c } from "@ottla/protocol/records";
import { isKnownKind, type MetadataRecord } from "./metadata-records.ts";

const FRAME_BYTES = 8;
const FORMAT_VERSION = 1;
/** Every record is written with its kind in front. */
const PAYLOAD_START = '{"kind":';
/** A journal this large is replaced by a snapshot when the broker starts. */
const COMPACT_FROM_BYTES = 1024 * 1024;

/** What a journal is opened with. */
export interface JournalDeps {
  readonly disk: Disk;
  readonly logger: Logger;
}

/** Whoever folds the journal's records. */
export interface JournalReplay {
  apply(record: MetadataRecord): void;
  /** The records that say all that was applied. */
  snapshot(): MetadataRecord[];
  /** How long it was at the last clean stop, in bytes; undefined after any other. */
  readonly sizeAtStop?: number | undefined;
}

/**
 * Metadata on disk: frames of `int32 payload length · uint32 CRC-32C of the payload · payload`, the payload being one record as JSON; the
 * first frame names the format. A torn end is cut off at opening with a warning, as it was never acknowledged; damage before whole records is refused, and so
 * is a journal that is shorter than it was at a clean stop.
 */
export class MetadataJournal {
  readonly #path: string;
  readonly #file: DiskFile;
  #failure: OttlaError | undefined;

  private constructor(path: string, file: DiskFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens or creates the journal and hands every record to `apply`. Errors: `METADATA_CORRUPT`, `METADATA_VERSION`, disk errors. */
  static open({ disk, logger }: JournalDeps, path: string, { apply, snapshot, sizeAtStop }: JournalReplay): MetadataJournal {
    if (!disk.stat(path)) {
      if (sizeAtStop !== undefined) throw cutShort(path, 0, sizeAtStop);
      refuseToForget(disk, path);
      disk.replaceFile(path, encode({ kind: "format", version: FORMAT_VERSION }));
    }
    const bytes = disk.readFile(path);
    const wholeBytes = replay(path, bytes, apply, sizeAtStop);
    const droppedBytes = bytes.length - wholeBytes;
    if (droppedBytes > 0)
      logger.warn("the metadata journal ends within a record, which was never acknowledged; it is cut off", {
        path,
        wholeBytes,
        droppedBytes,
      });
    if (wholeBytes >= COMPACT_FROM_BYTES) {
      const frames = [encode({ kind: "format", version: FORMAT_VERSION }), ...snapshot().map(encode)];
      disk.replaceFile(path, Buffer.concat(frames));
      return new MetadataJournal(path, disk.open(path));
    }
    const file = disk.open(path);
    if (droppedBytes > 0) file.truncate(wholeBytes);
    // Where an earlier process failed to sync, the system shows what is not on the disk, and takes it there only when it is written again.
    file.write(bytes.subarray(0, wholeBytes), 0);
    return new MetadataJournal(path, file);
  }

  /**
   * Writes all records or none. They survive a killed process when this returns, a power loss when {@link MetadataJournal.durable} resolves.
   * Throws a `DiskError` when the disk refuses them, `METADATA_FAILED` once the journal has failed.
   */
  append(records: readonly MetadataRecord[]): void {
    this.refuseIfFailed();
    const sizeBytes = this.#file.sizeBytes;
    try {
      this.#file.append(records.map(encode));
    } catch (error) {
      this.#cutBack(sizeBytes);
      throw error;
    }
  }

  /**
   * Resolves once all that was appended so far is on the disk; one caller at a time. Rejects with `METADATA_FAILED` when the sync fails, and
   * ever after: the system may have dropped the pages, so a later sync that succeeds proves nothing.
   */
  async durable(): Promise<void> {
    this.refuseIfFailed();
    try {
      await this.#file.sync();
    } catch (error) {
      this.fail("a sync failed", error);
    }
    this.refuseIfFailed();
  }

  /** Takes nothing more until the broker is started again. The first reason is kept. */
  fail(why: string, cause: unknown): void {
    this.#failure ??= new OttlaError(
      "METADATA_FAILED",
      `The metadata journal ${this.#path} has failed (${why}: ${cause instanceof Error ? cause.message : String(cause)}); no more changes are taken until the broker is started again.`,
      { cause },
    );
  }

  /** Why nothing more is taken; undefined while all is well. */
  get failure(): OttlaError | undefined {
    return this.#failure;
  }

  /** Throws `METADATA_FAILED` once the journal has failed. */
  refuseIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Returns how many bytes are on the disk for sure; undefined where the journal has failed. Errors: disk errors. */
  close(): number | undefined {
    try {
      if (this.#failure) return undefined;
      this.#file.syncNow();
      return this.#file.sizeBytes;
    } finally {
      this.#file.close();
    }
  }

  /** Without what was half written. Where that fails too, whatever is appended next would stand behind it and be lost with it. */
  #cutBack(sizeBytes: number): void {
    try {
      this.#file.truncate(sizeBytes);
    } catch (error) {
      this.fail("a half-written record could not be cut off", error);
    }
  }
}

function encode(record: MetadataRecord | { readonly kind: "format"; readonly version: number }): Buffer {
  const { kind, ...rest } = record;
  const payload = Buffer.from(JSON.stringify({ kind, ...rest }));
  const frame = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
  frame.writeInt32BE(payload.length, 0);
  frame.writeUInt32BE(crc32c(payload), 4);
  payload.copy(frame, FRAME_BYTES);
  return frame;
}

/** A new journal beside old partitions would be a cluster without the topics they belong to. */
function refuseToForget(disk: Disk, path: string): void {
  const partition = disk.list(dirname(path)).find((name) => /-\d+$/.test(name));
  if (partition !== undefined)
    throw new OttlaError(
      "METADATA_CORRUPT",
      `The metadata journal ${path} is missing beside partitions such as ${partition}; restore it from a copy, or start in an empty directory.`,
    );
}

/** After a clean stop no change was under way: what is missing was acknowledged. */
function cutShort(path: string, wholeBytes: number, sizeAtStop: number): OttlaError {
  return new OttlaError(
    "METADATA_CORRUPT",
    `The metadata journal ${path} is cut: it was ${sizeAtStop} bytes long at the last clean stop, and ${wholeBytes} are left whole; the changes behind them are missing. ` +
      `Restore it from a copy. To go on without them instead, remove .kafka_cleanshutdown beside it.`,
  );
}

/** Applies every whole record; returns how many bytes they take. */
function replay(path: string, bytes: Buffer, apply: (record: MetadataRecord) => void, sizeAtStop = 0): number {
  let at = 0;
  for (let payload = payloadAt(bytes, at); payload !== undefined; payload = payloadAt(bytes, at)) {
    applyFrame(path, JSON.parse(payload.toString("utf8")), apply);
    at += FRAME_BYTES + payload.length;
  }
  // The first record is written in one piece with the file, so that its absence is damage as well.
  if (at === 0 || holdsWholeRecord(bytes, at + 1))
    throw new OttlaError("METADATA_CORRUPT", `The metadata journal ${path} is damaged at byte ${at}; restore it from a copy.`);
  if (at < sizeAtStop) throw cutShort(path, at, sizeAtStop);
  return at;
}

/** The payload of the frame at `at`; undefined where there is no whole and valid one. */
function payloadAt(bytes: Buffer, at: number): Buffer | undefined {
  if (bytes.length - at < FRAME_BYTES) return undefined;
  const end = at + FRAME_BYTES + bytes.readInt32BE(at);
  if (end <= at + FRAME_BYTES || end > bytes.length) return undefined;
  const payload = bytes.subarray(at + FRAME_BYTES, end);
  return crc32c(payload) === bytes.readUInt32BE(at + 4) ? payload : undefined;
}

/** Whether a whole record begins anywhere from `from` on: then what lies before it is no torn end. */
function holdsWholeRecord(bytes: Buffer, from: number): boolean {
  for (let start = bytes.indexOf(PAYLOAD_START, from + FRAME_BYTES); start >= 0; start = bytes.indexOf(PAYLOAD_START, start + 1)) {
    if (payloadAt(bytes, start - FRAME_BYTES) !== undefined) return true;
  }
  return false;
}

function applyFrame(
  path: string,
  record: MetadataRecord | { kind: "format"; version: number },
  apply: (record: MetadataRecord) => void,
): void {
  if (record.kind === "format") {
    if (record.version > FORMAT_VERSION)
      throw tooNew(path, `has format ${record.version}, newer than this Ottla reads (${FORMAT_VERSION})`);
  } else if (isKnownKind(record.kind)) {
    apply(record);
  } else {
    throw tooNew(path, `holds a record of kind "${record.kind}", which this Ottla does not know`);
  }
}

function tooNew(path: string, what: string): OttlaError {
  return new OttlaError("METADATA_VERSION", `The metadata journal ${path} ${what}; start it with a newer Ottla.`);
}
