import type { Clock } from "@ottla/base";
import type { ConsumerBatch } from "@ottla/client";
import type { WorkerMeter } from "../observe/worker-meter.ts";
import type { InputLags } from "./input-readiness.ts";
import type { HeldTasks } from "./held-tasks.ts";
import type { RecordOutput } from "./record-output.ts";

/** So long tasks process before the group, timers and other work of the loop have their turn. */
const SLICE_MS = 8;
/** While somebody waits for answers of the broker: each is seen that soon. */
const SHORT_SLICE_MS = 1;
const BATCHES_PER_LOOK = 64;

/** What gives tasks their turns has of the worker. */
export interface TaskTurnsHost {
  readonly tasks: HeldTasks;
  readonly output: RecordOutput;
  readonly meter: WorkerMeter;
  readonly clock: Clock;
  readonly lags: InputLags;
  /** Something is about to be done that a commit is for. */
  readonly onWork: () => void;
}

/** Gives the tasks that run their turns: records come to them, are processed in slices, and punctuators and calls that ended have their time. */
export class TaskTurns {
  readonly #host: TaskTurnsHost;
  #firstTask = 0;

  constructor(host: TaskTurnsHost) {
    this.#host = host;
  }

  /** A task has a record that it may process, or is not done with one. */
  get hasReady(): boolean {
    const { tasks, clock, lags } = this.#host;
    const nowMs = clock.monotonicMs();
    return tasks.running().some((task) => task.hasWork(nowMs, lags));
  }

  /** Hands records to their tasks, some ms at a time: there may be batches of ten thousand partitions. Nobody polls meanwhile, so that tasks stay. */
  async take(batches: readonly ConsumerBatch[]): Promise<void> {
    // The first record of a partition is read as it comes, and may be a dead letter.
    const taken = batches.filter((batch) => this.#host.tasks.of(batch) !== undefined);
    if (taken.length > 0) await this.#begin();
    const { clock, tasks } = this.#host;
    // To read so many has taken its time.
    if (taken.length > BATCHES_PER_LOOK) await new Promise<void>((resolve) => clock.nextTurn(resolve));
    let endMs = clock.monotonicMs() + SLICE_MS;
    for (const [at, batch] of taken.entries()) {
      tasks.of(batch)?.add(batch);
      if (at % BATCHES_PER_LOOK !== 0 || clock.monotonicMs() < endMs) continue;
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
      endMs = clock.monotonicMs() + SLICE_MS;
    }
  }

  /** Processes what is here in short slices, as long as it may, there is something, and the output takes it. */
  async processOn(mayGoOn: () => boolean): Promise<void> {
    const { clock, output } = this.#host;
    while (mayGoOn() && !output.isFull && this.hasReady) {
      await this.process(SHORT_SLICE_MS);
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
    }
  }

  /** Processes one slice, and waits for room in the output. */
  async process(sliceMs = SLICE_MS): Promise<void> {
    const { clock, output, tasks, meter, lags } = this.#host;
    if (!this.hasReady) {
      output.throwFailure();
      return;
    }
    await this.#begin();
    const running = tasks.running();
    const nowMs = clock.monotonicMs();
    const endMs = nowMs + sliceMs;
    let lookedMs = nowMs;
    let total = 0;
    meter.step();
    for (let hasMore = true; hasMore && lookedMs < endMs && !output.isFull; ) {
      hasMore = false;
      for (let i = 0; i < running.length && lookedMs < endMs; i++) {
        // Each has its turn first.
        const task = running[(i + this.#firstTask) % running.length]!;
        let count = 0;
        const processed = task.process(nowMs, lags, () => ++count < task.pace.recordCount && !output.isFull);
        if (processed > 0 || task.task.isFanningOut) hasMore = true;
        total += processed;
        const beganMs = lookedMs;
        lookedMs = clock.monotonicMs();
        task.pace.took(processed, lookedMs - beganMs);
      }
      this.#firstTask++;
    }
    meter.processed(total);
    await output.room();
  }

  /** Punctuators of the machine's clock, and calls that have ended. */
  async onClock(): Promise<void> {
    const { tasks, output, meter } = this.#host;
    for (const { task } of tasks.running()) {
      if (task.isFanningOut) continue;
      if (task.calls.isPossible || task.wallClockDueInMs <= 0) await this.#begin();
      if (task.wallClockDueInMs <= 0) {
        meter.step();
        task.punctuateWallClock();
        meter.punctuated();
      }
      if (task.calls.isPossible) while (!task.isFanningOut && task.calls.giveOn((ended) => ended));
    }
    await output.room();
  }

  async #begin(): Promise<void> {
    this.#host.onWork();
    await this.#host.output.begin();
  }
}
