import { ErrorCode } from "@ottla/protocol";
import { packProducers } from "../cleaner/packed-rows.ts";
import { refuseEpoch } from "../producers/producer-answer.ts";
import type { VerifiedProducer } from "../producers/producer-table.ts";
import { RemoteTier } from "../remote/remote-tier.ts";
import type { WrittenReplacement } from "../segment/replacement-file.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { SegmentReplacement } from "../segment/segment-replacement.ts";
import { writeCompactionBound } from "../segment/compaction-bound.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { abortedBetween } from "../segment/transaction-index.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { ReadFaults } from "../shared/read-faults.ts";
import { FlushPolicy } from "./flush-policy.ts";
import type { LoadedLog } from "./loaded-log.ts";
import { LogAppender } from "./log-appender.ts";
import type { LogConfig } from "./log-config.ts";
import type { FlushedLog } from "./log-flusher.ts";
import { LogFlusher } from "./log-flusher.ts";
import type { LogListener } from "./log-listener.ts";
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
  UnreadRecords,
  VerificationOutcome,
} from "./log-outcomes.ts";
import { LogReader, type ReadLimits } from "./log-reader.ts";
import { beginReplacement, commitReplacement } from "./log-replacement.ts";
import { LogState } from "./log-state.ts";
import { LogTrimmer } from "./log-trimmer.ts";
import { refusal } from "./refusal.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { TimestampLookup } from "./timestamp-lookup.ts";

