import { TimeSlice, type Timer } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { ClientDeps } from "../../deps.ts";
import { partitionKey, type TopicPartition } from "../../topic-partition.ts";
import type { AssignedPartitions } from "../assigned-partitions.ts";
import type { ConsumerRecord } from "../consumer-types.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { DeduplicationWindow, deduplicationName } from "./deduplication-window.ts";
import { attemptOf, FailureHandling } from "./failure-handling.ts";
import type { Verdict } from "./failure-policy.ts";
import { isThenable, LONG_CALL_MS, type LongCall, LongestCall } from "./handler-calls.ts";
import { type HandlerSlot, HandlerSlots } from "./handler-slots.ts";
import { ItemOrder, type ItemOrderHost } from "./item-order.ts";
import { PartitionWork, placeOf, type WorkItem } from "./partition-work.ts";
import type { RecordMover } from "./record-mover.ts";
import type { ResolvedRunOptions } from "./resolve-run-options.ts";
import { messageOf } from "../../thrown.ts";

/** What the runner needs of its consumer. */
export interface RunnerHost extends Pick<ItemOrderHost, "takeRecord" | "takeBatch"> {
  readonly groupId: string | undefined;
  readonly partitions: AssignedPartitions;
  /** The run is over. */
  failed(error: Error): void;
}

/** So many handlers are called between two looks at the time. */
const STARTS_PER_LOOK = 16;

/** Hands records to the application: so many at a time, in the order that {@link ItemOrder} keeps, again after failures, and tells how far each partition is done. */
export class RecordRunner {
  readonly #deps: ClientDeps;
  readonly #options: ResolvedRunOptions;
  readonly #host: RunnerHost;
  readonly #failures: FailureHandling;
  readonly #works = new Map<string, PartitionWork>();
  readonly #order: ItemOrder;
  readonly #slots: HandlerSlots<WorkItem>;
  readonly #circuit: CircuitBreaker | undefined;
  readonly #window: DeduplicationWindow | undefined;
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
    const { concurrency, circuitBreaker, deduplicate } = options;
    this.#order = new ItemOrder(deps, options, {
      takeRecord: (partition) => host.takeRecord(partition),
      takeBatch: (partition) => host.takeBatch(partition),
      drop: (work) => this.#drop(work),
      pump: () => this.#pump(),
    });
    this.#slots = new HandlerSlots(concurrency, deps.clock, {
      done: (slot) => this.#onDone(slot),
      failed: (slot, error) => this.#onFailed(slot, error),
    });
    this.#circuit = circuitBreaker && new CircuitBreaker(circuitBreaker.failures, circuitBreaker.pauseMs);
    this.#window = deduplicate && new DeduplicationWindow(deduplicate.windowMs, deduplicate.entriesMax);
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
      this.#order.makeHungry(work);
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
      this.#order.release(item);
    }
  }

  #pump(): void {
    if (this.#isPumping || this.#isResting) return;
    this.#isPumping = true;
    try {
      for (let starts = 1; this.#slots.hasFree && !this.#isStopped && !this.#isHeldByCircuit(); ) {
        const item = this.#order.next();
        if (item === undefined) break;
        if (item.life !== item.work.life) this.#order.release(item);
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

  #start(item: WorkItem): void {
    if (!this.#isNew(item)) return;
    const slot = this.#slots.occupy(item);
    item.work.running++;
    item.triesHere++;
    slot.startedAs = this.#circuit?.started() ?? 0;
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
      this.#order.putBack(item);
    });
    if (seen === "handled") {
      this.#deps.logger.debug("passed over a record that was handled before", { place: placeOf(item) });
      this.#conclude(item);
    }
    return seen === "new";
  }

  #nameOf({ record, before }: WorkItem): string | undefined {
    if (this.#window === undefined || record === undefined) return undefined;
    const { header } = this.#options.deduplicate!;
    const value = header === undefined ? record.key : record.headers.findLast(({ key }) => key === header)?.value;
    return value ? deduplicationName((before?.origin ?? record).topic, value) : undefined;
  }

  #forgetName(item: WorkItem, isHandled: boolean): void {
    const name = this.#nameOf(item);
    if (name !== undefined) this.#window?.end(name, isHandled, this.#deps.clock.monotonicMs());
  }

  #onDone(slot: HandlerSlot<WorkItem>): void {
    const item = this.#slots.free(slot);
    this.#circuit?.succeeded(slot.startedAs);
    this.#forgetName(item, true);
    this.#conclude(item);
    item.work.ended();
    this.#pump();
    this.#tellSettled();
  }

  #onFailed(slot: HandlerSlot<WorkItem>, error: unknown): void {
    const item = slot.item!;
    if (this.#circuit?.failed(slot.startedAs, this.#deps.clock.monotonicMs()))
      this.#deps.logger.warn("too many failures in a row: nothing is started for a while", {
        group: this.#host.groupId,
        pauseMs: this.#options.circuitBreaker?.pauseMs,
        error: messageOf(error),
      });
    const verdict = this.#failures.judge(item, error);
    if (item.life === item.work.life && verdict.kind === "move") {
      void this.#move(slot, item, verdict, error);
      return;
    }
    this.#slots.free(slot);
    if (item.life !== item.work.life) {
      this.#forgetName(item, false);
      this.#order.release(item);
    } else if (verdict.kind === "retry") this.#order.retryLater(item, verdict.delayMs);
    else if (verdict.kind === "skip") {
      this.#deps.logger.warn("skipped a record that could not be handled", {
        place: placeOf(item),
        attempts: item.triesHere,
        error: messageOf(error),
      });
      this.#forgetName(item, false);
      this.#conclude(item);
    } else {
      this.#fail(
        new ClientError("RECORD_FAILED", `${placeOf(item)} could not be handled in ${item.triesHere} attempts: ${messageOf(error)}`, {
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
      this.#order.release(item);
      if (item.life === item.work.life)
        this.#fail(
          new ClientError(
            "RECORD_FAILED",
            `${placeOf(item)} could not be handled, nor be moved to ${verdict.topic}: ${messageOf(moveFailure)}`,
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
    this.#order.release(item);
    if (!work.isGivenUp && work.watermark.end(item.ticket)) work.settle();
    this.#order.makeHungry(work);
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
