import type { MessagePart } from "@ottla/base";
import type { AbortedTransaction, ReadOutcome, UnreadRecords } from "@ottla/log";
import { ErrorCode, NIL_UUID, type Records } from "@ottla/protocol";
import type { MemoryAccount } from "../net/client-memory.ts";
import { type Lookup, locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";
import type { FetchedPartition } from "./fetched-partition.ts";
import { takeUpTo } from "./take-up-to.ts";

/** Whose read it is, and what it may give. */
export interface ReadScope {
  readonly lookup: Lookup;
  /** What is read is counted here until it is released. */
  readonly memory: MemoryAccount;
  /** Whether the client may read a topic; absent where everybody may. */
  readonly mayRead?: ((topic: string) => boolean) | undefined;
  /** Of all partitions together, in bytes. */
  readonly maxBytes: number;
  /** Up to the last stable offset only. */
  readonly readCommitted: boolean;
}

/** What one partition gives to an answer. Offsets are −1 with every error, as Kafka has them. */
export interface PartitionRead {
  readonly target: FetchedPartition;
  /** Undefined where there is none that could be read. */
  readonly partition: Partition | undefined;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** The client's log leaves ours after this epoch's end (KIP-595). */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly aborted: readonly AbortedTransaction[] | null;
  readonly records: Records;
  readonly sizeBytes: number;
  /** There is more to read than what came: for lack of room in the answer, or of memory. */
  readonly isCut: boolean;
  /** It was the answer's room that did not suffice, not the partition's limit. */
  readonly isCutByAnswer: boolean;
  /** The memory allowed less than the client did. */
  readonly isShort: boolean;
  /** Gives the memory of `records` back. `isTaken`: the client has them, and will ask for what comes next. */
  readonly release: ((isTaken: boolean) => void) | undefined;
}

/** A partition is read in pieces of this size: that of the log's pooled buffers. */
const PIECE_BYTES = 1024 * 1024;
/** Less of a partition's share than this is not begun in an answer that has something: the rest of what was read for it would be read again. */
const PART_WORTH_READING = 1 / 4;
const UNKNOWN = -1;
const NO_RECORDS = Buffer.alloc(0);

/**
 * Reads one partition, watching it from before the read on. `takenBytes` are in the answer already: while there are none, one batch comes above every limit
 * (KIP-74). Returns at once when what is asked for is in memory.
 */
export function readPartition(scope: ReadScope, target: FetchedPartition, takenBytes: number): PartitionRead | Promise<PartitionRead> {
  if (scope.mayRead !== undefined && isClosedTo(scope.mayRead, scope.lookup, target)) {
    target.unwatch();
    return failed(target, ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  }
  const found = locate(scope.lookup, target.topic, target.topicId, target.index, target.currentLeaderEpoch);
  if (found.kind === "error") {
    target.unwatch();
    return failed(target, found.errorCode);
  }
  const { partition, metadata } = found;
  const { log } = partition;
  target.watch(partition);
  const diverging = divergence(partition, metadata.leaderEpoch, target);
  if (diverging === "unknown") return failed(target, ErrorCode.OFFSET_OUT_OF_RANGE, partition);
  if (diverging) return { ...describe(scope, target, partition), diverging, aborted: null };
  const { fetchOffset } = target;
  if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset) return failed(target, ErrorCode.OFFSET_OUT_OF_RANGE, partition);
  const end = scope.readCommitted ? log.lastStableOffset : log.highWatermark;
  if (fetchOffset >= end) return describe(scope, target, partition);
  const leftBytes = scope.maxBytes - takenBytes;
  const mustGiveOne = takenBytes === 0;
  const worthBytes = Math.min(target.maxBytes, PIECE_BYTES, scope.maxBytes) * PART_WORTH_READING;
  if ((leftBytes <= 0 || leftBytes < worthBytes) && !mustGiveOne)
    return { ...describe(scope, target, partition), isCut: true, isCutByAnswer: true };
  const pieces = new Pieces(scope, target, partition, { endOffset: end, leftBytes, mustGiveOne });
  const read = pieces.read();
  return read === undefined ? pieces.outcome() : read.then(() => pieces.outcome());
}

/** A topic that an id does not lead to is closed to nobody: it is not found. */
function isClosedTo(mayRead: (topic: string) => boolean, { broker }: Lookup, { topic, topicId }: FetchedPartition): boolean {
  const name = topicId === NIL_UUID ? topic : broker.metadata.topicById(topicId)?.name;
  return name !== undefined && !mayRead(name);
}

/** The records of one partition, read piece by piece: memory is taken as it is needed, and who has gone gets none for a further piece. */
class Pieces {
  readonly #scope: ReadScope;
  readonly #target: FetchedPartition;
  readonly #partition: Partition;
  readonly #endOffset: number;
  readonly #records: MessagePart[] = [];
  readonly #releases: (() => void)[] = [];
  #readOn: (() => void) | undefined;
  #mustGiveOne: boolean;
  #roomBytes: number;
  #nextOffset: number;
  #sizeBytes = 0;
  #heldBytes = 0;
  #isShort = false;
  readonly #isLimitedByAnswer: boolean;
  #errorCode: number = ErrorCode.NONE;

  constructor(
    scope: ReadScope,
    target: FetchedPartition,
    partition: Partition,
    limits: { readonly endOffset: number; readonly leftBytes: number; readonly mustGiveOne: boolean },
  ) {
    this.#scope = scope;
    this.#target = target;
    this.#partition = partition;
    this.#endOffset = limits.endOffset;
    this.#roomBytes = Math.max(0, Math.min(target.maxBytes, limits.leftBytes));
    this.#isLimitedByAnswer = limits.leftBytes < target.maxBytes;
    this.#mustGiveOne = limits.mustGiveOne;
    this.#nextOffset = target.fetchOffset;
  }

  /** A promise where not all of it is in memory. */
  read(): Promise<void> | undefined {
    while (this.#nextOffset < this.#endOffset && (this.#roomBytes > 0 || this.#mustGiveOne)) {
      const unread = this.#partition.log.readUnread(this.#nextOffset, this.#roomBytes, this.#endOffset);
      if (unread !== undefined) {
        if (!this.#addUnread(unread)) return undefined;
        continue;
      }
      const wantedBytes = Math.min(this.#roomBytes, PIECE_BYTES);
      const takenBytes = takeUpTo(this.#scope.memory, wantedBytes);
      // One batch comes above every limit but that of all memory: then what is there waits, as if it had not come yet.
      const minOneBatch = this.#mustGiveOne && this.#scope.memory.mayOverdraw;
      this.#isShort ||= takenBytes < wantedBytes && minOneBatch === this.#mustGiveOne;
      if (takenBytes === 0 && !minOneBatch) return undefined;
      const limits = { minOneBatch, maxOffset: this.#endOffset };
      const outcome = this.#partition.log.read(this.#nextOffset, takenBytes, limits);
      if (outcome instanceof Promise) {
        const more = this.#reserve(minOneBatch ? PIECE_BYTES - takenBytes : 0);
        return outcome.finally(more).then((settled) => (this.#add(settled, takenBytes) ? this.read() : undefined));
      }
      if (!this.#add(outcome, takenBytes)) return undefined;
    }
    return undefined;
  }

  /** While it is read one batch may take more than was taken for it: others must not overdraw the same memory meanwhile. Returns the way to give it back. */
  #reserve(bytes: number): () => void {
    const { memory } = this.#scope;
    memory.hold(bytes);
    return () => memory.release(bytes);
  }

  outcome(): PartitionRead {
    if (this.#errorCode !== ErrorCode.NONE) {
      this.#release(false);
      return failed(this.#target, this.#errorCode, this.#partition);
    }
    const isCut = this.#nextOffset < this.#endOffset;
    const described = describe(this.#scope, this.#target, this.#partition);
    const isShort = this.#isShort && isCut;
    const isCutByAnswer = isCut && this.#isLimitedByAnswer && !isShort;
    if (this.#sizeBytes === 0) return { ...described, isCut, isCutByAnswer, isShort };
    const { fetchOffset } = this.#target;
    return {
      ...described,
      aborted: this.#scope.readCommitted ? this.#partition.log.abortedTransactions(fetchOffset, this.#nextOffset) : null,
      records: this.#records,
      sizeBytes: this.#sizeBytes,
      isCut,
      isCutByAnswer,
      isShort,
      release: (isTaken) => this.#release(isTaken),
    };
  }

  /** False when there is no sense in reading on: the room left, or the memory, is less than a piece. */
  #add(outcome: ReadOutcome, takenBytes: number): boolean {
    const { memory } = this.#scope;
    if (outcome.kind !== "records") {
      memory.release(takenBytes);
      // What was read before it is good.
      if (this.#sizeBytes === 0) this.#errorCode = outcome.errorCode;
      return false;
    }
    const { sizeBytes, heldBytes } = outcome;
    if (heldBytes > takenBytes) memory.hold(heldBytes - takenBytes);
    else memory.release(takenBytes - heldBytes);
    this.#heldBytes += heldBytes;
    if (outcome.release) this.#releases.push(outcome.release);
    this.#readOn = outcome.readOn;
    if (sizeBytes === 0) return false;
    for (const bytes of outcome.records) this.#records.push(bytes);
    this.#sizeBytes += sizeBytes;
    this.#roomBytes -= sizeBytes;
    this.#nextOffset = outcome.nextOffset;
    this.#mustGiveOne = false;
    return takenBytes === PIECE_BYTES && this.#roomBytes >= PIECE_BYTES;
  }

  /** As `#add`, of what takes no memory until it is sent. */
  #addUnread({ records, nextOffset, release, readOn }: UnreadRecords): boolean {
    this.#releases.push(release);
    this.#readOn = readOn;
    this.#records.push(records);
    this.#sizeBytes += records.byteLength;
    this.#roomBytes -= records.byteLength;
    this.#nextOffset = nextOffset;
    this.#mustGiveOne = false;
    return this.#roomBytes >= PIECE_BYTES;
  }

  #release(isTaken: boolean): void {
    this.#scope.memory.release(this.#heldBytes);
    this.#heldBytes = 0;
    for (const release of this.#releases.splice(0)) release();
    if (isTaken) this.#readOn?.();
  }
}

function describe({ readCommitted }: ReadScope, target: FetchedPartition, partition: Partition): PartitionRead {
  const { log } = partition;
  return {
    target,
    partition,
    errorCode: ErrorCode.NONE,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    diverging: undefined,
    aborted: readCommitted ? [] : null,
    records: NO_RECORDS,
    sizeBytes: 0,
    isCut: false,
    isCutByAnswer: false,
    isShort: false,
    release: undefined,
  };
}

function wasNotLookedUp(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION ||
    errorCode === ErrorCode.UNKNOWN_TOPIC_ID ||
    errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED
  );
}

function failed(target: FetchedPartition, errorCode: number, partition?: Partition): PartitionRead {
  return {
    target,
    partition,
    errorCode,
    highWatermark: UNKNOWN,
    lastStableOffset: UNKNOWN,
    logStartOffset: UNKNOWN,
    diverging: undefined,
    // As in Kafka, where only what was looked up in a log has "no list".
    aborted: wasNotLookedUp(errorCode) ? [] : null,
    records: NO_RECORDS,
    sizeBytes: 0,
    isCut: false,
    isCutByAnswer: false,
    isShort: false,
    release: undefined,
  };
}

/** The client read something, under an epoch it names, that a crash took from our log; "unknown" where that epoch lies beyond the leader's. */
function divergence(
  { log }: Partition,
  leadersEpoch: number,
  target: FetchedPartition,
): { epoch: number; endOffset: number } | "unknown" | undefined {
  if (target.lastFetchedEpoch < 0) return undefined;
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(target.lastFetchedEpoch, leadersEpoch);
  if (endOffset < 0) return "unknown";
  return leaderEpoch < target.lastFetchedEpoch || endOffset < target.fetchOffset ? { epoch: leaderEpoch, endOffset } : undefined;
}
