import { ErrorCode, KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import { type TopicIdPartitions, topicIdPartitions } from "../group/topic-id-partitions.ts";
import { AcknowledgeCode, type AcknowledgementBatch, acknowledgementBatches } from "./acknowledgement-batches.ts";
import type { AcquisitionLock, HoldPlace, RecordHold } from "./record-hold.ts";

const OPENING_EPOCH = 0;
const CLOSING_EPOCH = -1;
const EPOCH_MAX = 0x7fffffff;

/** A partition in a request: to be read, or to be told of acknowledgements, or both. */
interface SessionPartition {
  readonly partitionIndex: number;
  readonly acknowledgementBatches: readonly AcknowledgementBatch[];
  readonly unknownTaggedFields: undefined;
}

/** The part of a request that the session decides. */
export interface SessionRequest {
  readonly shareSessionEpoch: number;
  readonly topics: readonly {
    readonly topicId: string;
    readonly partitions: readonly SessionPartition[];
    readonly unknownTaggedFields: undefined;
  }[];
  /** What the broker is to read no more. */
  readonly forgotten: TopicIdPartitions;
  /** What its answer decides. */
  readonly sent: readonly SentHolds[];
}

/** Acknowledgements, or renewals, of one partition in one request: all of them take effect, or none. */
export interface SentHolds {
  readonly place: LeaderPlace;
  readonly holds: readonly RecordHold[];
}

/** One partition as this leader gave it. */
export interface LeaderPlace extends HoldPlace {
  readonly byOffset: Map<number, RecordHold>;
  /** Said and not sent; each list goes in a request of its own. The last one is added to. */
  readonly queue: RecordHold[][];
}

/** Acknowledgements of one partition that came to nothing for one reason. */
export interface FailedHolds {
  readonly holds: readonly RecordHold[];
  readonly error: Error;
}

/** What became of what was sent. */
export interface Settlement {
  readonly done: readonly RecordHold[];
  readonly failed: readonly FailedHolds[];
}

const NOTHING_SETTLED: Settlement = { done: [], failed: [] };

/**
 * The client's half of a share session with one broker (KIP-932): the broker remembers what the member reads and which records it locked for it; each request carries the next epoch, so there is one at
 * a time. When the session ends, by whatever it may be, the broker releases what it locked. No IO in here, and no time of its own.
 */
export class LeaderSession {
  readonly #nodeId: number;
  #epoch = OPENING_EPOCH;
  /** What the broker reads for it. */
  #told = new Map<string, { readonly topicId: string; readonly partition: number }>();
  readonly #places = new Map<string, LeaderPlace>();
  readonly #locks = new Set<AcquisitionLock>();
  #queuedCount = 0;

  constructor(nodeId: number) {
    this.#nodeId = nodeId;
  }

  get isOpen(): boolean {
    return this.#epoch !== OPENING_EPOCH;
  }

  /** Acknowledgements that were not sent. */
  get queuedCount(): number {
    return this.#queuedCount;
  }

  /** Records of which nothing was said. */
  get heldCount(): number {
    let count = 0;
    for (const { holds } of this.#locks) count += holds.size;
    return count;
  }

  /** Those that hold something. */
  get locks(): ReadonlySet<AcquisitionLock> {
    for (const lock of this.#locks) if (lock.holds.size === 0) this.#locks.delete(lock);
    return this.#locks;
  }

  placeOf(topicId: string, topic: string, partition: number): LeaderPlace {
    const key = keyOf(topicId, partition);
    let place = this.#places.get(key);
    if (place === undefined)
      this.#places.set(key, (place = { nodeId: this.#nodeId, topicId, topic, partition, byOffset: new Map(), queue: [] }));
    return place;
  }

  /** A record was acquired. One of the same offset that it holds already is not the same delivery: that one's lock has run out. */
  hold(place: LeaderPlace, hold: RecordHold): void {
    const earlier = place.byOffset.get(hold.firstOffset);
    if (earlier?.state === "held") earlier.lose(lockLost(earlier, "its lock had run out, and the group delivered it again"));
    place.byOffset.set(hold.firstOffset, hold);
    hold.lock.holds.add(hold);
    this.#locks.add(hold.lock);
  }

  /** What was said is to be sent. */
  enqueue(hold: RecordHold): void {
    const { topicId, topic, partition } = hold.place;
    const { queue } = this.placeOf(topicId, topic, partition);
    const last = queue.at(-1);
    if (last === undefined) queue.push([hold]);
    else last.push(hold);
    this.#queuedCount++;
  }

  /** A request for records: what is new of `wanted`, what is none of it any more, and acknowledgements along the way. */
  nextFetch(wanted: TopicIdPartitions): SessionRequest {
    const partitions = new Map<string, Wire>();
    const told = new Map<string, { readonly topicId: string; readonly partition: number }>();
    for (const [topicId, numbers] of wanted)
      for (const partition of numbers) {
        const key = keyOf(topicId, partition);
        told.set(key, { topicId, partition });
        if (!this.#told.has(key)) partitions.set(key, { topicId, partition, ranges: [] });
      }
    const forgotten = [...this.#told]
      .filter(([key]) => !told.has(key))
      .map(([, { topicId, partition }]) => ({ topicId, partitions: [partition] }));
    // The first request of a session may not acknowledge anything; nothing was acquired in it either.
    const sent = this.isOpen ? this.#take(partitions, (key) => told.has(key)) : [];
    this.#told = told;
    return { shareSessionEpoch: this.#epoch, topics: wire(partitions.values()), forgotten: topicIdPartitions(forgotten), sent };
  }

  /** A request that only acknowledges. Undefined when there is nothing to say, or nobody to say it to. */
  nextAcknowledge(): SessionRequest | undefined {
    if (!this.isOpen || this.#queuedCount === 0) return undefined;
    const partitions = new Map<string, Wire>();
    const sent = this.#take(partitions, () => true);
    return { shareSessionEpoch: this.#epoch, topics: wire(partitions.values()), forgotten: new Map(), sent };
  }

  /** A request that renews the locks of these. Undefined when there are none. */
  nextRenewal(holds: readonly RecordHold[]): SessionRequest | undefined {
    const held = holds.filter(({ state }) => state === "held");
    if (!this.isOpen || held.length === 0) return undefined;
    const sent: SentHolds[] = [];
    const partitions: Wire[] = [];
    for (const [place, group] of Map.groupBy(held, ({ place: { topicId, topic, partition } }) => this.placeOf(topicId, topic, partition))) {
      sent.push({ place, holds: group });
      const ranges = group.map(({ firstOffset, lastOffset }) => ({ firstOffset, lastOffset, code: AcknowledgeCode.renew }));
      partitions.push({ topicId: place.topicId, partition: place.partition, ranges });
    }
    return { shareSessionEpoch: this.#epoch, topics: wire(partitions), forgotten: new Map(), sent };
  }

  /** Says all that is left to say, all at once, and ends the session. Undefined when there is none. */
  nextFarewell(): SessionRequest | undefined {
    if (!this.isOpen) return undefined;
    const partitions = new Map<string, Wire>();
    for (const { queue } of this.#places.values()) if (queue.length > 1) queue.splice(0, queue.length, queue.flat());
    const sent = this.#take(partitions, () => true);
    return { shareSessionEpoch: CLOSING_EPOCH, topics: wire(partitions.values()), forgotten: new Map(), sent };
  }

  /** The broker took a request. */
  answered(): void {
    this.#epoch = this.#epoch === EPOCH_MAX ? 1 : this.#epoch + 1;
  }

  /**
   * The answer for one partition. Where one of several records is not locked any more the broker refuses all: then those of each lock are sent again by themselves, since a lock runs out for
   * all that it was for.
   */
  settle({ place, holds }: SentHolds, errorCode: number, message: string | undefined): Settlement {
    const pending = holds.filter(({ state }) => state === "acknowledged");
    if (errorCode === ErrorCode.NONE) return this.#done(place, pending);
    if (errorCode === ErrorCode.INVALID_RECORD_STATE) {
      const byLock = [...Map.groupBy(pending, ({ lock }) => lock).values()];
      if (byLock.length > 1) {
        place.queue.unshift(...byLock);
        this.#queuedCount += pending.length;
        return NOTHING_SETTLED;
      }
      return { done: [], failed: this.#failed(place, pending, message ?? "it was not locked for this consumer any more") };
    }
    return { done: [], failed: this.#failed(place, pending, new KafkaError(errorCode, message)) };
  }

  /** The locks of what was renewed begin anew. */
  renewed({ holds }: SentHolds, lock: AcquisitionLock): void {
    for (const hold of holds) if (hold.state === "held") hold.renew(lock);
    this.#locks.add(lock);
  }

  /** The broker would not renew these: they are locked no more. */
  notRenewed({ place, holds }: SentHolds, reason: string): void {
    for (const hold of holds) if (hold.state === "held") this.#lose(place, hold, reason);
  }

  /** The broker leads this partition no more: nothing of it is locked any more. */
  losePlace(topicId: string, partition: number, reason: string): Settlement {
    const place = this.#places.get(keyOf(topicId, partition));
    if (place === undefined) return NOTHING_SETTLED;
    const failed = this.#takeQueue(place);
    for (const hold of [...place.byOffset.values()]) if (hold.state === "held") this.#lose(place, hold, reason);
    return { done: [], failed: this.#failed(place, failed, reason) };
  }

  /** What has run out by now. */
  expire(nowMs: number): Settlement {
    const failed: FailedHolds[] = [];
    for (const lock of this.locks) {
      if (lock.untilMs > nowMs) continue;
      for (const hold of [...lock.holds]) this.#lose(this.#placeOf(hold), hold, "its lock ran out");
    }
    for (const place of this.#places.values()) {
      if (!place.queue.some((list) => list.some(({ lock }) => lock.untilMs <= nowMs))) continue;
      const queued = this.#takeQueue(place, ({ lock }) => lock.untilMs <= nowMs);
      failed.push(...this.#failed(place, queued, "its lock ran out before the broker heard of it"));
    }
    return failed.length === 0 ? NOTHING_SETTLED : { done: [], failed };
  }

  /** The session is over: the broker releases all that it had locked. The next fetch opens another one. */
  end(reason: string, sent: readonly SentHolds[] = [], cause?: Error): Settlement {
    this.#epoch = OPENING_EPOCH;
    this.#told = new Map();
    const failed: FailedHolds[] = [];
    for (const { place, holds } of sent) {
      const open = holds.filter(({ state }) => state === "acknowledged");
      failed.push(...this.#failed(place, open, reason, cause));
    }
    for (const place of this.#places.values()) {
      // Of these the broker has surely not heard.
      failed.push(...this.#failed(place, this.#takeQueue(place), reason));
      for (const hold of [...place.byOffset.values()]) if (hold.state === "held") this.#lose(place, hold, reason);
    }
    this.#places.clear();
    this.#locks.clear();
    return failed.length === 0 ? NOTHING_SETTLED : { done: [], failed };
  }

  #placeOf({ place: { topicId, topic, partition } }: RecordHold): LeaderPlace {
    return this.placeOf(topicId, topic, partition);
  }

  #take(partitions: Map<string, Wire>, mayGo: (key: string) => boolean): SentHolds[] {
    const sent: SentHolds[] = [];
    for (const [key, place] of this.#places) {
      if (place.queue.length === 0) {
        if (place.byOffset.size === 0) this.#places.delete(key);
        continue;
      }
      if (!mayGo(key)) continue;
      const holds = place.queue.shift()!;
      this.#queuedCount -= holds.length;
      const { topicId, partition } = place;
      const ranges = holds.map(({ firstOffset, lastOffset, code }) => ({ firstOffset, lastOffset, code: code ?? AcknowledgeCode.release }));
      partitions.set(key, { topicId, partition, ranges });
      sent.push({ place, holds });
    }
    return sent;
  }

  /** What was said and not sent, as far as it is `wanted`; the rest stays. */
  #takeQueue(place: LeaderPlace, wanted: (hold: RecordHold) => boolean = () => true): RecordHold[] {
    const taken: RecordHold[] = [];
    for (const list of place.queue.splice(0)) {
      const left = list.filter((hold) => !wanted(hold));
      if (left.length > 0) place.queue.push(left);
      if (left.length < list.length) taken.push(...list.filter(wanted));
    }
    this.#queuedCount -= taken.length;
    return taken;
  }

  #done(place: LeaderPlace, holds: readonly RecordHold[]): Settlement {
    for (const hold of holds) {
      hold.state = "settled";
      forget(place, hold);
    }
    return { done: holds, failed: [] };
  }

  /** `why` in words: their lock is lost; `cause` is what ended it. */
  #failed(place: LeaderPlace, holds: readonly RecordHold[], why: string | Error, cause?: Error): FailedHolds[] {
    if (holds.length === 0) return [];
    for (const hold of holds) {
      hold.state = "lost";
      forget(place, hold);
    }
    return [{ holds, error: typeof why === "string" ? lockLost(holds[0]!, why, cause) : why }];
  }

  #lose(place: LeaderPlace, hold: RecordHold, reason: string): void {
    hold.lose(lockLost(hold, reason));
    forget(place, hold);
  }
}

interface Wire {
  readonly topicId: string;
  readonly partition: number;
  readonly ranges: readonly { readonly firstOffset: number; readonly lastOffset: number; readonly code: AcknowledgeCode }[];
}

function wire(partitions: Iterable<Wire>): SessionRequest["topics"] {
  return [...Map.groupBy(partitions, ({ topicId }) => topicId)].map(([topicId, list]) => ({
    topicId,
    partitions: list.map(({ partition, ranges }) => ({
      partitionIndex: partition,
      acknowledgementBatches: acknowledgementBatches(ranges),
      unknownTaggedFields: undefined,
    })),
    unknownTaggedFields: undefined,
  }));
}

function forget(place: LeaderPlace, hold: RecordHold): void {
  if (place.byOffset.get(hold.firstOffset) === hold) place.byOffset.delete(hold.firstOffset);
}

/** `ClientError` LOCK_LOST: the group delivers the record again. */
export function lockLost({ place, firstOffset }: RecordHold, reason: string, cause?: Error): ClientError {
  const what = `${place.topic}-${place.partition} at offset ${firstOffset}`;
  const unless = cause instanceof ClientError && cause.possiblyWritten ? ", unless the acknowledgement had come" : "";
  return new ClientError(
    "LOCK_LOST",
    `${what} is not this consumer's any more: ${reason.replace(/\.$/, "")}. The group delivers it again${unless}.`,
    {
      ...(cause === undefined ? {} : { cause }),
      ...(cause instanceof ClientError && cause.possiblyWritten ? { possiblyWritten: true } : {}),
    },
  );
}

function keyOf(topicId: string, partition: number): string {
  return `${topicId} ${partition}`;
}
