import { type Disk, type DiskFile, OttlaError } from "@ottla/base";
import { crc32c } from "@ottla/protocol/records";
import type { MetadataRecord } from "./metadata-records.ts";

const FRAME_BYTES = 8;
const FORMAT_VERSION = 1;
/** A journal this large is replaced by a snapshot when the broker starts. */
const COMPACT_FROM_BYTES = 1024 * 1024;

/**
 * Metadata on disk: frames of `int32 payload length · uint32 CRC-32C of the payload · payload`, the payload being one record as JSON; the
 * first frame names the format. A torn last frame is cut off at opening, as it was never acknowledged; damage before it is refused.
 */
export class MetadataJournal {
  readonly #file: DiskFile;
  #syncing: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;

  private constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Opens or creates the journal and hands every record to `apply`. Errors: `METADATA_CORRUPT`, `METADATA_VERSION`, disk errors. */
  static open(disk: Disk, path: string, apply: (record: MetadataRecord) => void, snapshot: () => MetadataRecord[]): MetadataJournal {
    if (!disk.stat(path)) disk.replaceFile(path, encode({ kind: "format", version: FORMAT_VERSION }));
    const bytes = disk.readFile(path);
    const wholeBytes = replay(path, bytes, apply);
    if (wholeBytes >= COMPACT_FROM_BYTES) {
      const frames = [encode({ kind: "format", version: FORMAT_VERSION }), ...snapshot().map(encode)];
      disk.replaceFile(path, Buffer.concat(frames));
      return new MetadataJournal(disk.open(path));
    }
    const file = disk.open(path);
    if (wholeBytes < bytes.length) file.truncate(wholeBytes);
    return new MetadataJournal(file);
  }

  /** Writes all records or none. They survive a killed process when this returns, a power loss when {@link MetadataJournal.durable} resolves. */
  append(records: readonly MetadataRecord[]): void {
    const sizeBytes = this.#file.sizeBytes;
    try {
      this.#file.append(records.map(encode));
    } catch (error) {
      this.#file.truncate(sizeBytes);
      throw error;
    }
  }

  /** Resolves once all that was appended so far is on the disk. Callers of the same moment share one sync. */
  durable(): Promise<void> {
    if (this.#nextSync) return this.#nextSync;
    if (!this.#syncing) return (this.#syncing = this.#sync());
    // The running sync may have begun before the last append, so its followers share the next one.
    this.#nextSync = this.#syncing
      .catch(() => undefined)
      .then(() => {
        this.#nextSync = undefined;
        return (this.#syncing = this.#sync());
      });
    return this.#nextSync;
  }

  close(): void {
    this.#file.syncNow();
    this.#file.close();
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.sync();
    } finally {
      this.#syncing = undefined;
    }
  }
}

function encode(record: MetadataRecord | { readonly kind: "format"; readonly version: number }): Buffer {
  const payload = Buffer.from(JSON.stringify(record));
  const frame = Buffer.allocUnsafe(FRAME_BYTES + payload.length);
  frame.writeInt32BE(payload.length, 0);
  frame.writeUInt32BE(crc32c(payload), 4);
  payload.copy(frame, FRAME_BYTES);
  return frame;
}

/** Applies every whole record; returns how many bytes they take. */
function replay(path: string, bytes: Buffer, apply: (record: MetadataRecord) => void): number {
  let at = 0;
  while (bytes.length - at >= FRAME_BYTES) {
    const end = at + FRAME_BYTES + bytes.readInt32BE(at);
    if (end <= at || end > bytes.length) return at;
    const payload = bytes.subarray(at + FRAME_BYTES, end);
    if (crc32c(payload) !== bytes.readUInt32BE(at + 4)) {
      if (end === bytes.length) return at;
      throw new OttlaError("METADATA_CORRUPT", `The metadata journal ${path} is damaged at byte ${at}; restore it from a copy.`);
    }
    applyFrame(path, JSON.parse(payload.toString("utf8")), apply);
    at = end;
  }
  return at;
}

function applyFrame(
  path: string,
  record: MetadataRecord | { kind: "format"; version: number },
  apply: (record: MetadataRecord) => void,
): void {
  if (record.kind !== "format") {
    apply(record);
  } else if (record.version > FORMAT_VERSION) {
    throw new OttlaError(
      "METADATA_VERSION",
      `The metadata journal ${path} has format ${record.version}, newer than this Ottla reads (${FORMAT_VERSION}); start it with a newer Ottla.`,
    );
  }
}
