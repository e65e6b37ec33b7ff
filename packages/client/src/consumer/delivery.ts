import type { AssignedPartition } from "./assigned-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import { BufferedChunk } from "./buffered-chunk.ts";
import type { ConsumerBatch, ConsumerRecord } from "./consumer-types.ts";
import { corrupt } from "./corrupt-batch.ts";
import type { FetchedBatch } from "./fetched-batch.ts";

/** A loop is given so many packed bytes at a time: gzip unpacks them in about a millisecond, and between two batches others may have their turn. */
const PACKED_BYTES_MAX = 32 * 1024;

/** The next batch of what was fetched, and what comes after it. */
type Split = (whole: FetchedBatch) => readonly [FetchedBatch, FetchedBatch | undefined];

const bySize: Split = (whole) => whole.splitPacked(PACKED_BYTES_MAX);

/**
 * Gives out what was fetched: all at once, by the batch or by the record. What it gave out is in the application's hands until {@link settle} says that the
 * application asked for more. Partitions have their turn in rounds; bytes that turned bad are told when nothing else is left in a round.
 */
export class Delivery {
  readonly #partitions: AssignedPartitions;
  #round: readonly AssignedPartition[] = [];
  #at = 0;
  /** The partition that gave something last, and those before it: record after record comes from one, and an array for one would be made each time. */
  #lastInHand: AssignedPartition | undefined;
  readonly #othersInHand: AssignedPartition[] = [];
  #isUnpacking = false;

  constructor(partitions: AssignedPartitions) {
    this.#partitions = partitions;
  }

  /** The batch that was given out last is packed: going through it takes a while. */
  get isUnpacking(): boolean {
    return this.#isUnpacking;
  }

  /** All that was given out so far is done with. */
  settle(): void {
    if (this.#lastInHand === undefined) return;
    this.#lastInHand.settle();
    this.#lastInHand = undefined;
    if (this.#othersInHand.length === 0) return;
    for (const partition of this.#othersInHand) partition.settle();
    this.#othersInHand.length = 0;
  }

  /** Each partition with something ready has a turn ahead. */
  beginRound(): void {
    this.#round = this.#partitions.filledInTurn();
    this.#at = 0;
  }

  /** Every partition had its turn: there is room to fetch more. */
  get isRoundOver(): boolean {
    return this.#at >= this.#round.length;
  }

  /** At most one batch per partition and `recordsMax` records in all. Empty when nothing is ready. Throws `ClientError` CORRUPT_BATCH. */
  takeAll(recordsMax: number): ConsumerBatch[] {
    const batches: ConsumerBatch[] = [];
    let left = recordsMax;
    this.beginRound();
    while (left > 0) {
      const atMost = left;
      const batch = this.#batchInRound(
        (whole) => (atMost === Infinity ? [whole, undefined] : whole.splitAfter(atMost)),
        batches.length > 0,
      );
      if (batch === undefined) break;
      batches.push(batch);
      left -= batch.recordCountMax;
    }
    return batches;
  }

  /** The next batch of this round. */
  nextBatch(): ConsumerBatch | undefined {
    return this.#batchInRound(bySize, false);
  }

  /** The next record of this round; a partition's turn is one chunk long. */
  nextRecord(): ConsumerRecord | undefined {
    const partition = this.#round[this.#at];
    const record = partition?.isDeliverable ? this.#recordInTurn(partition) : undefined;
    return record ?? this.#inRound((each) => this.#recordInTurn(each), false);
  }

  /** The next record of one partition, for who keeps track by itself of what is done. Throws `ClientError` CORRUPT_BATCH. */
  takeRecordOf(partition: AssignedPartition): ConsumerRecord | undefined {
    if (!partition.isDeliverable) return undefined;
    const record = takeRecord(partition);
    if (record === undefined && partition.chunks[0]?.isFaultOnly) throwFault(partition);
    return record;
  }

  /** As {@link takeRecordOf}, a batch. */
  takeBatchOf(partition: AssignedPartition): ConsumerBatch | undefined {
    if (!partition.isDeliverable) return undefined;
    const batch = takeBatch(partition, bySize);
    if (batch === undefined && partition.chunks[0]?.isFaultOnly) throwFault(partition);
    return batch;
  }

  #inRound<T>(take: (partition: AssignedPartition) => T | undefined, hasOthers: boolean): T | undefined {
    let faulty: AssignedPartition | undefined;
    while (this.#at < this.#round.length) {
      const partition = this.#round[this.#at]!;
      if (partition.isDeliverable) {
        const taken = take(partition);
        if (taken !== undefined) return taken;
        if (partition.chunks[0]?.isFaultOnly) faulty = partition;
      }
      this.#at++;
    }
    if (faulty !== undefined && !hasOthers) throwFault(faulty);
    return undefined;
  }

  #batchInRound(split: Split, hasOthers: boolean): ConsumerBatch | undefined {
    const take = (partition: AssignedPartition) => {
      const batch = takeBatch(partition, split);
      if (batch === undefined) return undefined;
      this.#noteInHand(partition);
      this.#isUnpacking = batch.isPacked;
      this.#at++;
      return batch;
    };
    return this.#inRound(take, hasOthers);
  }

  #recordInTurn(partition: AssignedPartition): ConsumerRecord | undefined {
    const record = takeRecord(partition);
    if (record === undefined) return undefined;
    this.#noteInHand(partition);
    if (!partition.chunks[0]?.isBegun) this.#at++;
    return record;
  }

  #noteInHand(partition: AssignedPartition): void {
    if (this.#lastInHand !== undefined && this.#lastInHand !== partition) this.#othersInHand.push(this.#lastInHand);
    this.#lastInHand = partition;
  }
}

function takeBatch(partition: AssignedPartition, split: Split): FetchedBatch | undefined {
  for (let chunk = partition.chunks[0]; chunk !== undefined && !chunk.isFaultOnly; chunk = partition.chunks[0]) {
    partition.chunks.shift();
    const [part, rest] = split(chunk.rest(partition.position));
    if (rest) partition.chunks.unshift(new BufferedChunk(rest, chunk.nextEpoch, chunk.fault, true));
    const epoch = rest ? -1 : chunk.nextEpoch;
    if (part.recordCountMax > 0) partition.deliver(part.nextOffset, epoch, part.visibleEnd);
    else partition.pass(part.nextOffset, epoch);
    if (!rest && chunk.fault !== undefined) partition.dropBuffered();
    if (part.recordCountMax > 0) return part;
  }
  return undefined;
}

function takeRecord(partition: AssignedPartition): ConsumerRecord | undefined {
  for (let chunk = partition.chunks[0]; chunk !== undefined && !chunk.isFaultOnly; chunk = partition.chunks[0]) {
    const record = chunk.takeRecord();
    if (record !== undefined && !chunk.isExhausted) {
      partition.deliver(record.offset + 1, record.leaderEpoch ?? -1, record.offset + 1);
      return record;
    }
    partition.chunks.shift();
    if (record === undefined) partition.pass(chunk.batch.nextOffset, chunk.nextEpoch);
    else partition.deliver(chunk.batch.nextOffset, chunk.nextEpoch, record.offset + 1);
    if (chunk.fault !== undefined) partition.dropBuffered();
    if (record !== undefined) return record;
  }
  return undefined;
}

function throwFault(partition: AssignedPartition): never {
  const { fault } = partition.chunks[0]!;
  partition.dropBuffered();
  throw corrupt(partition.topic, partition.partition, partition.position, `${fault}.`);
}
