import type { Timer } from "@ottla/base";
import type { AssignedPartition } from "../assigned-partition.ts";
import type { ConsumerBatch, ConsumerRecord } from "../consumer-types.ts";
import type { RecordFailure } from "./failure-headers.ts";
import { PartitionWatermark } from "./partition-watermark.ts";
import { WorkLane } from "./work-lanes.ts";

/** One record, or one batch, between its delivery and its end. */
export interface WorkItem {
  readonly work: PartitionWork;
  readonly lane: WorkLane<WorkItem>;
  readonly record: ConsumerRecord | undefined;
  readonly batch: ConsumerBatch | undefined;
  readonly ticket: number;
  /** {@link PartitionWork.life} when it began. */
  readonly life: number;
  /** What happened to it before it was read from a retry topic. */
  readonly before: RecordFailure | undefined;
  /** Tries since it was read. */
  triesHere: number;
}

/** For messages. */
export function placeOf({ record, batch }: WorkItem): string {
  return record
    ? `${record.topic}-${record.partition} at offset ${record.offset}`
    : `${batch!.topic}-${batch!.partition} from offset ${batch!.startOffset}`;
}

/** One assigned partition of a run: how far it is done, and what of it is in hand. */
export class PartitionWork {
  readonly partition: AssignedPartition;
  readonly #capacity: number;
  /** Its own line of work, unless keys have theirs. */
  readonly lane = new WorkLane<WorkItem>();
  watermark: PartitionWatermark;
  /** Items of an earlier life (before a seek, or before the partition went) count no more. */
  life = 0;
  /** {@link AssignedPartition.moves} as of this life. */
  #moves: number;
  readonly #controller = new AbortController();
  /** Aborted with {@link giveUp}. Read once: Node's getters cost each record more than its place in line does. */
  readonly signal: AbortSignal = this.#controller.signal;
  isGivenUp = false;
  /** Handlers at work. */
  running = 0;
  /** Another try of these is due later. */
  readonly waiting = new Map<WorkItem, Timer>();
  /** Its time has not come; nothing behind it is begun before. */
  #held: { readonly item: WorkItem; readonly timer: Timer } | undefined;
  /** Nothing more of it is taken. */
  takesNoMore = false;
  /** It stands in the line of those that may have something. */
  isQueued = false;
  #onIdle: (() => void)[] = [];

  constructor(partition: AssignedPartition, capacity: number) {
    this.partition = partition;
    this.#capacity = capacity;
    this.#moves = partition.moves;
    this.watermark = new PartitionWatermark(capacity);
  }

  /** The application sought another place, or the log was cut: what was begun is done with, and no more of it is. */
  get isMoved(): boolean {
    return this.partition.moves !== this.#moves;
  }

  /** Says how far the application is done, as far as that is still of interest. */
  settle(): void {
    const { offset, epoch } = this.watermark;
    if (offset !== undefined && !this.isMoved && this.partition.isAssigned) this.partition.settleUpTo(offset, epoch);
  }

  /** Something that was taken is not done and need not wait for its time. */
  get hasMoreToFinish(): boolean {
    if (this.isGivenUp || this.isMoved) return false;
    return this.running > 0 || (this.watermark.outstanding > 0 && this.waiting.size === 0 && !this.isHeld);
  }

  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  hold(item: WorkItem, timer: Timer): void {
    this.#held = { item, timer };
  }

  endHold(): void {
    this.#held = undefined;
  }

  /** After {@link dropAll}: starts anew at the place that was sought, once nothing is running. */
  startAnew(): boolean {
    if (this.running > 0) return false;
    this.#moves = this.partition.moves;
    this.watermark = new PartitionWatermark(this.#capacity);
    this.partition.settle();
    return true;
  }

  /** What was not begun, or waits for another try, is dropped. Returns the latter, whose lanes are held. */
  dropAll(): readonly WorkItem[] {
    this.life++;
    const items = [...this.waiting.keys()];
    for (const timer of this.waiting.values()) timer.cancel();
    this.waiting.clear();
    this.#held?.timer.cancel();
    this.#held = undefined;
    return items;
  }

  /** What is still running does not count any more. */
  giveUp(reason: string): void {
    if (!this.isGivenUp) {
      this.isGivenUp = true;
      this.#controller.abort(new Error(reason));
    }
    this.#tellIdle();
  }

  /** Resolves when nothing of it is running, or when it was given up. */
  idle(): Promise<void> {
    if (this.running === 0 || this.isGivenUp) return Promise.resolve();
    return new Promise((resolve) => void this.#onIdle.push(resolve));
  }

  ended(): void {
    this.running--;
    if (this.running === 0) this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#onIdle.length === 0) return;
    const waiting = this.#onIdle;
    this.#onIdle = [];
    for (const run of waiting) run();
  }
}
