import type { TopicPartition } from "@ottla/client";
import { byTask, tasksOf } from "../assignment/task-partitions.ts";
import { partitionKey } from "../partition-key.ts";
import type { WorkerMeter } from "../observe/worker-meter.ts";
import { StreamsError } from "../../streams-error.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import type { ChangelogEnds } from "../restore/changelog-ends.ts";
import { type ChangelogRestore, LostChangelog } from "../restore/changelog-restore.ts";
import type { StandbyTasks } from "../standby/standby-tasks.ts";
import type { TaskStores } from "../state/task-stores.ts";
import { ActiveTask, type TaskInput } from "./active-task.ts";
import type { RecordOutput } from "./record-output.ts";
import { wipeTask } from "./worker-clients.ts";
import type { WorkerHost } from "./worker-host.ts";
import { reasonOf } from "../../thrown.ts";

/** What a worker's tasks are made with. */
export interface HeldTasksParts {
  readonly output: RecordOutput;
  readonly restore: ChangelogRestore;
  /** Copies of tasks that run elsewhere: one whose task comes here becomes its stores. */
  readonly standbys: StandbyTasks;
  readonly openStores: (id: TaskId) => TaskStores;
  readonly meter: WorkerMeter;
  readonly onCallEnded: () => void;
}

/** The tasks that a worker has open, with what each of them holds: its stores, its folder, its places in the output and in the restore. */
export class HeldTasks {
  readonly #host: WorkerHost;
  readonly #output: RecordOutput;
  readonly #restore: ChangelogRestore;
  readonly #standbys: StandbyTasks;
  readonly #openStores: (id: TaskId) => TaskStores;
  readonly #onCallEnded: () => void;
  readonly #meter: WorkerMeter;
  readonly #tasks = new Map<string, ActiveTask>();
  readonly #taskOfPartition = new Map<string, ActiveTask>();

  constructor(host: WorkerHost, parts: HeldTasksParts) {
    this.#host = host;
    this.#output = parts.output;
    this.#restore = parts.restore;
    this.#standbys = parts.standbys;
    this.#openStores = parts.openStores;
    this.#meter = parts.meter;
    this.#onCallEnded = parts.onCallEnded;
  }

  all(): ActiveTask[] {
    return [...this.#tasks.values()];
  }

  /** Those that are not being restored. */
  running(): ActiveTask[] {
    return this.all().filter(({ isRestoring }) => !isRestoring);
  }

  has(name: string): boolean {
    return this.#tasks.has(name);
  }

  /** Whose input this partition is. */
  of({ topic, partition }: TopicPartition): ActiveTask | undefined {
    return this.#taskOfPartition.get(partitionKey(topic, partition));
  }

  fedBy(partitions: readonly TopicPartition[]): ActiveTask[] {
    return [...tasksOf(this.#host.plan, partitions).keys()].flatMap((name) => this.#tasks.get(name) ?? []);
  }

  /** Opens the tasks of these inputs and begins to restore them, from changelogs that end there; when one cannot be opened, none is. What is on the disk and is no base for the rest is removed, and made again. */
  open(inputs: readonly TaskInput[], ends: ReadonlyMap<string, ChangelogEnds>): void {
    const wiped = new Set<string>();
    for (;;) {
      const opened: ActiveTask[] = [];
      try {
        const inputsOf = byTask(this.#host.plan, inputs);
        for (const [name, id] of tasksOf(this.#host.plan, inputs)) opened.push(this.#open(name, id, inputsOf.get(name) ?? []));
        this.#restore.begin(opened, ends);
        return;
      } catch (error) {
        this.drop(opened);
        if (!(error instanceof LostChangelog) || wiped.has(error.task.name)) throw error;
        wiped.add(error.task.name);
        this.wipe(error.task, error);
      }
    }
  }

  /** A task whose state is no base any more: it is given up, with what is on the disk. */
  wipe(task: ActiveTask, reason: Error): void {
    this.#host.logger.warn("the state of a task is made again", { task: task.name, reason: reason.message });
    if (this.#tasks.get(task.name) === task) this.drop([task]);
    wipeTask(this.#host, task.name);
  }

  /** What cannot be read is made again, as what is not there. */
  #openWhole(id: TaskId): TaskStores {
    try {
      return this.#openStores(id);
    } catch (error) {
      if (!(error instanceof StreamsError) || error.code !== "STREAMS_STATE_CORRUPTED") throw error;
      this.#host.logger.warn("the state of a task is made again", { task: taskName(id), reason: error.message });
      wipeTask(this.#host, taskName(id));
      return this.#openStores(id);
    }
  }

  #open(name: string, id: TaskId, own: readonly TaskInput[]): ActiveTask {
    const { plan, options } = this.#host;
    const subtopology = plan.subtopologies.find((each) => each.id === id.subtopology)!;
    const stores = this.#standbys.take(name) ?? this.#openWhole(id);
    let task: ActiveTask;
    try {
      task = new ActiveTask({
        inputs: own,
        stores,
        maxTaskIdleMs: options.maxTaskIdleMs,
        task: { ...this.#host.task, nodes: subtopology.nodes, collector: this.#output },
      });
    } catch (error) {
      stores.close();
      throw error;
    }
    this.#tasks.set(name, task);
    this.#meter.taskCreated();
    for (const { topic, partition } of own) this.#taskOfPartition.set(partitionKey(topic, partition), task);
    for (const { topic, partition, isSource } of task.changelogs) if (!isSource) this.#output.follow(topic, partition);
    task.task.calls.onTryEnded(this.#onCallEnded);
    return task;
  }

  /** Never throws: what has them next, here or elsewhere, must not find them taken. */
  drop(tasks: readonly ActiveTask[]): void {
    for (const task of tasks) {
      this.#tasks.delete(task.name);
      this.#meter.taskClosed();
      for (const { topic, partition } of task.inputs) this.#taskOfPartition.delete(partitionKey(topic, partition));
      for (const { topic, partition } of task.changelogs) this.#output.unfollow(topic, partition);
      this.#quietly("a task did not close", () => task.close());
    }
    if (tasks.length > 0) this.#quietly("a restore did not end", () => this.#restore.forget(tasks));
  }

  #quietly(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#host.logger.warn(what, { application: this.#host.options.applicationId, error: reasonOf(error) });
    }
  }
}
