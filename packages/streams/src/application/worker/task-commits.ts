import type { Clock } from "@ottla/base";
import type { Admin, Consumer, TopicPartitionOffset } from "@ottla/client";
import type { Task } from "../../runtime/task.ts";
import type { WorkerMeter } from "../observe/worker-meter.ts";
import type { ActiveTask, TaskCommit } from "./active-task.ts";
import type { Meanwhile, RecordOutput } from "./record-output.ts";
import { RepartitionPurge } from "./repartition-purge.ts";
import type { TaskTimeouts } from "./task-timeouts.ts";
import { DeletedInput, isOfDeletedTopic, troubleOf } from "./trouble.ts";
import type { WorkerHost } from "./worker-host.ts";
import { reasonOf } from "../../thrown.ts";

/** So long what has to be done before a commit takes before other work of the loop has its turn. */
const SLICE_MS = 8;
/** Of thousands of partitions, in requests that take some ms each. Of a task that is cut between two, what the first one said counts: its records are written by then. */
const OFFSETS_PER_REQUEST = 2_000;

/** What commits are made with. */
export interface TaskCommitsParts {
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly output: RecordOutput;
  readonly timeouts: TaskTimeouts;
  readonly meter: WorkerMeter;
}

/** When a worker commits, and in which order: what tasks wrote, what the group is told of their input, and then what their disks are. */
export class TaskCommits {
  readonly #host: WorkerHost;
  readonly #consumer: Consumer;
  readonly #output: RecordOutput;
  readonly #timeouts: TaskTimeouts;
  readonly #meter: WorkerMeter;
  readonly #purge: RepartitionPurge;
  /** Something that a commit is for was done since the last one. */
  #hasDone = true;
  #committedAtMs: number;

