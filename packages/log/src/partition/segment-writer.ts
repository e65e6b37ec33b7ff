import { join } from "node:path";
import { maxTimestamp } from "@ottla/protocol/records";
import { encodeLeaderEpochs } from "../epochs/leader-epoch-file.ts";
import { encodeProducerSnapshot } from "../producers/producer-snapshot.ts";
import { Segment } from "../segment/segment.ts";
import { LEADER_EPOCH_FILE, segmentPath } from "../segment/segment-files.ts";
import { writeHintFile } from "../shared/hint-file.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LoadedLog } from "./loaded-log.ts";
import type { LogConfig } from "./log-config.ts";
import type { LogFlusher } from "./log-flusher.ts";
import { mustRoll } from "./roll-rules.ts";

/** Writes a log's files: batches into the last segment, new segments, the files that help the next start, and removals. */
export class SegmentWriter {
  readonly #env: LogEnvironment;
  readonly #log: LoadedLog;
  readonly #flusher: LogFlusher;
  #areEpochsWritten: boolean;
  /** The end of the log when its hints were last written; −1 if they never were. */
  #hintsWrittenAt: number;

  constructor(env: LogEnvironment, log: LoadedLog, flusher: LogFlusher) {
    this.#env = env;
    this.#log = log;
    this.#flusher = flusher;
    this.#areEpochsWritten = log.areHintsWritten;
    this.#hintsWrittenAt = log.areHintsWritten ? log.logEndOffset : -1;
  }

  /** The leader-epoch history is not the one on disk any more. */
  epochsChanged(): void {
    this.#areEpochsWritten = false;
  }

  /** Writes a batch that begins at `offset`, into a new segment where that is due. Errors: disk errors; then nothing was appended. */
  write(batch: Buffer, offset: number, lastOffset: number, config: LogConfig, nowMs: number): void {
    let active = this.#log.segments.active;
    let indexes = active.writableIndexes();
    if (mustRoll(active, indexes, batch.length, lastOffset, maxTimestamp(batch, 0), config, nowMs)) {
      active = this.roll(offset, nowMs);
      indexes = active.writableIndexes();
    }
    active.append(batch, indexes, config.indexIntervalBytes);
  }

  /** Begins a new segment at `offset`, the end of the log. Errors: disk errors; the last segment then stays the active one. */
  roll(offset: number, nowMs: number): Segment {
    const { segments, directory } = this.#log;
    const last = segments.active;
    // Who opens it next takes the file for as long as it is.
    if (last.sizeBytes > 0) last.dropTornTail();
    this.writeHints(offset);
    const next = new Segment(this.#env, directory, offset, { sizeBytes: 0, createdMs: nowMs, isActive: true });
    next.create();
    last.seal();
    segments.push(next);
    this.#flusher.noteDirectoryChange();
    this.#flusher.request(offset);
    return next;
  }

  /** Writes what can be rebuilt from the log, for a quick start: indexes, producers, epochs. Errors: disk errors. */
  writeHints(logEndOffset: number): void {
    const { segments, producers, epochs, directory } = this.#log;
    const { disk } = this.#env;
    if (this.#hintsWrittenAt === logEndOffset && this.#areEpochsWritten) return;
    segments.active.writeIndexes();
    writeHintFile(disk, segmentPath(directory, logEndOffset, ".snapshot"), encodeProducerSnapshot(producers.states(), producers.size));
    if (!this.#areEpochsWritten) writeHintFile(disk, join(directory, LEADER_EPOCH_FILE), encodeLeaderEpochs(epochs.starts));
    this.#areEpochsWritten = true;
    this.#hintsWrittenAt = logEndOffset;
  }

  /** Removes the oldest segments: their files are renamed in the background where the disk can do that, and go after `file.delete.delay.ms`. Errors: disk errors; then fewer are gone. */
  removeOldest(count: number, config: LogConfig): void {
    const { segments, directory } = this.#log;
    let removed = 0;
    try {
      for (const segment of segments.all().slice(0, count)) {
        this.#env.retirements.retire(directory, segment, config.fileDeleteDelayMs);
        segment.letGo();
        removed++;
      }
    } finally {
      segments.removeFirst(removed);
    }
  }
}
