import type { Admin, CallOptions, Consumer, TopicPartition } from "@ottla/client";
import { type Clock, type Logger, OttlaError } from "@ottla/base";
import { byTask, tasksOf } from "../assignment/task-partitions.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { type ChangelogEnds, changelogEnds } from "../restore/changelog-ends.ts";
import type { TaskInput } from "./active-task.ts";
import { startingPositions } from "./starting-positions.ts";
import type { TaskTimeouts } from "./task-timeouts.ts";

/** What the first look may take; who needs longer is looked after beside the others. Neither takes longer than the task may fail. */
const FIRST_MS = 3_000;
const RETRY_MS = 300;
/** And each further look, which keeps nobody. */
const LOOK_MS = 2_000;
/** However short a time a task has, a look is given so long. */
const SHORTEST_LOOK_MS = 1_000;

/** Of so many partitions each step takes some ms: others have their turn between two. */
const MANY_PARTITIONS = 1_000;

/** What has to be known of tasks before they are opened. */
interface Prepared {
  readonly inputs: readonly TaskInput[];
  readonly ends: ReadonlyMap<string, ChangelogEnds>;
  /** Lets the consumer begin where they begin. */
  readonly seek: () => void;
}

/** A task that could not be opened so far. */
interface Waiting {
  readonly name: string;
  readonly partitions: readonly TopicPartition[];
  retryAtMs: number;
  isLooking: boolean;
  prepared: Prepared | undefined;
  failure: Error | undefined;
}

/** What opens tasks has of the world. */
export interface TaskOpeningHost {
  readonly plan: TopologyPlan;
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeouts: TaskTimeouts;
  /** Opens the tasks of these inputs, all or none. */
  readonly open: (inputs: readonly TaskInput[], ends: ReadonlyMap<string, ChangelogEnds>) => void;
  /** Something is to be done by the next step. */
  readonly wake: () => void;
}

/**
 * Brings tasks from "the group gives their partitions" to "they are open": asks what was committed, where their topics begin and their changelogs end, and opens their stores. What fails and may pass is tried again task by task, beside the
 * work of all others, until `taskTimeoutMs` is over.
 */
export class TaskOpening {
  readonly #host: TaskOpeningHost;
  readonly #waiting = new Map<string, Waiting>();

  constructor(host: TaskOpeningHost) {
    this.#host = host;
  }

