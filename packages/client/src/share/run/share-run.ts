import { type Timer, TimeSlice } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import { isThenable, type LongCall, LongestCall } from "../../consumer/run/handler-calls.ts";
import { type HandlerSlot, HandlerSlots } from "../../consumer/run/handler-slots.ts";
import type { ClientDeps } from "../../deps.ts";
import { Appetite } from "../appetite.ts";
import type { HeldRecord } from "../share-record.ts";
import type { ResolvedShareRunOptions } from "./resolve-share-run-options.ts";
import type { ShareFailureDecision, ShareRecordContext } from "./share-run-types.ts";
import { judgeShareFailure } from "./share-verdict.ts";
import { messageOf, textOf } from "../../thrown.ts";

/** So many handlers are called between two looks at the time. */
const STARTS_PER_LOOK = 16;

/** What a run needs of its consumer. */
export interface ShareRunHost {
  readonly groupId: string;
  /** The next record that was acquired. */
  take(): HeldRecord | undefined;
  /** Records that were acquired and not taken. */
  readonly ahead: number;
  /** More may be wanted than before. */
  pump(): void;
}

/** One record in the hands of the application. */
class ShareTask implements ShareRecordContext {
  readonly record: HeldRecord;
  attempt = 0;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(record: HeldRecord) {
    this.record = record;
    record.hold.onLost = (reason) => this.giveUp(reason);
  }

  /** Made when somebody looks at it: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  giveUp(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  get place(): string {
    const { topic, partition, offset } = this.record;
    return `${topic}-${partition} at offset ${offset}`;
  }
}

/** Hands records to the application, so many at a time, and says of each what came of it. */
export class ShareRun {
  readonly options: ResolvedShareRunOptions;
  readonly #deps: ClientDeps;
  readonly #host: ShareRunHost;
  readonly #slots: HandlerSlots<ShareTask>;
  /** Another try of these, or their release, is due later. */
  readonly #waiting = new Map<ShareTask, Timer>();
  /** The time of their other try has come. */
  readonly #again: ShareTask[] = [];
  readonly #appetite: Appetite;
  readonly #slice: TimeSlice;
  #isDraining = false;
  #isResting = false;
  #isPumping = false;
  #onIdle: (() => void)[] = [];
  #isOver = false;
  readonly #longestCall = new LongestCall();

