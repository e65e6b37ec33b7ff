import type { OffsetSpec } from "../admin/admin-types.ts";
import { partitionKey } from "../topic-partition.ts";
import type { MetadataSnapshot } from "../cluster/metadata-snapshot.ts";
import type { BufferedChunk } from "./buffered-chunk.ts";
import type { FetchTarget } from "./fetch-session.ts";

/** Chunks kept ready per partition, beside the one that is given out record by record: one for the application, one behind it. */
const CHUNKS_MAX = 2;

/** How far a partition is from being fetched: it needs its committed offset, a look-up of an offset, a check of its epoch, or nothing. */
export type PositionNeed = "committed" | "reset" | "validation" | undefined;

/**
 * What a consumer knows of one partition that is assigned to it. Three places in its log are kept apart: up to `fetchOffset` records were fetched, up to
 * `position` they were delivered to the application, up to `consumed` the application is done with them. Only the last may be committed unasked.
 */
export class AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Its {@link partitionKey}. */
  readonly key: string;
  /** What was wanted of it last, as long as the same is, and what was known of the cluster then. */
  target: FetchTarget | undefined;
  targetIn: MetadataSnapshot | undefined;
  /** Who leads it (−1: nobody known), as of what was known of the cluster then: of ten thousand partitions none is looked up again until there is news. */
  leader = -1;
  leaderIn: MetadataSnapshot | undefined;
  /** Of which state of the cluster, and at which {@link version}, it was looked at for another leader or topic. */
  noticedIn: MetadataSnapshot | undefined;
  noticedVersion = -1;
  /** The topic it belongs to; changes when a topic is deleted and made anew. Undefined until it is first fetched. */
  topicId: string | undefined;
  need: PositionNeed;
  resetTo: OffsetSpec | undefined;
  /** False once it was taken away: what was delivered of it is nobody's business any more. */
  isAssigned = true;
  /** The next offset for the application. Meaningless while {@link need} is "committed" or "reset". */
  position = 0;
  /** Leader epoch of the record before the position; −1: unknown. */
  positionEpoch = -1;
  /** Where the application is done; undefined while the position is not known. */
  consumed: number | undefined;
  consumedEpoch = -1;
  /** One past the last record delivered: from here to the position there is nothing to be seen. Infinity: nothing was delivered. */
  visibleEnd = Infinity;
  /** Something was delivered that the application may still be working on. */
  isInHand = false;
  /** The leader epoch under which the position was last known to be good. */
  validatedEpoch = -1;
  fetchOffset = 0;
  fetchEpoch = -1;
  readonly chunks: BufferedChunk[] = [];
  isPaused = false;
  /** The request on the way that asks for it, */
  fetching: object | undefined;
  /** and the {@link version} that it asks for: of an older one nothing is taken. */
  fetchingVersion = -1;
  /** Not asked again before this (monotonic ms). */
  retryAtMs = 0;
  /** Changes with every seek: answers to earlier questions are dropped. */
  version = 0;
  /** Counts the times it went to another place than the next one: by a seek, a reset, a log that was cut. */
  moves = 0;
  /** A fetch that asked for it was answered: where it ends is known. */
  isHeardOf = false;
  highWatermark: number | undefined;
  lastStableOffset: number | undefined;
  logStartOffset: number | undefined;
  /** A follower to read from (KIP-392), until a time. */
  preferredReplica = -1;
  preferredUntilMs = 0;

  constructor(topic: string, partition: number, need: PositionNeed, resetTo: OffsetSpec | undefined) {
    this.topic = topic;
    this.partition = partition;
    this.key = partitionKey(topic, partition);
    this.need = need;
    this.resetTo = resetTo;
  }

  get hasPosition(): boolean {
    return this.need === undefined || this.need === "validation";
  }

  get isFetching(): boolean {
    return this.fetching !== undefined && this.fetchingVersion === this.version;
  }

  get isBufferFull(): boolean {
    const begun = this.chunks[0]?.isBegun ? 1 : 0;
    return this.chunks.length - begun >= CHUNKS_MAX;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.batch.sizeBytes;
    return bytes;
  }

  /** Whether something of it may be given out now. */
  get isDeliverable(): boolean {
    return this.isAssigned && !this.isPaused && this.need === undefined;
  }

  /** The application was given what stands before `offset`, the last record of it before `visibleEnd`. */
  deliver(offset: number, epoch: number, visibleEnd: number): void {
    this.#moveTo(offset, epoch);
    this.visibleEnd = visibleEnd;
    this.isInHand = true;
  }

  /** Nothing up to `offset` is for the application to see. */
  pass(offset: number, epoch: number): void {
    this.#moveTo(offset, epoch);
    if (!this.isInHand) this.settle();
  }

  /** Where a group goes on that is done with the record at `offset`: behind the markers, too, when it was the last one. */
  placeAfter(offset: number): number {
    return offset + 1 >= this.visibleEnd && offset < this.position ? this.position : offset + 1;
  }

  /** The application asked for more, so it is done with what it was given. */
  settle(): void {
    this.isInHand = false;
    if (!this.hasPosition) return;
    this.consumed = this.position;
    this.consumedEpoch = this.positionEpoch;
  }

  /** The application says itself that it is done up to `offset`. */
  settleUpTo(offset: number, epoch: number): void {
    if (!this.hasPosition || this.consumed === undefined || offset <= this.consumed || offset > this.position) return;
    if (offset === this.position) {
      this.settle();
      return;
    }
    this.consumed = offset;
    this.consumedEpoch = epoch;
  }

  /** Goes on from `offset`; whatever was fetched is dropped. What is in hand still has to be done with. */
  seek(offset: number, epoch: number): void {
    this.#drop();
    this.moves++;
    this.visibleEnd = Infinity;
    this.need = undefined;
    this.resetTo = undefined;
    this.position = this.fetchOffset = offset;
    this.positionEpoch = this.fetchEpoch = epoch;
    this.validatedEpoch = -1;
    if (this.isInHand && this.consumed !== undefined && this.consumed < offset) return;
    this.consumed = offset;
    this.consumedEpoch = epoch;
  }

  /** Goes on from where `spec` will turn out to be. */
  resetBy(spec: OffsetSpec): void {
    this.#drop();
    this.moves++;
    this.visibleEnd = Infinity;
    this.need = "reset";
    this.resetTo = spec;
    this.consumed = undefined;
    this.isInHand = false;
  }

  /** It is not this consumer's any more: answers that still come are dropped. */
  takeAway(): void {
    this.isAssigned = false;
    this.version++;
  }

  /** Takes what was fetched out again, to be fetched once more from the position. */
  dropBuffered(): void {
    this.#drop();
    this.fetchOffset = this.position;
    this.fetchEpoch = this.positionEpoch;
  }

  #moveTo(offset: number, epoch: number): void {
    this.position = offset;
    if (epoch >= 0) this.positionEpoch = epoch;
  }

  #drop(): void {
    this.version++;
    this.chunks.length = 0;
    this.retryAtMs = 0;
    this.preferredReplica = -1;
  }
}
