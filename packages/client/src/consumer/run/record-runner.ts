import { TimeSlice, type Timer } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { ClientDeps } from "../../deps.ts";
import { murmur2 } from "../../producer/murmur2.ts";
import { partitionKey, type TopicPartition } from "../../topic-partition.ts";
import type { AssignedPartition } from "../assigned-partition.ts";
import type { AssignedPartitions } from "../assigned-partitions.ts";
import type { ConsumerBatch, ConsumerRecord } from "../consumer-types.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { DeduplicationWindow } from "./deduplication-window.ts";
import { attemptOf, FailureHandling, textOf } from "./failure-handling.ts";
import { readFailure } from "./failure-headers.ts";
import type { Verdict } from "./failure-policy.ts";
import { isThenable, LONG_CALL_MS, type LongCall, LongestCall } from "./handler-calls.ts";
import { type HandlerSlot, HandlerSlots } from "./handler-slots.ts";
import { PartitionWork, placeOf, type WorkItem } from "./partition-work.ts";
import type { RecordMover } from "./record-mover.ts";
import type { ResolvedRunOptions } from "./resolve-run-options.ts";
import { WorkLane, WorkLanes } from "./work-lanes.ts";

/** What the runner needs of its consumer. */
export interface RunnerHost {
  readonly groupId: string | undefined;
  readonly partitions: AssignedPartitions;
  /** The next record of a partition, delivered with that; undefined when none is ready. Throws `ClientError` CORRUPT_BATCH. */
  takeRecord(partition: AssignedPartition): ConsumerRecord | undefined;
  takeBatch(partition: AssignedPartition): ConsumerBatch | undefined;
  /** The run is over. */
  failed(error: Error): void;
}

/** Lanes for keys: so many per handler that two keys seldom meet in one. */
const LANES_PER_HANDLER = 16;
const LANES_MAX = 65_536;
/** Records of one partition that are begun before another partition has its turn. */
const TURN_LENGTH = 100;
/** Places at the head of a line that may be empty before it is shifted. */
const COMPACT_AT = 1024;
/** So many handlers are called between two looks at the time. */
const STARTS_PER_LOOK = 16;

/**
 * Hands records to the application: so many at a time, in the order of their partition or key, again after failures, and tells how far each partition is done. It
 * takes a record from the consumer only when it may begin it, so that what waits is what the consumer fetched ahead, and that is bounded.
 */
export class RecordRunner {
  readonly #deps: ClientDeps;
  readonly #options: ResolvedRunOptions;
  readonly #host: RunnerHost;
  readonly #failures: FailureHandling;
  readonly #works = new Map<string, PartitionWork>();
  readonly #lanes = new WorkLanes<WorkItem>();
  readonly #keyLanes: readonly WorkLane<WorkItem>[];
  #lastFreeLane = 0;
  readonly #slots: HandlerSlots<WorkItem>;
  readonly #hungry: PartitionWork[] = [];
  #hungryHead = 0;
  #turnLeft = TURN_LENGTH;
  readonly #circuit: CircuitBreaker | undefined;
  readonly #window: DeduplicationWindow | undefined;
  readonly #retryTopics: ReadonlyMap<string, number>;
  readonly #slice: TimeSlice;
  #wake: Timer | undefined;
  /** The call that held the event loop the longest, since somebody asked. */
  readonly #longestCall = new LongestCall();
  #onSettled: (() => void)[] = [];
  #isPumping = false;
  #isResting = false;
  #isStopped = false;
  #failure: Error | undefined;