  /** Some tasks are not open that are to be. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** One of the tasks that these belong to is not open so far. */
  isWaitingFor(partitions: readonly TopicPartition[]): boolean {
    return this.isWaiting && [...tasksOf(this.#host.plan, partitions).keys()].some((name) => this.#waiting.has(name));
  }

  /** Opens the tasks of these partitions; those that cannot be opened now wait for the next steps. Rejects with what does not pass. */
  async open(partitions: readonly TopicPartition[], isStillWanted: () => boolean): Promise<void> {
    if (partitions.length === 0) return;
    const { timeouts } = this.#host;
    const names = [...tasksOf(this.#host.plan, partitions).keys()];
    try {
      const prepared = await this.#prepare(partitions, { timeoutMs: this.#within(FIRST_MS) });
      await this.#pauseAmong(partitions);
      if (!isStillWanted()) return;
      this.#open(prepared);
      timeouts.passed(names);
    } catch (error) {
      if (!isPassing(error as Error) || !isStillWanted()) throw error;
      // Which of them it was shows when each is tried alone.
      for (const [name, own] of byTask(this.#host.plan, partitions)) this.#wait(name, own, error as Error);
    }
  }

  /** They are not to be opened any more. */
  forget(partitions: readonly TopicPartition[]): void {
    for (const name of tasksOf(this.#host.plan, partitions).keys()) this.#waiting.delete(name);
  }

  forgetAll(): void {
    this.#waiting.clear();
  }

  /** Opens what can be opened by now, and looks after the others. Throws what does not pass, and `STREAMS_TASK_TIMEOUT`. */
  step(): void {
    const nowMs = this.#host.clock.monotonicMs();
    for (const waiting of [...this.#waiting.values()]) {
      if (waiting.isLooking) continue;
      const { prepared, failure } = waiting;
      waiting.prepared = undefined;
      waiting.failure = undefined;
      if (failure !== undefined) this.#failed(waiting, failure);
      else if (prepared !== undefined) this.#openWaiting(waiting, prepared);
      else if (nowMs >= waiting.retryAtMs) this.#look(waiting);
    }
  }

  #openWaiting(waiting: Waiting, prepared: Prepared): void {
    try {
      this.#open(prepared);
      this.#waiting.delete(waiting.name);
      this.#host.timeouts.passed([waiting.name]);
    } catch (error) {
      this.#failed(waiting, error as Error);
    }
  }

  #failed(waiting: Waiting, error: Error): void {
    if (!isPassing(error)) throw error;
    this.#host.timeouts.failed([waiting.name], error, this.#host.clock.monotonicMs());
    waiting.retryAtMs = this.#host.clock.monotonicMs() + RETRY_MS;
  }

  #open({ inputs, ends, seek }: Prepared): void {
    seek();
    this.#host.open(inputs, ends);
  }

  #wait(name: string, partitions: readonly TopicPartition[], error: Error): void {
    const { consumer, logger, clock } = this.#host;
    logger.warn("a task is not opened so far", { task: name, error: error.message });
    // Until it is known where it begins, nothing is read: a place that is never fetched keeps the consumer from asking for itself.
    for (const place of partitions) consumer.seek(place, 0);
    consumer.pause(partitions);
    this.#waiting.set(name, {
      name,
      partitions,
      retryAtMs: clock.monotonicMs() + RETRY_MS,
      isLooking: false,
      prepared: undefined,
      failure: undefined,
    });
  }

  #look(waiting: Waiting): void {
    waiting.isLooking = true;
    this.#prepare(waiting.partitions, { timeoutMs: this.#within(LOOK_MS) })
      .then(
        (prepared) => (waiting.prepared = prepared),
        (error: Error) => (waiting.failure = error),
      )
      .finally(() => {
        waiting.isLooking = false;
        this.#host.wake();
      });
  }

  async #pauseAmong(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock } = this.#host;
    if (partitions.length >= MANY_PARTITIONS) await new Promise<void>((resolve) => clock.nextTurn(resolve));
  }

  #within(usualMs: number): number {
    return Math.max(SHORTEST_LOOK_MS, Math.min(usualMs, this.#host.timeouts.timeoutMs));
  }

  async #prepare(partitions: readonly TopicPartition[], options: CallOptions): Promise<Prepared> {
    const { consumer, admin, plan, clock } = this.#host;
    const committed = await consumer.committed(partitions, options);
    await this.#pauseAmong(partitions);
    const places = [...tasksOf(plan, partitions).values()].flatMap(({ subtopology, partition }) =>
      plan.subtopologies.find(({ id }) => id === subtopology)!.changelogs.map(({ topic }) => ({ topic, partition })),
    );
    const [seek, ends] = await Promise.all([
      startingPositions(consumer, plan, committed, clock.nowMs(), options),
      changelogEnds(admin, places, options),
    ]);
    const inputs = committed.map(
      ({ topic, partition, committed: found }): TaskInput => ({
        topic,
        partition,
        committed: found === undefined ? undefined : { offset: found.offset, metadata: found.metadata ?? "" },
      }),
    );
    return { inputs, ends, seek };
  }
}

/** It may go well another time: a leader or coordinator is looked for, another worker is about to let the folder go, or there will be room on the disk. */
const passingCodes: ReadonlySet<string> = new Set(["DISK_LOCKED", "DISK_FULL", "STREAMS_STATE_WRITE"]);

function isPassing(error: Error): boolean {
  if (error instanceof OttlaError && passingCodes.has(error.code)) return true;
  return "retriable" in error && error.retriable === true;
}
