import type { OffsetSpec } from "../admin/admin-types.ts";
import type { FetchedBatch } from "./fetched-batch.ts";

/** Chunks kept ready per partition: one for the application, one behind it. */
const CHUNKS_MAX = 2;

/** How far a partition is from being fetched: it needs its committed offset, a look-up of an offset, a check of its epoch, or nothing. */
export type PositionNeed = "committed" | "reset" | "validation" | undefined;

/** A fetched chunk, or the place where the fetched bytes turned bad. */
export interface BufferedChunk {
  readonly batch: FetchedBatch;
  readonly nextEpoch: number;
  readonly fault: string | undefined;
}

/** What a consumer knows of one partition that is assigned to it. */
export class AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The topic it belongs to; changes when a topic is deleted and made anew. Undefined until it is first fetched. */
  topicId: string | undefined;
  need: PositionNeed;
  resetTo: OffsetSpec | undefined;
  /** The next offset for the application. Meaningless while {@link need} is "committed" or "reset". */
  position = 0;
  /** Leader epoch of the record before the position; −1: unknown. */
  positionEpoch = -1;
  /** The leader epoch under which the position was last known to be good. */
  validatedEpoch = -1;
  fetchOffset = 0;
  fetchEpoch = -1;
  readonly chunks: BufferedChunk[] = [];
  isPaused = false;
  /** The {@link version} that a request on the way asks for. */
  fetchingVersion: number | undefined;
  /** Not asked again before this (monotonic ms). */
  retryAtMs = 0;
  /** Changes with every seek: answers to earlier questions are dropped. */
  version = 0;
  highWatermark: number | undefined;
  lastStableOffset: number | undefined;
  logStartOffset: number | undefined;
  /** A follower to read from (KIP-392), until a time. */
  preferredReplica = -1;
  preferredUntilMs = 0;

  constructor(topic: string, partition: number, need: PositionNeed, resetTo: OffsetSpec | undefined) {
    this.topic = topic;
    this.partition = partition;
    this.need = need;
    this.resetTo = resetTo;
  }

  get hasPosition(): boolean {
    return this.need === undefined || this.need === "validation";
  }

  get isFetching(): boolean {
    return this.fetchingVersion === this.version;
  }

  get isBufferFull(): boolean {
    return this.chunks.length >= CHUNKS_MAX;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.batch.sizeBytes;
    return bytes;
  }

  /** Goes on from `offset`; whatever was fetched is dropped. */
  seek(offset: number, epoch: number): void {
    this.#drop();
    this.need = undefined;
    this.resetTo = undefined;
    this.position = this.fetchOffset = offset;
    this.positionEpoch = this.fetchEpoch = epoch;
    this.validatedEpoch = -1;
  }

  /** Goes on from where `spec` will turn out to be. */
  resetBy(spec: OffsetSpec): void {
    this.#drop();
    this.need = "reset";
    this.resetTo = spec;
  }

  /** Takes what was fetched out again, to be fetched once more from the position. */
  dropBuffered(): void {
    this.#drop();
    this.fetchOffset = this.position;
    this.fetchEpoch = this.positionEpoch;
  }

  #drop(): void {
    this.version++;
    this.chunks.length = 0;
    this.retryAtMs = 0;
    this.preferredReplica = -1;
  }
}