const NOTHING: readonly Buffer[] = [];

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
  readonly #state: LogState;
  readonly #flusher: LogFlusher;
  readonly #policy: FlushPolicy;
  readonly #writer: SegmentWriter;
  readonly #appender: LogAppender;
  readonly #reader: LogReader;
  readonly #lookup: TimestampLookup;
  readonly #trimmer: LogTrimmer;
  readonly #faults: ReadFaults;
  /** Undefined where the process has no remote store. */
  readonly #remote: RemoteTier | undefined;

  constructor(env: LogEnvironment, loaded: LoadedLog, config: LogConfig, listener: LogListener) {
    this.#env = env;
    this.#listener = listener;
    this.topic = loaded.topic;
    this.partition = loaded.partition;
    this.topicId = loaded.topicId;
    this.directory = loaded.directory;
    this.parentDirectory = loaded.parentDirectory;
    this.segments = loaded.segments;
    this.#faults = new ReadFaults(env);
    const onFault = (error: unknown): void => this.#faults.note(this.topic, this.partition, error);
    const state = new LogState(loaded, config);
    const flusher = new LogFlusher(this, env, loaded.recoveryPoint);
    const writer = new SegmentWriter(env, loaded, flusher);
    const policy = new FlushPolicy(state, env.clock, flusher);
    const remote = env.remote && new RemoteTier(this, env.remote, env.logger, onFault);
    const keepLogStart = (): Promise<void> => listener.logStartMoved(this);
    this.#state = state;
    this.#flusher = flusher;
    this.#writer = writer;
    this.#policy = policy;
    this.#remote = remote;
    this.#appender = new LogAppender(state, env, { writer, flusher, policy });
    this.#reader = new LogReader(loaded.segments, env, onFault, (offset, wanted) => this.#readRemoved(offset, wanted));
    this.#lookup = new TimestampLookup(state, env, this, remote, onFault);
    this.#trimmer = new LogTrimmer(state, this, { env, writer, flusher, remote, keepLogStart });
  }

  /** `topic-partition`. */
  get name(): string {
    return this.#state.name;
  }

  get config(): LogConfig {
    return this.#state.config;
  }

  /** The first offset that can be read. */
  get logStartOffset(): number {
    return this.#state.logStartOffset;
  }

  /** The first offset that is read from the local disk; those from the log start to below it are in the remote store. Source: KIP-405. */
  get localLogStartOffset(): number {
    return Math.max(this.#state.logStartOffset, this.segments.first.baseOffset);
  }

  /** The offset the next record will get. */
  get logEndOffset(): number {
    return this.#state.logEndOffset;
  }

  /** Consumers see what is below: the log end, or with `flush.messages=1` what is on the disk. */
  get highWatermark(): number {
    return this.#state.highWatermark;
  }

  /** Consumers with `read_committed` see what is below: the high watermark, or the start of the oldest open transaction. */
  get lastStableOffset(): number {
    return this.#state.lastStableOffset;
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
    return this.#state.epochs.latestEpoch;
  }

  /** Reads that failed for the disk, or for damage, since the log was opened. */
  get readFaults(): number {
    return this.#faults.count;
  }

  /** Why the log takes no more appends; undefined while it does. */
  get refusal(): LogRefusal | undefined {
    return this.#state.refusal;
  }

  updateConfig(config: LogConfig): void {
    this.#state.config = config;
    this.#policy.configChanged();
  }

  /** Calls `listener` whenever the log start moves, or the high watermark by anything but an append and its sync. For the one owner of the log. It must not throw. */
  follow(listener: () => void): void {
    this.#state.onMoved = listener;
  }

  /**
   * Appends one validated batch. Its base offset and leader epoch, under LogAppendTime also time and checksum, are written into `batch`, which
   * the log does not keep. It survives a killed process when this returns; for more ask {@link PartitionLog.durable}.
   */
  append(batch: Buffer, options: AppendOptions): AppendOutcome {
    return this.#appender.append(batch, options);
  }

  /** Whether this producer has a transaction of this epoch open here: then its batches need no verification. */
  hasOpenTransaction(producerId: number, producerEpoch: number): boolean {
    return this.#state.producers.hasOpenTransaction(producerId, producerEpoch);
  }

  /**
   * Asks, before the transaction coordinator is asked, whether a producer may write into a transaction here. The guard belongs into the options of the append that follows; it
   * counts until the transaction has its first batch, or a marker ends it. Codes: INVALID_PRODUCER_EPOCH. Source: KIP-890.
   */
  startVerification(producer: VerifiedProducer): VerificationOutcome {
    const start = this.#state.producers.startVerification(producer, this.#env.clock.nowMs());
    return start.kind === "started" ? start : refuseEpoch(start.currentEpoch, this.name);
  }

  /**
   * Undefined when an acknowledgement of `offset` need not wait; else resolves when it is on the disk. Rejects when the disk failed: the record must not be
   * acknowledged, and the log refuses appends until it is opened again.
   */
  durable(offset: number): Promise<void> | undefined {
    return this.#policy.durable(offset);
  }

  /** Syncs everything appended so far, whatever the configuration. Rejects as {@link PartitionLog.durable}. */
  flush(): Promise<void> {
    return this.#policy.flush();
  }

  /**
   * Reads whole batches from the one that holds `offset`, at most `maxBytes` of them. At the tail the outcome is there at once; otherwise it is a promise, and
   * the log may have changed when it resolves. Codes: OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE. Source: KIP-74; D1, D2.
   */
  read(offset: number, maxBytes: number, options: ReadOptions): ReadOutcome | Promise<ReadOutcome> {
    if (offset < this.#state.logStartOffset || offset > this.#state.logEndOffset) {
      return refusal(
        ErrorCode.OFFSET_OUT_OF_RANGE,
        `Offset ${offset} of ${this.name} is outside ${this.#state.logStartOffset} to ${this.#state.logEndOffset}.`,
      );
    }
    const maxOffset = options.maxOffset ?? this.#state.highWatermark;
    if (offset >= maxOffset) return { kind: "records", records: NOTHING, sizeBytes: 0, heldBytes: 0, nextOffset: offset };
    const tail = this.#state.tail;
    if (tail !== undefined && offset >= tail.startOffset) {
      const found = tail.collect(offset, maxBytes, maxOffset, options.minOneBatch);
      return { kind: "records", heldBytes: found.sizeBytes, ...found };
    }
    return this.#reader.read(
      offset,
      { maxBytes, maxOffset, minOneBatch: options.minOneBatch },
      { indexIntervalBytes: this.#state.config.indexIntervalBytes, gapsBelow: this.#state.gapsBelow },
    );
  }

  /**
   * As {@link PartitionLog.read}, but what comes back is read when it is sent. Undefined where {@link PartitionLog.read} is to be asked: at the tail, for a reader that does not go on where
   * it was, for what was not written lately, and where not one batch fits.
   */
  readUnread(offset: number, maxBytes: number, maxOffset: number): UnreadRecords | undefined {
    const { tail, logStartOffset } = this.#state;
    if (offset < logStartOffset || offset >= maxOffset || (tail !== undefined && offset >= tail.startOffset)) return undefined;
    return this.#reader.unread(offset, { maxBytes, maxOffset }, this.#state);
  }

  /** The first record at or after `timestampMs`, exactly; undefined when all are earlier. */
  offsetForTimestamp(timestampMs: number): Promise<TimestampedOffset | undefined | LogRefusal> {
    return this.#lookup.firstSince(timestampMs);
  }

  /** The record with the largest timestamp; undefined when there is none. */
  offsetOfMaxTimestamp(): Promise<TimestampedOffset | undefined | LogRefusal> {
    return this.#lookup.latest();
  }

  /**
   * Asks the remote store anew which segments it has: for who copies them there. Resolves when they are known, so that the local ones may go. Errors: `REMOTE_STORAGE`; what
   * was known stays known.
   */
  async refreshRemoteSegments(): Promise<void> {
    await this.#remote?.refresh();
  }

  /** Remembers, also through a restart and a change of `cleanup.policy`, that records below `offset` may go one by one. To be called before any does. Errors: disk errors. */
  async allowCompactionBelow(offset: number): Promise<void> {
    if (offset <= this.#state.compactedBelow) return;
    await writeCompactionBound(this.#env.disk, this.directory, offset);
    this.#state.compactedBelow = offset;
  }

  /**
   * Begins to write `count` closed segments anew, from the one that begins at `baseOffset` on. All of them lie below the last stable offset, and below what {@link PartitionLog.allowCompactionBelow} was told. Undefined when there
   * are no such segments, or the log takes no more. One at a time. Errors: disk errors.
   */
  beginReplacement(baseOffset: number, count: number): SegmentReplacement | undefined {
    return beginReplacement(this.#env, this.#state, baseOffset, count);
  }

  /**
   * Puts what was written in the place of the old segments. Readers go on: they get the old records or the new ones. False when retention has removed some of the
   * old ones meanwhile; then nothing has changed. Errors: disk errors; once the swap has begun the log then refuses appends until it is opened again.
   */
  commitReplacement(replacement: SegmentReplacement, written: WrittenReplacement): Promise<boolean> {
    return commitReplacement(this.#env, this.#state, this.#flusher, replacement, written);
  }

  /** Notes that a new leader epoch begins at the end of the log; written to disk with the next record. */
  assignLeaderEpoch(epoch: number): void {
    if (this.#state.epochs.assign(epoch, this.#state.logEndOffset)) this.#writer.epochsChanged();
  }

  /** OffsetForLeaderEpoch, where `leaderEpoch` is the leader's own. */
  endOffsetForEpoch(epoch: number, leaderEpoch?: number): EpochEndOffset {
    return this.#state.epochs.endOffsetFor(epoch, this.#state.logEndOffset, leaderEpoch);
  }

  /** The epoch under which the record at `offset` was written; −1 when it is not known. */
  epochAt(offset: number): number {
    return this.#state.epochs.epochAt(offset);
  }

  activeProducers(): ActiveProducer[] {
    return this.#state.producers.active();
  }

  /** Of each known producer the epoch and the last offset of its last batch, −1 where its epoch has none; see `packProducers`. */
  lastOfProducers(): Float64Array {
    return packProducers(this.#state.producers.size, this.#state.producers.states());
  }

  /** Aborted transactions that overlap the offsets from `fromOffset` to below `toOffset`, oldest first. */
  abortedTransactions(fromOffset: number, toOffset: number): readonly AbortedTransaction[] {
    return abortedBetween(this.#abortedFrom(fromOffset), fromOffset, toOffset);
  }

  /**
   * Moves the log start to `offset`, or with −1 to the high watermark; what lies before is removed segment by segment. Resolves when the new start
   * survives a restart. Codes: OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR.
   */
  deleteRecordsBefore(offset: number): Promise<DeleteRecordsOutcome> {
    return this.#trimmer.deleteRecordsBefore(offset);
  }

  /** Removes the oldest segments that time, size or the log start let go. Returns how many. Errors: disk errors; `LOG_CORRUPT`. */
  deleteExpiredSegments(nowMs: number): Promise<number> {
    return this.#trimmer.deleteExpiredSegments(nowMs);
  }

  /** Housekeeping that is due by time: `flush.ms`, and the topic id of a log that has records. */
  maintain(): void {
    this.#policy.flushIfDue();
    if (this.#state.logEndOffset > this.#flusher.flushedOffset) this.#flusher.requestTopicId();
  }

  /** Forgets producers whose last record is older than `producer.id.expiration.ms`. */
  expireProducers(): void {
    const { producers, config } = this.#state;
    if (!producers.isEmpty) producers.expire(this.#env.clock.nowMs(), config.producerIdExpirationMs);
  }

  /**
   * Takes no more appends, syncs, and writes what a quick start needs. Afterwards no file is open. Errors: disk errors; the log then counts as crashed, and is
   * recovered when it is opened again.
   */
  async close(): Promise<void> {
    const wasRefused = this.#state.refusal;
    this.#refuse("is closed");
    try {
      if (wasRefused !== undefined) return;
      await this.flush();
      await this.segments.active.endWhole();
      if (this.#state.logEndOffset > 0) this.#writer.writeHints(this.#state.logEndOffset);
    } finally {
      this.abandon();
    }
  }

  /** Drops everything at once, as a killed process would; what was appended stays on disk. For deletion and tests. */
  abandon(): void {
    this.#refuse("is closed");
    this.#flusher.stop();
    this.#state.tail?.clear();
    this.#state.tail = undefined;
    this.#reader.close();
    this.#remote?.close();
    this.#env.directories.forget(this.directory);
    for (const segment of this.segments.all()) segment.release();
  }

  /** For {@link LogFlusher}. */
  onFlushed(offset: number): void {
    this.#policy.flushed(offset);
    this.#listener.flushed(this);
  }

  /** For {@link LogFlusher}. */
  onFlushFailed(error: unknown): void {
    this.#fail(error);
  }

  /** What the segments know of aborted transactions, from the one that holds `offset` on. */
  *#abortedFrom(offset: number): IterableIterator<readonly AbortedEntry[]> {
    if (this.#remote !== undefined) yield* this.#remote.abortedFrom(offset);
    for (let i = Math.max(0, this.segments.floorIndex(offset)); i < this.segments.length; i++)
      yield this.segments.at(i)!.transactions.entries;
  }

  /** Before the first segment: in the remote store, or removed. */
  #readRemoved(offset: number, wanted: ReadLimits): ReadOutcome | Promise<ReadOutcome> {
    if (offset < this.#state.logStartOffset)
      return refusal(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${offset} of ${this.name} was removed while it was read.`);
    return (
      this.#remote?.read(offset, wanted) ??
      refusal(
        ErrorCode.KAFKA_STORAGE_ERROR,
        `Offset ${offset} of ${this.name} is in remote storage, which this process was started without.`,
      )
    );
  }

  #fail(error: unknown): void {
    // Also while it is closed: the next process must know.
    this.#listener.failed(this, error);
    if (this.#state.refusal !== undefined) return;
    this.#state.refusal = refusal(ErrorCode.KAFKA_STORAGE_ERROR, `The disk failed under ${this.name}; restart the broker to recover it.`);
    this.#env.logger.error("the disk failed; the partition takes no more records", { topic: this.topic, partition: this.partition, error });
  }

  #refuse(why: string): void {
    this.#state.refusal ??= refusal(ErrorCode.KAFKA_STORAGE_ERROR, `The log of ${this.name} ${why}.`);
  }
}