  constructor(host: WorkerHost, { consumer, admin, output, timeouts, meter }: TaskCommitsParts) {
    this.#host = host;
    this.#consumer = consumer;
    this.#output = output;
    this.#timeouts = timeouts;
    this.#meter = meter;
    this.#purge = new RepartitionPurge({
      admin,
      clock: host.clock,
      logger: host.logger,
      isRepartitionTopic: (topic) => host.plan.repartitionTopics.has(topic),
      intervalMs: host.options.repartitionPurgeIntervalMs,
    });
    this.#committedAtMs = host.clock.monotonicMs();
  }

  /** Something is about to be done that a commit is for. */
  noteWork(): void {
    this.#hasDone = true;
  }

  /** Until what was done is to be committed; undefined: nothing was done since the last commit. */
  get dueInMs(): number | undefined {
    const { clock, options } = this.#host;
    return this.#hasDone ? this.#committedAtMs + options.commitIntervalMs - clock.monotonicMs() : undefined;
  }

  /** Commits these tasks when their time has come, or one of them asks for it. `goOn` processes further `meanwhile` where that is possible. */
  async commitIfDue(running: readonly ActiveTask[], goOn: Meanwhile): Promise<void> {
    const { dueInMs } = this;
    const isDue = dueInMs !== undefined && dueInMs <= 0;
    if (!isDue && !running.some(({ needsCommit }) => needsCommit)) return;
    this.#hasDone = false;
    // What stores on the disk are given waits for this commit, too, and would go to the disk with it.
    const areAllInMemory = !running.some(({ stores }) => stores.areOnDisk);
    try {
      await this.commit(running, areAllInMemory ? goOn : undefined);
    } catch (error) {
      this.#hasDone = true;
      throw error;
    }
  }

  /** What these tasks have done is put down: in the group, and then on their disks. What is done `meanwhile`, where there are transactions, belongs to the next commit. */
  async commit(tasks: readonly ActiveTask[], meanwhile?: Meanwhile): Promise<void> {
    const startMs = this.#host.clock.monotonicMs();
    this.#committedAtMs = startMs;
    for (const { task } of tasks) await this.#finish(task);
    const slices = new Slices(this.#host.clock);
    const commits: TaskCommit[] = [];
    const failures: unknown[] = [];
    for (const task of tasks) {
      // What caches give on is written in the transaction, too.
      commits.push(task.prepareCommit());
      await slices.pause();
    }
    const offsets = commits.flatMap((commit) => commit.offsets);
    if (offsets.length === 0 && !this.#output.isOpen) {
      await this.#output.flush();
      return;
    }
    if (this.#output.isTransactional) {
      await this.#output.commitTransaction(partsOf(offsets), this.#consumer.groupMetadata(), meanwhile && noting(failures, meanwhile));
    } else {
      await this.#output.flush();
      await this.#meter.during("commits offsets", async () => {
        for (const part of partsOf(offsets)) await this.#commitPart(part);
      });
    }
    this.#purge.note(offsets);
    try {
      await noteAll(commits, (topic, partition) => this.#output.endOf(topic, partition), this.#host.clock, slices);
      this.#timeouts.passed(tasks.map(({ name }) => name));
    } catch (error) {
      // Behind what a task failed with meanwhile: to wait for the disk alone would go on without that task's record.
      failures.push(error);
    }
    await this.#output.sendHeld();
    this.#meter.committed(this.#host.clock.monotonicMs() - startMs);
    // As if it had failed behind the commit.
    if (failures.length > 0) throw failures[0];
  }

  async #commitPart(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    try {
      await this.#consumer.commit(offsets);
    } catch (error) {
      if (!isOfDeletedTopic(error)) throw error;
      const { applicationId, subtopologies } = this.#host.plan;
      throw new DeletedInput(
        applicationId,
        subtopologies.some(({ sourcePatterns }) => sourcePatterns.length > 0),
        error,
      );
    }
  }

  /** Makes what is left of a record that became many, and what becomes of all that its caches hold. */
  async #finish(task: Task): Promise<void> {
    await this.#fanOut(task);
    task.flush();
    await this.#fanOut(task);
  }

  async #fanOut(task: Task): Promise<void> {
    const { clock } = this.#host;
    while (task.isFanningOut) {
      const endMs = clock.monotonicMs() + SLICE_MS;
      do task.fanOut();
      while (task.isFanningOut && !this.#output.isFull && clock.monotonicMs() < endMs);
      await this.#output.room();
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
    }
  }

  /** What cannot be committed any more is done again by whoever has the tasks next: no reason to end otherwise. */
  async commitLast(tasks: readonly ActiveTask[]): Promise<void> {
    try {
      await this.commit(tasks);
    } catch (error) {
      if (troubleOf(error as Error) === "fatal") throw error;
      this.#host.logger.warn("the last commit did not come about", { error: reasonOf(error) });
    }
  }
}

/** The same, but it never rejects. */
function noting(failures: unknown[], meanwhile: Meanwhile): Meanwhile {
  return (hasEnded) => meanwhile(hasEnded).catch((error: unknown) => void failures.push(error));
}

function partsOf(offsets: readonly TopicPartitionOffset[]): TopicPartitionOffset[][] {
  const parts: TopicPartitionOffset[][] = [];
  for (let from = 0; from < offsets.length; from += OFFSETS_PER_REQUEST) parts.push(offsets.slice(from, from + OFFSETS_PER_REQUEST));
  return parts;
}

/** Lets others have their turn when a slice is over, and only then. */
class Slices {
  readonly #clock: Clock;
  #endMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endMs = clock.monotonicMs() + SLICE_MS;
  }

  async pause(): Promise<void> {
    if (this.#clock.monotonicMs() < this.#endMs) return;
    await new Promise<void>((resolve) => this.#clock.nextTurn(resolve));
    this.#endMs = this.#clock.monotonicMs() + SLICE_MS;
  }
}

/** Each is told what was committed of it, also when the disk of one before it takes nothing. */
async function noteAll(
  commits: readonly TaskCommit[],
  endOf: (topic: string, partition: number) => number,
  clock: Clock,
  slices: Slices,
): Promise<void> {
  let failure: Error | undefined;
  for (const commit of commits) {
    try {
      await commit.task.noteCommitted(commit, endOf, clock);
    } catch (error) {
      failure ??= error as Error;
    }
    await slices.pause();
  }
  if (failure !== undefined) throw failure;
}
