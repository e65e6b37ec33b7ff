import type { Clock } from "@ottla/base";
import { SampleWindow, WindowedStat } from "../../runtime/windowed-stat.ts";
import type { ThreadStats, WorkerDoing, WorkerState } from "./snapshots.ts";

/** What a worker does with its time: told by the worker between the steps of its loop, never for a record. */
export class WorkerMeter {
  readonly #clock: Clock;
  readonly #window: SampleWindow;
  readonly #pollMs = new WindowedStat();
  readonly #pollRecords = new WindowedStat();
  readonly #processMs = new WindowedStat();
  readonly #processRecords = new WindowedStat();
  readonly #punctuateMs = new WindowedStat();
  readonly #commitMs = new WindowedStat();
  readonly #restoreMs = new WindowedStat();
  readonly #tasksCreated = new WindowedStat();
  readonly #tasksClosed = new WindowedStat();
  readonly #all: readonly WindowedStat[] = [
    this.#pollMs,
    this.#pollRecords,
    this.#processMs,
    this.#processRecords,
    this.#punctuateMs,
    this.#commitMs,
    this.#restoreMs,
    this.#tasksCreated,
    this.#tasksClosed,
  ];
  readonly startedAtMs: number;
  #stepMs: number;
  #state: WorkerState = "REBALANCING";
  #stateSinceMs: number;
  #committedAtMs: number | undefined;
  #transactionSinceMs: number | undefined;
  #doing: WorkerDoing = "begins";
  #doingSinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#window = new SampleWindow(clock.monotonicMs());
    this.#stepMs = clock.monotonicMs();
    this.startedAtMs = clock.nowMs();
    this.#stateSinceMs = this.startedAtMs;
    this.#doingSinceMs = this.startedAtMs;
  }

  /** Says what the loop is at while `run` is waited for, and behind it what it was at before. */
  async during<T>(doing: WorkerDoing, run: () => Promise<T>): Promise<T> {
    const before = this.#doing;
    this.#does(doing);
    try {
      return await run();
    } finally {
      this.#does(before);
    }
  }

  #does(doing: WorkerDoing): void {
    this.#doing = doing;
    this.#doingSinceMs = this.#clock.nowMs();
  }

  /** A step of the loop begins, whose time {@link WorkerMeter.polled} and its like are told. */
  step(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#stepMs = nowMs;
    if (this.#window.isOver(nowMs)) for (const stat of this.#all) stat.roll();
  }

  polled(recordCount: number): void {
    this.#pollMs.add(this.#elapsedMs());
    this.#pollRecords.add(recordCount);
  }

  restored(): void {
    this.#restoreMs.add(this.#elapsedMs());
  }

  processed(recordCount: number): void {
    this.#processMs.add(this.#elapsedMs());
    this.#processRecords.add(recordCount);
  }

  punctuated(): void {
    this.#punctuateMs.add(this.#elapsedMs());
  }

  /** `ms`: how long the commit took. */
  committed(ms: number): void {
    this.#commitMs.add(ms);
    this.#committedAtMs = this.#clock.nowMs();
  }

  taskCreated(): void {
    this.#tasksCreated.add(1);
  }

  taskClosed(): void {
    this.#tasksClosed.add(1);
  }

  transaction(isOpen: boolean): void {
    if (!isOpen) this.#transactionSinceMs = undefined;
    else this.#transactionSinceMs ??= this.#clock.nowMs();
  }

  become(state: WorkerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateSinceMs = this.#clock.nowMs();
  }

  get facts() {
    return {
      state: this.#state,
      stateSinceMs: this.#stateSinceMs,
      doing: this.#doing,
      doingSinceMs: this.#doingSinceMs,
      startedAtMs: this.startedAtMs,
      transactionSinceMs: this.#transactionSinceMs,
      committedAtMs: this.#committedAtMs,
    };
  }

  stats(): ThreadStats {
    const windowMs = this.#window.lengthMs(this.#clock.monotonicMs());
    return {
      windowMs,
      pollMs: this.#pollMs.values(windowMs),
      pollRecords: this.#pollRecords.values(windowMs),
      processMs: this.#processMs.values(windowMs),
      processRecords: this.#processRecords.values(windowMs),
      punctuateMs: this.#punctuateMs.values(windowMs),
      commitMs: this.#commitMs.values(windowMs),
      restoreMs: this.#restoreMs.values(windowMs),
      tasksCreated: this.#tasksCreated.values(windowMs),
      tasksClosed: this.#tasksClosed.values(windowMs),
    };
  }

  #elapsedMs(): number {
    return this.#clock.monotonicMs() - this.#stepMs;
  }
}
