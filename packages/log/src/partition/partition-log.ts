import { DiskError, invariant, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { isControl, lastOffsetDelta, setBaseOffset, setLogAppendTime, setPartitionLeaderEpoch } from "@ottla/protocol/records";
import type { LeaderEpochs } from "../epochs/leader-epochs.ts";
import { answerWithoutAppend, refuseMarker } from "../producers/producer-answer.ts";
import type { EndedTransaction, ProducerTable } from "../producers/producer-table.ts";
import { findMaxTimestampInTiers, findTimestampInTiers } from "../remote/remote-search.ts";
import { RemoteTier } from "../remote/remote-tier.ts";
import { expireTiered } from "../remote/tiered-retention.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import { SegmentReplacement } from "../segment/segment-replacement.ts";
import { abortedBetween } from "../segment/transaction-index.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { ReadFaults } from "../shared/read-faults.ts";
import type { PartitionTail } from "../shared/tail-cache.ts";
import type { LoadedLog } from "./loaded-log.ts";
import type { LogConfig } from "./log-config.ts";
import type { FlushedLog } from "./log-flusher.ts";
import { LogFlusher } from "./log-flusher.ts";
import type {
  AbortedTransaction,
  ActiveProducer,
  AppendOptions,
  AppendOutcome,
  DeleteRecordsOutcome,
  EpochEndOffset,
  LogRefusal,
  ReadOptions,
  ReadOutcome,
  TimestampedOffset,
} from "./log-outcomes.ts";
import { LogReader, type ReadLimits } from "./log-reader.ts";
import { refusal, refusalOf } from "./refusal.ts";
import { decideRetention } from "./retention-rules.ts";
import { learnSegmentAges, retainedSegments } from "./segment-ages.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { findMaxTimestamp, findTimestamp } from "./timestamp-search.ts";

/** Told by a log to its owner, so that checkpoints follow. */
export interface LogListener {
  /** The log start was moved by DeleteRecords. The outcome is given when this has resolved. Errors: disk errors. */
  logStartMoved(log: PartitionLog): Promise<void>;
  /** More of the log is on the disk. */
  flushed(log: PartitionLog): void;
  /** The log refuses appends from now on. */
  failed(log: PartitionLog, error: unknown): void;
}

const NOTHING: readonly Buffer[] = [];
/** How often a look-up whose segments are replaced under it looks again. */
const LOOKS_MAX = 8;

/**
 * The log of one partition: record batches in order of offset, in segments of bounded size. Appends are synchronous and whole or not at all; reads come
 * from memory at once or from disk by promise. All refusals are outcomes (codes: {@link LogRefusal}); what throws is a bug.
 */
export class PartitionLog implements FlushedLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly directory: string;
  readonly parentDirectory: string;
  readonly segments: SegmentList;
  readonly #env: LogEnvironment;
  readonly #listener: LogListener;
  readonly #producers: ProducerTable;
  readonly #epochs: LeaderEpochs;
  readonly #flusher: LogFlusher;
  readonly #writer: SegmentWriter;
  readonly #reader: LogReader;
  readonly #faults: ReadFaults;
  /** Undefined where the process has no remote store. */
  readonly #remote: RemoteTier | undefined;
  #tail: PartitionTail | undefined;
  #config: LogConfig;
  #logStartOffset: number;
  #logEndOffset: number;
  #highWatermark: number;
  /** Below this an acknowledgement has to wait for the disk. */
  #durableBelow = 0;
  /** Monotonic ms of the first append since the last flush; −1 if there was none. */
  #unflushedSinceMs = -1;
  /** A restart finds the log start where it is. */
  #isLogStartKept = true;
  /** No more appends: the disk failed, or the log is closed. */
  #refusal: LogRefusal | undefined;
  /** The last append was refused by the disk: told once. */
  #isDiskRefusing = false;
  #onMoved: (() => void) | undefined;

  constructor(env: LogEnvironment, loaded: LoadedLog, config: LogConfig, listener: LogListener) {
    this.#env = env;
    this.#faults = new ReadFaults(env);
    this.#config = config;
    this.#listener = listener;
    this.topic = loaded.topic;
    this.partition = loaded.partition;
    this.topicId = loaded.topicId;
    this.directory = loaded.directory;
    this.parentDirectory = loaded.parentDirectory;
    this.segments = loaded.segments;
    this.#producers = loaded.producers;
    this.#epochs = loaded.epochs;
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    // What survived to this start is as good as acknowledged.
    this.#highWatermark = loaded.logEndOffset;
    this.#flusher = new LogFlusher(this, env, loaded.recoveryPoint);
    this.#writer = new SegmentWriter(env, loaded, this.#flusher);
    const onFault = (error: unknown): void => this.#faults.note(this.topic, this.partition, error);
    this.#reader = new LogReader(loaded.segments, env.buffers, env.ahead, onFault, (offset, wanted) => this.#readRemoved(offset, wanted));
    this.#remote = env.remote && new RemoteTier(this, env.remote, env.logger, onFault);
  }

  /** `topic-partition`. */
  get name(): string {
    return `${this.topic}-${this.partition}`;
  }

  get config(): LogConfig {
    return this.#config;
  }

  /** The first offset that can be read. */
  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** The first offset that is read from the local disk; those from the log start to below it are in the remote store. Source: KIP-405. */
  get localLogStartOffset(): number {
    return Math.max(this.#logStartOffset, this.segments.first.baseOffset);
  }

  /** The offset the next record will get. */
  get logEndOffset(): number {
    return this.#logEndOffset;
  }

  /** Consumers see what is below: the log end, or with `flush.messages=1` what is on the disk. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** Consumers with `read_committed` see what is below: the high watermark, or the start of the oldest open transaction. */
  get lastStableOffset(): number {
    const unstable = this.#producers.firstUnstableOffset;
    return unstable < 0 ? this.#highWatermark : Math.min(unstable, this.#highWatermark);
  }

  /** Everything below is on the disk: recovery after a crash begins here. */
  get recoveryPoint(): number {
    return this.#flusher.flushedOffset;
  }

  /** Of the local part. */
  get sizeBytes(): number {
    return this.segments.sizeBytes;
  }

  /** Of the remote segments that hold what is no longer local, as far as the store has told of them. */
  get remoteSizeBytes(): number {
    return this.#remote?.sizeBytes ?? 0;
  }

  /** The latest leader epoch of the history; −1 when there is none. */
  get leaderEpoch(): number {
    return this.#epochs.latestEpoch;
  }

  /** Reads that failed for the disk, or for damage, since the log was opened. */
  get readFaults(): number {
    return this.#faults.count;
  }

  /** Why the log takes no more appends; undefined while it does. */
  get refusal(): LogRefusal | undefined {
    return this.#refusal;
  }

  updateConfig(config: LogConfig): void {
    this.#config = config;
    if (config.flushMessages <= 1 || this.#highWatermark === this.#logEndOffset) return;
    this.#highWatermark = this.#logEndOffset;
    this.#onMoved?.();
  }

  /** Calls `listener` whenever the log start moves, or the high watermark by anything but an append and its sync. For the one owner of the log. It must not throw. */
  follow(listener: () => void): void {
    this.#onMoved = listener;
  }

  /**
   * Appends one validated batch. Its base offset and leader epoch, under LogAppendTime also time and checksum, are written into `batch`, which
   * the log does not keep. It survives a killed process when this returns; for more ask {@link PartitionLog.durable}.
   */
  append(batch: Buffer, options: AppendOptions): AppendOutcome {
    const config = this.#config;
    if (this.#refusal !== undefined) return this.#refusal;
    if (batch.length > config.segmentBytes) {
      return refusal(
        ErrorCode.RECORD_LIST_TOO_LARGE,
        `The batch of ${batch.length} bytes is larger than a segment of ${this.name} may be (segment.bytes = ${config.segmentBytes}).`,
      );
    }
    if (options.origin === "client") {
      const verdict = this.#producers.judge(batch, 0);
      if (verdict.kind !== "accept") return answerWithoutAppend(verdict, this.name);
    } else if (options.origin === "marker") {
      invariant(isControl(batch, 0), "a transaction marker is a control batch");
      const verdict = this.#producers.judgeMarker(batch, 0);
      if (verdict.kind !== "accept") return refuseMarker(verdict, this.name);
    }
    const nowMs = this.#env.clock.nowMs();
    const isStamped = config.messageTimestampType === "LogAppendTime";
    const baseOffset = this.#logEndOffset;
    const lastOffset = baseOffset + lastOffsetDelta(batch, 0);
    setBaseOffset(batch, 0, baseOffset);
    setPartitionLeaderEpoch(batch, 0, options.leaderEpoch);
    if (isStamped) setLogAppendTime(batch, 0, nowMs);
    try {
      this.#env.space.admit(batch.length);
      this.#writer.write(batch, baseOffset, lastOffset, config, nowMs);
    } catch (error) {
      return this.#onAppendError(error);
    }
    this.#logEndOffset = lastOffset + 1;
    this.#isDiskRefusing = false;
    if (options.leaderEpoch > this.#epochs.latestEpoch && this.#epochs.assign(options.leaderEpoch, baseOffset))
      this.#writer.epochsChanged();
    this.#noteEnded(this.#producers.apply(batch, 0));
    (this.#tail ??= this.#env.tails.partition()).add(baseOffset, lastOffset, batch);
    this.#noteUnflushed();
    return { kind: "appended", baseOffset, lastOffset, logAppendTimeMs: isStamped ? nowMs : -1 };
  }

  /**
   * Undefined when an acknowledgement of `offset` need not wait; else resolves when it is on the disk. Rejects when the disk failed: the record must not be
   * acknowledged, and the log refuses appends until it is opened again.
   */
  durable(offset: number): Promise<void> | undefined {
    if (offset >= this.#durableBelow || offset < this.#flusher.flushedOffset) return undefined;
    return this.#flusher.wait(offset);
  }

  /** Syncs everything appended so far, whatever the configuration. Rejects as {@link PartitionLog.durable}. */
  flush(): Promise<void> {
    return this.#logEndOffset <= this.#flusher.flushedOffset ? Promise.resolve() : this.#flusher.wait(this.#logEndOffset - 1);
  }

  /**
   * Reads whole batches from the one that holds `offset`, at most `maxBytes` of them. At the tail the outcome is there at once; otherwise it is a promise, and
   * the log may have changed when it resolves. Codes: OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE. Source: KIP-74; D1, D2.
   */
  read(offset: number, maxBytes: number, options: ReadOptions): ReadOutcome | Promise<ReadOutcome> {
    if (offset < this.#logStartOffset || offset > this.#logEndOffset) {
      return refusal(
        ErrorCode.OFFSET_OUT_OF_RANGE,
        `Offset ${offset} of ${this.name} is outside ${this.#logStartOffset} to ${this.#logEndOffset}.`,
      );
    }
    const maxOffset = options.maxOffset ?? this.#highWatermark;
    if (offset >= maxOffset) return { kind: "records", records: NOTHING, sizeBytes: 0, heldBytes: 0, nextOffset: offset };
    const tail = this.#tail;
    if (tail !== undefined && offset >= tail.startOffset) {
      const found = tail.collect(offset, maxBytes, maxOffset, options.minOneBatch);
      return { kind: "records", heldBytes: found.sizeBytes, ...found };
    }
    return this.#reader.read(
      offset,
      { maxBytes, maxOffset, minOneBatch: options.minOneBatch },
      { indexIntervalBytes: this.#config.indexIntervalBytes, allowGaps: this.#config.compacts },
    );
  }

  /** The first record at or after `timestampMs`, exactly; undefined when all are earlier. */
  offsetForTimestamp(timestampMs: number): Promise<TimestampedOffset | undefined | LogRefusal> {
    const { indexIntervalBytes } = this.#config;
    const searchLocal = (): Promise<TimestampedOffset | undefined | LogRefusal> =>
      this.#search(() => findTimestamp(this.segments, timestampMs, this.#logStartOffset, indexIntervalBytes, this.#newSlice()));
    if (this.#remote === undefined) return searchLocal();
    return findTimestampInTiers(this.#env.clock, this, this.#remote, timestampMs, searchLocal).catch(this.#refuseRead);
  }

  /** The record with the largest timestamp; undefined when there is none. */
  offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined | LogRefusal> {
    const searchLocal = (): Promise<TimestampedOffset | undefined | LogRefusal> =>
      this.#search(() => findMaxTimestamp(this.segments, this.#config.indexIntervalBytes, this.#newSlice()));
    if (this.#remote === undefined) return searchLocal();
    return findMaxTimestampInTiers(this.#env.clock, this, this.#remote, searchLocal).catch(this.#refuseRead);
  }

  /**
   * Asks the remote store anew which segments it has: for who copies them there. Resolves when they are known, so that the local ones may go. Errors: `REMOTE_STORAGE`; what
   * was known stays known.
   */
  async refreshRemoteSegments(): Promise<void> {
    await this.#remote?.refresh();
  }

  /**
   * Begins to write `count` closed segments anew, from the one that begins at `baseOffset` on. All of them lie below the last stable offset. Undefined when there
   * are no such segments, or the log takes no more. One at a time. Errors: disk errors.
   */
  beginReplacement(baseOffset: number, count: number): SegmentReplacement | undefined {
    const at = this.segments.floorIndex(baseOffset);
    const behind = this.segments.at(at + count);
    const isThere = at >= 0 && count > 0 && this.segments.at(at)?.baseOffset === baseOffset && behind !== undefined;
    if (!isThere || behind.baseOffset > this.lastStableOffset || this.#refusal !== undefined) return undefined;
    const replaced = this.segments.all().slice(at, at + count);
    return new SegmentReplacement(this.#env, replaced, behind.baseOffset, this.#config.indexIntervalBytes);
  }

  /**
   * Puts what was written in the place of the old segments. Readers go on: they get the old records or the new ones. False when retention has removed some of the
   * old ones meanwhile; then nothing has changed. Errors: disk errors; once the swap has begun the log then refuses appends until it is opened again.
   */
  async commitReplacement(replacement: SegmentReplacement): Promise<boolean> {
    const [first] = replacement.replaced;
    const isInPlace = (): boolean => this.#refusal === undefined && replacement.replaced.every((segment) => !segment.isRetired);
    if (!isInPlace()) return (replacement.discard(), false);
    await replacement.seal();
    if (!isInPlace()) return (replacement.discard(), false);
    try {
      const { segment, retired } = replacement.swap(this.#env.clock.nowMs());
      this.segments.replace(first!, replacement.replaced.length, segment);
      this.#flusher.noteDirectoryChange();
      for (const path of retired) this.#env.removals.later(path, this.#config.fileDeleteDelayMs);
      return true;
    } catch (error) {
      this.#flusher.fail(error);
      throw error;
    }
  }

  /** A look-up under which segments were taken out looks again: it may have failed, or have passed over what moved. */
  async #search<T>(run: () => Promise<T>): Promise<T | LogRefusal> {
    for (let attempt = 0; ; attempt++) {
      const { changes } = this.segments;
      const isLast = (): boolean => this.segments.changes === changes || attempt === LOOKS_MAX;
      try {
        const found = await run();
        if (isLast()) return found;
      } catch (error) {
        if (isLast()) return this.#refuseRead(error);
      }
    }
  }

  readonly #refuseRead = (error: unknown): LogRefusal => {
    const outcome = refusalOf(error);
    this.#faults.note(this.topic, this.partition, error);
    return outcome;
  };

  /** Notes that a new leader epoch begins at the end of the log; written to disk with the next record. */
  assignLeaderEpoch(epoch: number): void {
    if (this.#epochs.assign(epoch, this.#logEndOffset)) this.#writer.epochsChanged();
  }

  /** OffsetForLeaderEpoch, where `leaderEpoch` is the leader's own. */
  endOffsetForEpoch(epoch: number, leaderEpoch?: number): EpochEndOffset {
    return this.#epochs.endOffsetFor(epoch, this.#logEndOffset, leaderEpoch);
  }

  /** The epoch under which the record at `offset` was written; −1 when it is not known. */
  epochAt(offset: number): number {
    return this.#epochs.epochAt(offset);
  }

  activeProducers(): ActiveProducer[] {
    return this.#producers.active();
  }

  /** Aborted transactions that overlap the offsets from `fromOffset` to below `toOffset`, oldest first. */
  abortedTransactions(fromOffset: number, toOffset: number): readonly AbortedTransaction[] {
    const from = Math.max(0, this.segments.floorIndex(fromOffset));
    const indexes = this.segments.all().slice(from);
    const local = indexes.map(({ transactions }) => transactions.entries);
    return abortedBetween(this.#remote === undefined ? local : [...this.#remote.abortedFrom(fromOffset), ...local], fromOffset, toOffset);
  }

  /**
   * Moves the log start to `offset`, or with −1 to the high watermark; what lies before is removed segment by segment. Resolves when the new start
   * survives a restart. Codes: OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR.
   */
  async deleteRecordsBefore(offset: number): Promise<DeleteRecordsOutcome> {
    const target = offset === -1 ? this.#highWatermark : offset;
    if (target < 0 || target > this.#highWatermark) {
      return refusal(
        ErrorCode.OFFSET_OUT_OF_RANGE,
        `Records before offset ${target} of ${this.name} cannot be deleted: its high watermark is ${this.#highWatermark}.`,
      );
    }
    if (target > this.#logStartOffset) {
      this.#moveLogStart(target);
      this.#isLogStartKept = false;
    }
    if (!this.#isLogStartKept) {
      try {
        await this.#listener.logStartMoved(this);
        this.#isLogStartKept = true;
        this.#removeSegments({ ...this.#config, deletes: false });
        if (this.#config.tiering !== undefined) this.#remote?.trim();
      } catch (error) {
        return refusalOf(error);
      }
    }
    return { kind: "deleted", logStartOffset: this.#logStartOffset };
  }

  /** Removes the oldest segments that time, size or the log start let go. Returns how many. Errors: disk errors; `LOG_CORRUPT`. */
  async deleteExpiredSegments(nowMs: number): Promise<number> {
    if (this.#remote !== undefined && this.#config.tiering !== undefined) return this.#expireTiered(this.#remote, nowMs);
    await learnSegmentAges(this.segments, this.#config, nowMs);
    return this.#refusal === undefined ? this.#removeSegments(this.#config) : 0;
  }

  /** Housekeeping that is due by time: `flush.ms` and forgotten producers. */
  maintain(): void {
    const { clock } = this.#env;
    if (this.#unflushedSinceMs >= 0 && clock.monotonicMs() - this.#unflushedSinceMs >= this.#config.flushMs)
      this.#flusher.request(this.#logEndOffset);
    if (this.#producers.size > 0) this.#producers.expire(clock.nowMs(), this.#config.producerIdExpirationMs);
  }

  /**
   * Takes no more appends, syncs, and writes what a quick start needs. Afterwards no file is open. Errors: disk errors; the log then counts as crashed, and is
   * recovered when it is opened again.
   */
  async close(): Promise<void> {
    const wasRefused = this.#refusal;
    this.#refuse("is closed");
    try {
      if (wasRefused !== undefined) return;
      await this.flush();
      if (this.#logEndOffset > 0) this.#writer.writeHints(this.#logEndOffset);
    } finally {
      this.abandon();
    }
  }

  /** Drops everything at once, as a killed process would; what was appended stays on disk. For deletion and tests. */
  abandon(): void {
    this.#refuse("is closed");
    this.#flusher.stop();
    this.#tail?.clear();
    this.#tail = undefined;
    this.#reader.close();
    this.#remote?.close();
    this.#env.directories.forget(this.directory);
    for (const segment of this.segments.all()) segment.release();
  }

  /** For {@link LogFlusher}. */
  onFlushed(offset: number): void {
    if (this.#config.flushMessages <= 1 && offset > this.#highWatermark) this.#highWatermark = offset;
    this.#unflushedSinceMs = offset < this.#logEndOffset && this.#unflushedSinceMs >= 0 ? this.#env.clock.monotonicMs() : -1;
    this.#listener.flushed(this);
  }

  /** For {@link LogFlusher}. */
  onFlushFailed(error: unknown): void {
    this.#fail(error);
  }

  #newSlice(): TimeSlice {
    return new TimeSlice(this.#env.clock);
  }

  /** An abort whose entry cannot be written would be read as committed: the log takes no more until recovery has made the index anew. */
  #noteEnded(ended: EndedTransaction | undefined): void {
    if (ended?.outcome !== "abort") return;
    const { producerId, firstOffset, lastOffset, lastStableOffset } = ended;
    try {
      this.segments.active.transactions.append({ producerId, firstOffset, lastOffset, lastStableOffset });
      this.#flusher.noteDirectoryChange();
    } catch (error) {
      this.#flusher.fail(error);
    }
  }

  #noteUnflushed(): void {
    const { flushMessages, flushMs } = this.#config;
    if (flushMessages > 1) this.#highWatermark = this.#logEndOffset;
    if (flushMessages !== Infinity && this.#logEndOffset - this.#flusher.flushedOffset >= flushMessages) {
      this.#durableBelow = this.#logEndOffset;
      this.#flusher.request(this.#logEndOffset);
    }
    if (flushMs !== Infinity && this.#unflushedSinceMs < 0) this.#unflushedSinceMs = this.#env.clock.monotonicMs();
  }

  /** Before the first segment: in the remote store, or removed. */
  #readRemoved(offset: number, wanted: ReadLimits): ReadOutcome | Promise<ReadOutcome> {
    if (offset < this.#logStartOffset)
      return refusal(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${offset} of ${this.name} was removed while it was read.`);
    return (
      this.#remote?.read(offset, wanted) ??
      refusal(
        ErrorCode.KAFKA_STORAGE_ERROR,
        `Offset ${offset} of ${this.name} is in remote storage, which this process was started without.`,
      )
    );
  }

  #expireTiered(remote: RemoteTier, nowMs: number): Promise<number> {
    const steps = {
      isOpen: () => this.#refusal === undefined,
      keepLogStart: () => this.#listener.logStartMoved(this),
      removeLocal: (rules: LogConfig, belowOffset: number) => this.#removeSegments(rules, belowOffset),
    };
    return expireTiered(this, remote, steps, this.#config, { logger: this.#env.logger, nowMs });
  }

  /** Removes what retention lets go now, behind the log start only what ends below `belowOffset`. Errors: disk errors; then some of it is still there. */
  #removeSegments(config: LogConfig, belowOffset = Infinity): number {
    const { sizeBytes, logStartOffset, logEndOffset } = this;
    const highWatermark = Math.min(this.#highWatermark, Math.max(belowOffset, logStartOffset));
    const decision = decideRetention(
      { sizeBytes, logStartOffset, highWatermark, logEndOffset },
      retainedSegments(this.segments),
      config,
      this.#env.clock.nowMs(),
    );
    if (decision.count === 0) return 0;
    if (decision.count === this.segments.length) this.#writer.roll(this.#logEndOffset, this.#env.clock.nowMs());
    this.#writer.removeOldest(decision.count, config);
    // What is let go here with remote storage goes on being read from there.
    if (config.tiering !== undefined) this.#flusher.skipTo(this.segments.first.baseOffset);
    else if (this.segments.first.baseOffset > this.#logStartOffset) this.#moveLogStart(this.segments.first.baseOffset);
    this.#env.logger.info("old segments removed", {
      topic: this.topic,
      partition: this.partition,
      count: decision.count,
      reason: decision.reason,
      logStartOffset: this.#logStartOffset,
    });
    return decision.count;
  }

  #moveLogStart(offset: number): void {
    this.#logStartOffset = offset;
    this.#flusher.skipTo(this.segments.first.baseOffset);
    if (this.#epochs.truncateBefore(offset)) this.#writer.epochsChanged();
    this.#onMoved?.();
  }

  #onAppendError(error: unknown): LogRefusal {
    const outcome = refusalOf(error);
    if (!this.#isDiskRefusing) {
      this.#isDiskRefusing = true;
      this.#env.logger.error("the disk refuses records", { topic: this.topic, partition: this.partition, error });
    }
    // After an I/O error nothing tells what is in the file: only opening the log again does.
    if (error instanceof DiskError && error.code === "DISK_IO") this.#flusher.fail(error);
    return outcome;
  }

  #fail(error: unknown): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = refusal(ErrorCode.KAFKA_STORAGE_ERROR, `The disk failed under ${this.name}; restart the broker to recover it.`);
    this.#env.logger.error("the disk failed; the partition takes no more records", { topic: this.topic, partition: this.partition, error });
    this.#listener.failed(this, error);
  }

  #refuse(why: string): void {
    this.#refusal ??= refusal(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.name} ${why}.`);
  }
}
