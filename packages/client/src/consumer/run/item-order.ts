import type { ClientDeps } from "../../deps.ts";
import { murmur2 } from "@ottla/protocol/records";
import type { AssignedPartition } from "../assigned-partition.ts";
import type { ConsumerBatch, ConsumerRecord } from "../consumer-types.ts";
import { readFailure } from "./failure-headers.ts";
import type { PartitionWork, WorkItem } from "./partition-work.ts";
import type { ResolvedRunOptions } from "./resolve-run-options.ts";
import { WorkLane, WorkLanes } from "./work-lanes.ts";

/** Lanes for keys: so many per handler that two keys seldom meet in one. */
const LANES_PER_HANDLER = 16;
const LANES_MAX = 65_536;
/** Records of one partition that are begun before another partition has its turn. */
const TURN_LENGTH = 100;
/** Places at the head of a line that may be empty before it is shifted. */
const COMPACT_AT = 1024;

/** What items are made of, and who begins them. */
export interface ItemOrderHost {
  /** The next record of a partition, delivered with that; undefined when none is ready. Throws `ClientError` CORRUPT_BATCH. */
  takeRecord(partition: AssignedPartition): ConsumerRecord | undefined;
  takeBatch(partition: AssignedPartition): ConsumerBatch | undefined;
  /** The application sought another place: what was taken and not begun is dropped. */
  drop(work: PartitionWork): void;
  /** Something may be begun now that could not before. */
  pump(): void;
}

/**
 * Which item is begun next: in the order of partitions or keys, partitions in turns, records of retry topics at their time. It takes a record from the consumer only when it may be
 * begun, so that what waits is what the consumer fetched ahead, and that is bounded.
 */
export class ItemOrder {
  readonly #deps: ClientDeps;
  readonly #options: ResolvedRunOptions;
  readonly #host: ItemOrderHost;
  readonly #lanes = new WorkLanes<WorkItem>();
  readonly #keyLanes: readonly WorkLane<WorkItem>[];
  #lastFreeLane = 0;
  /** Partitions that may have something, and where the one is that has its turn. */
  readonly #hungry: PartitionWork[] = [];
  #hungryHead = 0;
  #turnLeft = TURN_LENGTH;
  readonly #retryTopics: ReadonlyMap<string, number>;

  constructor(deps: ClientDeps, options: ResolvedRunOptions, host: ItemOrderHost) {
    this.#deps = deps;
    this.#options = options;
    this.#host = host;
    const laneCount = options.orderBy === "key" ? Math.min(LANES_MAX, options.concurrency * LANES_PER_HANDLER) : 0;
    this.#keyLanes = Array.from({ length: laneCount }, () => new WorkLane<WorkItem>());
    this.#retryTopics = new Map(options.policy.retryTopics.map(({ topic, delayMs }) => [topic, delayMs]));
  }

  /** The next item, whose lane is held until {@link release}; undefined when none may be begun. */
  next(): WorkItem | undefined {
    do {
      const item = this.#lanes.take();
      if (item !== undefined) return item;
    } while (this.#feed());
    return undefined;
  }

  /** The next of its lane may begin. */
  release(item: WorkItem): void {
    this.#lanes.release(item.lane);
  }

  /** It is the next of its lane again. */
  putBack(item: WorkItem): void {
    this.#lanes.pushBack(item.lane, item);
    this.#host.pump();
  }

  /** The partition may have something. */
  makeHungry(work: PartitionWork): void {
    if (work.isQueued || work.takesNoMore) return;
    work.isQueued = true;
    this.#hungry.push(work);
  }

  /** Another try, later. It holds its lane meanwhile, and no handler. */
  retryLater(item: WorkItem, delayMs: number): void {
    const timer = this.#deps.clock.schedule(delayMs, () => {
      item.work.waiting.delete(item);
      this.putBack(item);
    });
    item.work.waiting.set(item, timer);
  }

  /** Takes one record, or batch, into its lane. Returns false when there is none that may begin. */
  #feed(): boolean {
    while (this.#hungryHead < this.#hungry.length) {
      const work = this.#hungry[this.#hungryHead]!;
      const item = this.#mayFeed(work) ? this.#nextOf(work) : undefined;
      if (item !== undefined) {
        this.#keepOrder(item);
        if (--this.#turnLeft <= 0) {
          this.#endTurn();
          this.#hungry.push(work);
        }
        return true;
      }
      this.#endTurn();
      work.isQueued = false;
    }
    return false;
  }

  #endTurn(): void {
    this.#turnLeft = TURN_LENGTH;
    if (++this.#hungryHead < this.#hungry.length && this.#hungryHead < COMPACT_AT) return;
    this.#hungry.splice(0, this.#hungryHead);
    this.#hungryHead = 0;
  }

  #mayFeed(work: PartitionWork): boolean {
    if (work.takesNoMore || !work.partition.isAssigned) return false;
    if (work.isMoved) {
      this.#host.drop(work);
      if (!work.startAnew()) return false;
    }
    return !work.watermark.isFull && !work.isHeld;
  }

  #nextOf(work: PartitionWork): WorkItem | undefined {
    const { partition } = work;
    const { eachRecord } = this.#options;
    const before = partition.position;
    const record = eachRecord && this.#host.takeRecord(partition);
    const batch = eachRecord ? undefined : this.#host.takeBatch(partition);
    if (record === undefined && batch === undefined) {
      // Markers and aborted records: nobody will see them, so the commit goes over them.
      if (partition.hasPosition && partition.position > before) {
        work.watermark.extend(partition.position);
        work.settle();
      }
      return undefined;
    }
    const ticket = work.watermark.begin(partition.position, partition.positionEpoch);
    const isRetry = record !== undefined && this.#retryTopics.has(record.topic);
    const lane = record === undefined || this.#options.orderBy === "partition" ? work.lane : this.#laneOf(record.key);
    return { work, lane, record, batch, ticket, life: work.life, before: isRetry ? readFailure(record) : undefined, triesHere: 0 };
  }

  #laneOf(key: Buffer | null): WorkLane<WorkItem> {
    const count = this.#keyLanes.length;
    if (key === null) {
      // Waits for nobody: any lane that is free.
      for (let i = 0; i < count; i++) {
        const lane = this.#keyLanes[(this.#lastFreeLane = (this.#lastFreeLane + 1) % count)]!;
        if (!lane.isBusy && !lane.isReady) return lane;
      }
    }
    return this.#keyLanes[key === null ? this.#lastFreeLane : (murmur2(key) & 0x7fffffff) % count]!;
  }

  /** Into its lane, when its time has come. */
  #keepOrder(item: WorkItem): void {
    const delayMs = this.#retryTopics.get(item.record?.topic ?? "");
    const dueAt = item.before?.dueAt;
    // A header may say anything; more than the delay of its topic is not waited.
    const waitMs = delayMs === undefined || dueAt === undefined ? 0 : Math.min(delayMs, dueAt - this.#deps.clock.nowMs());
    if (waitMs <= 0) {
      this.#lanes.push(item.lane, item);
      return;
    }
    const { work } = item;
    const onDue = () => {
      work.endHold();
      this.#lanes.push(item.lane, item);
      this.makeHungry(work);
      this.#host.pump();
    };
    work.hold(item, this.#deps.clock.schedule(waitMs, onDue));
  }
}