  constructor(deps: ClientDeps, options: ResolvedRunOptions, host: RunnerHost, mover: RecordMover) {
    this.#deps = deps;
    this.#options = options;
    this.#host = host;
    this.#failures = new FailureHandling(deps, options.policy, host.groupId, mover);
    const { concurrency, orderBy, circuitBreaker, deduplicate } = options;
    const laneCount = orderBy === "key" ? Math.min(LANES_MAX, concurrency * LANES_PER_HANDLER) : 0;
    this.#keyLanes = Array.from({ length: laneCount }, () => new WorkLane<WorkItem>());
    this.#slots = new HandlerSlots(concurrency, deps.clock, {
      done: (slot) => this.#onDone(slot),
      failed: (slot, error) => this.#onFailed(slot, error),
    });
    this.#circuit = circuitBreaker && new CircuitBreaker(circuitBreaker.failures, circuitBreaker.pauseMs);
    this.#window = deduplicate && new DeduplicationWindow(deduplicate.windowMs, deduplicate.entriesMax);
    this.#retryTopics = new Map(options.policy.retryTopics.map(({ topic, delayMs }) => [topic, delayMs]));
    this.#slice = new TimeSlice(deps.clock);
  }

  get isCircuitOpen(): boolean {
    return this.#circuit?.isOpen ?? false;
  }

  /** Handlers at work, and items that wait for another try. */
  get inHand(): number {
    let count = this.#slots.busyCount;
    for (const work of this.#works.values()) count += work.waiting.size;
    return count;
  }

  /** How long the eldest of the handlers at work has been at it. */
  get oldestInHandMs(): number {
    return this.#slots.oldestMs;
  }

  /** The call of a handler that held the event loop the longest since this was asked last. */
  takeLongestCall(): LongCall | undefined {
    return this.#longestCall.take();
  }

  /** Looks at what is assigned and starts what may start. Throws what the run failed with. */
  turn(): void {
    this.#throwFailure();
    for (const [key, work] of this.#works) {
      if (work.partition.isAssigned) continue;
      this.#works.delete(key);
      this.#retire(work);
      work.giveUp("The partition is not assigned to this consumer any more.");
    }
    for (const partition of this.#host.partitions) {
      const key = partitionKey(partition.topic, partition.partition);
      let work = this.#works.get(key);
      if (work === undefined) this.#works.set(key, (work = new PartitionWork(partition, this.#options.outstandingMax)));
      this.#makeHungry(work);
    }
    this.#pump();
    this.#throwFailure();
  }

  /**
   * Finishes what was taken of these partitions (all when left out), taking nothing more: what is not begun yet, too, since a commit passes nothing that is not done,
   * and what is done behind it would be read again. Does not wait for tries that are due later; what takes longer is given up.
   */
  async drain(partitions: readonly TopicPartition[] | undefined, timeoutMs: number): Promise<void> {
    const works = (partitions ?? [...this.#host.partitions]).flatMap(
      ({ topic, partition }) => this.#works.get(partitionKey(topic, partition)) ?? [],
    );
    for (const work of works) work.takesNoMore = true;
    let isLate = false;
    const timer = this.#deps.clock.schedule(timeoutMs, () => {
      isLate = true;
      this.#tellSettled();
      for (const work of works) this.#retire(work);
      for (const work of works.filter(({ running }) => running > 0)) {
        const { topic, partition } = work.partition;
        this.#deps.logger.warn("gave up waiting for handlers; their records will be read again", {
          topic,
          partition,
          handlers: work.running,
        });
        work.giveUp(`The record was not done within ${timeoutMs} ms of the partition being given up.`);
      }
    });
    this.#pump();
    while (!isLate && !this.#isStopped && (this.#slots.busyCount > 0 || this.#isResting) && works.some((work) => work.hasMoreToFinish))
      await new Promise<void>((resolve) => void this.#onSettled.push(resolve));
    for (const work of works) this.#retire(work);
    await Promise.all(works.map((work) => work.idle()));
    timer.cancel();
  }

  /** Begins nothing more, anywhere. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.cancel();
    for (const work of this.#works.values()) this.#retire(work);
    this.#tellSettled();
  }

  /** What is still at work does not count any more. */
  giveUp(reason: string): void {
    this.stop();
    for (const work of this.#works.values()) work.giveUp(reason);
  }

  /** A handler has ended, or all were told to. */
  #tellSettled(): void {
    if (this.#onSettled.length === 0) return;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  #retire(work: PartitionWork): void {
    work.takesNoMore = true;
    this.#drop(work);
  }

  #drop(work: PartitionWork): void {
    for (const item of work.dropAll()) {
      this.#forgetName(item, false);
      this.#lanes.release(item.lane);
    }
  }

  #makeHungry(work: PartitionWork): void {
    if (work.isQueued || work.takesNoMore) return;
    work.isQueued = true;
    this.#hungry.push(work);
  }

  #pump(): void {
    if (this.#isPumping || this.#isResting) return;
    this.#isPumping = true;
    try {
      for (let starts = 1; this.#slots.hasFree && !this.#isStopped && !this.#isHeldByCircuit(); ) {
        const item = this.#lanes.take();
        if (item === undefined) {
          if (this.#feed()) continue;
          break;
        }
        if (item.life !== item.work.life) this.#lanes.release(item.lane);
        else this.#start(item);
        if (starts++ % STARTS_PER_LOOK === 0 && this.#slice.isOver) {
          this.#rest();
          break;
        }
      }
    } catch (error) {
      this.#fail(error as Error);
    } finally {
      this.#isPumping = false;
    }
  }

  /** Handlers that are quick must not keep the loop from turning: the group, the fetches and everybody else have their turn. */
  #rest(): void {
    this.#isResting = true;
    void this.#slice.rest().then(() => {
      this.#isResting = false;
      this.#pump();
      this.#tellSettled();
    });
  }

  #isHeldByCircuit(): boolean {
    if (this.#circuit === undefined || !this.#circuit.isOpen) return false;
    const { startsAtMs } = this.#circuit;
    const waitMs = startsAtMs - this.#deps.clock.monotonicMs();
    if (waitMs <= 0) return false;
    if (waitMs < Infinity) this.#wakeIn(waitMs);
    return true;
  }

  #wakeIn(delayMs: number): void {
    this.#wake?.cancel();
    this.#wake = this.#deps.clock.schedule(delayMs, () => this.#pump());
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
      this.#drop(work);
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
      this.#makeHungry(work);
      this.#pump();
    };
    work.hold(item, this.#deps.clock.schedule(waitMs, onDue));
  }

  /** Another try, later. It holds its lane meanwhile, and no handler. */
  #wait(item: WorkItem, delayMs: number): void {
    const timer = this.#deps.clock.schedule(delayMs, () => {
      item.work.waiting.delete(item);
      this.#lanes.pushBack(item.lane, item);
      this.#pump();
    });
    item.work.waiting.set(item, timer);
  }

  #start(item: WorkItem): void {
    if (!this.#isNew(item)) return;
    const slot = this.#slots.occupy(item);
    item.work.running++;
    item.triesHere++;
    this.#circuit?.started();
    let result: unknown;
    try {
      result = this.#call(item);
    } catch (error) {
      this.#noteCall(item, slot.startedMs);
      this.#onFailed(slot, error);
      return;
    }
    this.#noteCall(item, slot.startedMs);
    if (isThenable(result)) result.then(slot.onDone, slot.onFailed);
    else this.#onDone(slot);
  }

  #noteCall(item: WorkItem, startedMs: number): void {
    const heldMs = this.#deps.clock.monotonicMs() - startedMs;
    // A function for each record would be garbage for each record.
    if (heldMs > LONG_CALL_MS) this.#longestCall.note(heldMs, () => placeOf(item));
  }

  #call(item: WorkItem): unknown {
    const { work, record, batch, before } = item;
    const { eachRecord, eachBatch } = this.#options;
    const attempt = attemptOf(item);
    if (record !== undefined) return eachRecord!(record, { signal: work.signal, attempt, origin: before?.origin ?? record });
    const done = ({ offset, leaderEpoch }: ConsumerRecord) => {
      if (item.life === work.life && !work.isMoved && work.partition.isAssigned) work.partition.settleUpTo(offset + 1, leaderEpoch ?? -1);
    };
    return eachBatch!(batch!, { signal: work.signal, attempt, done });
  }

  /** False when it was handled before; then it has ended. Or when another of its name is in hand; then it waits for that one. */
  #isNew(item: WorkItem): boolean {
    const name = this.#nameOf(item);
    if (this.#window === undefined || name === undefined || item.triesHere > 0) return true;
    const seen = this.#window.begin(name, this.#deps.clock.monotonicMs(), () => {
      this.#lanes.pushBack(item.lane, item);
      this.#pump();
    });
    if (seen === "handled") {
      this.#deps.logger.debug("passed over a record that was handled before", { place: placeOf(item) });
      this.#conclude(item);
    }
    return seen === "new";
  }

  #nameOf({ record }: WorkItem): string | undefined {
    if (this.#window === undefined || record === undefined) return undefined;
    const { header } = this.#options.deduplicate!;
    const value = header === undefined ? record.key : record.headers.findLast(({ key }) => key === header)?.value;
    return value?.toString("latin1");
  }

  #forgetName(item: WorkItem, isHandled: boolean): void {
    const name = this.#nameOf(item);
    if (name !== undefined) this.#window?.end(name, isHandled, this.#deps.clock.monotonicMs());
  }

  #onDone(slot: HandlerSlot<WorkItem>): void {
    const item = this.#slots.free(slot);
    this.#circuit?.succeeded();
    this.#forgetName(item, true);
    this.#conclude(item);
    item.work.ended();
    this.#pump();
    this.#tellSettled();
  }

  #onFailed(slot: HandlerSlot<WorkItem>, error: unknown): void {
    const item = slot.item!;
    if (this.#circuit?.failed(this.#deps.clock.monotonicMs()))
      this.#deps.logger.warn("too many failures in a row: nothing is started for a while", {
        group: this.#host.groupId,
        pauseMs: this.#options.circuitBreaker?.pauseMs,
        error: textOf(error),
      });
    const verdict = this.#failures.judge(item, error);
    if (item.life === item.work.life && verdict.kind === "move") {
      void this.#move(slot, item, verdict, error);
      return;
    }
    this.#slots.free(slot);
    if (item.life !== item.work.life) {
      this.#forgetName(item, false);
      this.#lanes.release(item.lane);
    } else if (verdict.kind === "retry") this.#wait(item, verdict.delayMs);
    else if (verdict.kind === "skip") {
      this.#deps.logger.warn("skipped a record that could not be handled", {
        place: placeOf(item),
        attempts: item.triesHere,
        error: textOf(error),
      });
      this.#forgetName(item, false);
      this.#conclude(item);
    } else {
      this.#fail(
        new ClientError("RECORD_FAILED", `${placeOf(item)} could not be handled in ${item.triesHere} attempts: ${textOf(error)}`, {
          cause: error,
        }),
      );
    }
    item.work.ended();
    this.#pump();
    this.#tellSettled();
  }

  /** To a retry topic or the dead letters. Until it is known to be there the record is in hand. */
  async #move(slot: HandlerSlot<WorkItem>, item: WorkItem, verdict: Extract<Verdict, { kind: "move" }>, error: unknown): Promise<void> {
    let moveFailure: unknown;
    try {
      await this.#failures.move(item, verdict, error);
    } catch (cause) {
      moveFailure = cause;
    }
    this.#slots.free(slot);
    this.#forgetName(item, false);
    if (moveFailure === undefined) this.#conclude(item);
    else {
      this.#lanes.release(item.lane);
      if (item.life === item.work.life)
        this.#fail(
          new ClientError(
            "RECORD_FAILED",
            `${placeOf(item)} could not be handled, nor be moved to ${verdict.topic}: ${textOf(moveFailure)}`,
            {
              cause: moveFailure,
            },
          ),
        );
    }
    item.work.ended();
    this.#pump();
    this.#tellSettled();
  }

  /** It is done with: the next of its lane may begin, and the commit may pass it. */
  #conclude(item: WorkItem): void {
    const { work } = item;
    this.#lanes.release(item.lane);
    if (!work.isGivenUp && work.watermark.end(item.ticket)) work.settle();
    this.#makeHungry(work);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined || this.#isStopped) return;
    this.#failure = error;
    this.stop();
    this.#host.failed(error);
  }
}