  constructor(deps: ClientDeps, options: ResolvedShareRunOptions, recordsMax: number, host: ShareRunHost) {
    this.#deps = deps;
    this.options = options;
    this.#host = host;
    this.#slots = new HandlerSlots(options.concurrency, deps.clock, {
      done: (slot) => this.#onDone(slot),
      failed: (slot, error) => this.#onFailed(slot, error),
    });
    this.#appetite = new Appetite(options.concurrency, recordsMax);
    this.#slice = new TimeSlice(deps.clock);
  }

  /** Records at work, or waiting for another try or their release. */
  get inHand(): number {
    return this.#slots.busyCount + this.#waiting.size + this.#again.length;
  }

  get oldestInHandMs(): number {
    return this.#slots.oldestMs;
  }

  /** How many more records it could do with. */
  get wanted(): number {
    return this.#isDraining ? 0 : this.#appetite.size - this.inHand - this.#host.ahead;
  }

  /** The call of a handler that held the event loop the longest since this was asked last. */
  takeLongestCall(): LongCall | undefined {
    return this.#longestCall.take();
  }

  /** Records came. */
  filled(): void {
    this.#appetite.filled(this.#deps.clock.monotonicMs());
  }

  /** Begins what can be begun. */
  turn(): void {
    if (this.#isPumping || this.#isResting || this.#isOver) return;
    this.#isPumping = true;
    const before = this.inHand;
    for (let starts = 1; this.#slots.hasFree; ) {
      const task = this.#next();
      if (task === undefined) break;
      this.#start(task);
      if (starts++ % STARTS_PER_LOOK === 0 && this.#slice.isOver) {
        this.#rest();
        break;
      }
    }
    this.#isPumping = false;
    if (this.wanted > 0 || this.inHand !== before) this.#host.pump();
  }

  /** Begins nothing more, gives back what waits, and waits for what is at work; what takes longer is given up. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true;
    this.#giveBackWaiting();
    if (this.#slots.busyCount === 0) return;
    const late = new Promise<boolean>((resolve) => {
      const timer = this.#deps.clock.schedule(timeoutMs, () => resolve(true));
      this.#onIdle.push(() => {
        timer.cancel();
        resolve(false);
      });
    });
    if (!(await late)) return;
    this.#deps.logger.warn("gave up waiting for handlers; their records will be delivered again", {
      group: this.#host.groupId,
      handlers: this.#slots.busyCount,
    });
    this.giveUp(`The record was not done within ${timeoutMs} ms of the consumer being closed.`);
  }

  /** What is still at work does not count any more. */
  giveUp(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isDraining = true;
    this.#giveBackWaiting();
    for (const task of this.#slots.items()) task.giveUp(new Error(reason));
    this.#tellIdle();
  }

  #next(): ShareTask | undefined {
    for (let task = this.#again.shift(); task !== undefined; task = this.#again.shift()) if (task.record.isHeld) return task;
    if (this.#isDraining) return undefined;
    const record = this.#host.take();
    if (record === undefined) this.#appetite.drained(this.#deps.clock.monotonicMs());
    return record === undefined ? undefined : new ShareTask(record);
  }

  /** Handlers that are quick must not keep the loop from turning. */
  #rest(): void {
    this.#isResting = true;
    void this.#slice.rest().then(() => {
      this.#isResting = false;
      this.turn();
    });
  }

  #start(task: ShareTask): void {
    task.attempt++;
    const slot = this.#slots.occupy(task);
    let result: unknown;
    try {
      result = this.options.eachRecord(task.record, task);
    } catch (error) {
      this.#noteCall(task, slot.startedMs);
      this.#onFailed(slot, error);
      return;
    }
    this.#noteCall(task, slot.startedMs);
    if (isThenable(result)) result.then(slot.onDone, slot.onFailed);
    else this.#onDone(slot);
  }

  #noteCall(task: ShareTask, startedMs: number): void {
    this.#longestCall.note(this.#deps.clock.monotonicMs() - startedMs, () => task.place);
  }

  #onDone(slot: HandlerSlot<ShareTask>): void {
    const { record, place } = this.#slots.free(slot);
    if (this.#isOver) return;
    if (record.isHeld) record.accept();
    else if (record.hold.state === "lost")
      this.#deps.logger.warn("a record was done after its lock was lost; the group delivers it again", {
        group: this.#host.groupId,
        place,
      });
    this.#ended();
  }

  #onFailed(slot: HandlerSlot<ShareTask>, error: unknown): void {
    const task = this.#slots.free(slot);
    if (this.#isOver) return;
    const { record, place } = task;
    const told = {
      group: this.#host.groupId,
      place,
      deliveryCount: record.deliveryCount,
      error: messageOf(error),
    };
    if (!record.isHeld) this.#deps.logger.debug("the handler of a record that is not held any more failed", told);
    else {
      const { deliveryCount } = record;
      const verdict = judgeShareFailure(
        this.options.onError,
        { triesHere: task.attempt, deliveryCount, wanted: this.#decide(task, error) },
        this.#deps.random,
      );
      this.#deps.logger.warn("a handler failed", { ...told, decision: verdict.kind });
      if (verdict.kind === "reject") record.reject();
      else if (verdict.kind === "accept") record.accept();
      else if (this.#isDraining) record.release();
      else this.#later(task, verdict.kind, verdict.delayMs);
    }
    this.#ended();
  }

  #decide({ record, attempt, place }: ShareTask, error: unknown): ShareFailureDecision | undefined {
    try {
      return this.options.onError.decide?.(error, record, attempt);
    } catch (cause) {
      this.#deps.logger.error("onError.decide threw", { place, error: textOf(cause) });
      return "release";
    }
  }

  #later(task: ShareTask, kind: "retry" | "release", delayMs: number): void {
    const timer = this.#deps.clock.schedule(delayMs, () => {
      this.#waiting.delete(task);
      if (kind === "retry") this.#again.push(task);
      else if (task.record.isHeld) task.record.release();
      this.turn();
    });
    this.#waiting.set(task, timer);
  }

  #giveBackWaiting(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    for (const { record } of [...this.#waiting.keys(), ...this.#again.splice(0)]) if (record.isHeld) record.release();
    this.#waiting.clear();
  }

  #ended(): void {
    this.turn();
    if (this.#slots.busyCount === 0) this.#tellIdle();
  }

  #tellIdle(): void {
    if (!this.#isDraining) return;
    for (const run of this.#onIdle.splice(0)) run();
  }
}

/** Whether an error of the loop under a run is no reason to end it. */
export function isPassing(error: unknown): boolean {
  return error instanceof ClientError && (error.code === "WOKEN_UP" || error.code === "CORRUPT_BATCH");
}
