import type { TopicPartition } from "@ottla/client";
import type { Clock, Disk } from "@ottla/base";
import { OpenedStores } from "../../runtime/opened-stores.ts";
import { openStores, type StoreOptions } from "../../runtime/task-stores.ts";
import type { PendingBudget } from "../../stores/persistent/pending-budget.ts";
import { type PartitionProgress, TaskState } from "../../stores/persistent/task-state.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import type { Changelog } from "../plan/topology-plan.ts";

/** Where a store is with its changelog: everything before `position` is in it. */
export interface ChangelogPosition extends TopicPartition {
  readonly store: string;
  readonly isSource: boolean;
  /** Undefined: from the beginning. */
  position: number | undefined;
  /** Where the changelog ended when somebody looked last: never before `position`. */
  end: number;
  /** Of the topic that the store is made from; undefined: not known. */
  topicId: string | undefined;
}

/** What the stores of a task are opened with. */
export interface TaskStoresOptions {
  readonly id: TaskId;
  readonly changelogs: readonly Changelog[];
  /** The task's folder; undefined: all its stores are in memory. */
  readonly folder: string | undefined;
  readonly disk: Disk;
  /** Of what waits for the disk in all tasks of the worker. */
  readonly pending: PendingBudget;
  /** They were closed. */
  readonly onClosed?: (stores: TaskStores) => void;
  readonly stores: Omit<StoreOptions, "taskId" | "partition" | "state" | "isRestoredFromChangelogs">;
}

/**
 * The stores of a task with its folder and how far they are in their changelogs, whoever fills them: a task's restore, or somebody who keeps a copy for it. Has one owner at a time, who may hand it on: a copy
 * becomes a task's stores without being read again.
 */
export class TaskStores {
  readonly id: TaskId;
  readonly name: string;
  readonly folder: string | undefined;
  readonly opened: OpenedStores;
  readonly changelogs: readonly ChangelogPosition[];
  readonly state: TaskState | undefined;
  readonly #onClosed: ((stores: TaskStores) => void) | undefined;
  #savedOffsetSum: number;
  #isClosed = false;

  /** Throws `STREAMS_STATE_CORRUPTED`, `DISK_LOCKED`, and what else the disk says. */
  constructor({ id, changelogs, folder, disk, pending, stores, onClosed }: TaskStoresOptions) {
    this.#onClosed = onClosed;
    this.id = id;
    this.name = taskName(id);
    this.folder = folder;
    const state = folder === undefined ? undefined : TaskState.open(disk, folder, pending, stores.topology.stores.size);
    this.state = state;
    try {
      const options = { ...stores, taskId: this.name, partition: id.partition, state, isRestoredFromChangelogs: true };
      this.opened = new OpenedStores((record, streamTimeMs) => openStores(options, record, streamTimeMs));
      this.changelogs = changelogs.map(({ store, topic, isSource }) => {
        const isPersistent = this.opened.all.get(store)?.isPersistent === true;
        const position = isPersistent ? state?.offset(topic, id.partition) : undefined;
        return { store, topic, partition: id.partition, isSource, position, end: position ?? 0, topicId: state?.topicId(topic) };
      });
      this.#savedOffsetSum = this.#persistentSum();
    } catch (error) {
      state?.close();
      throw error;
    }
  }

  /** The topic that a changelog's name stands for now is the one that the store is made from. */
  noteTopicId(changelog: ChangelogPosition, topicId: string | undefined): void {
    if (topicId === undefined) return;
    changelog.topicId = topicId;
    this.state?.noteTopicId(changelog.topic, topicId);
  }

  /** How many changelog records what is on the disk is made of. */
  get savedOffsetSum(): number {
    return this.#savedOffsetSum;
  }

  /** Somebody may ask for what they hold while they are filled. */
  set isAsked(isAsked: boolean) {
    if (this.state !== undefined) this.state.isAsked = isAsked;
  }

  /** Somebody asks for what they hold while they are filled: resolves when all of it can be looked up. */
  async settleInTurns(clock: Pick<Clock, "monotonicMs" | "nextTurn">): Promise<void> {
    await this.state?.settleInTurns(clock);
  }

  /** Whether a file, or the folder itself, is the task's. */
  isIn(path: string): boolean {
    return this.folder !== undefined && (path === this.folder || path.startsWith(`${this.folder}/`));
  }

  /** What is live is judged as of that stream time, which the task has committed. False: something that was live then is gone. */
  judgeAsOf(streamTimeMs: number): boolean {
    return [...this.opened.all.values()].every((store) => store.judgeAsOf?.(streamTimeMs) ?? true);
  }

  /** How many changelog records it is made of. */
  get offsetSum(): number {
    return this.changelogs.reduce((sum, { position = 0 }) => sum + position, 0);
  }

  /** How many it would be made of if it were up to date, as far as is known here. */
  get endSum(): number {
    return this.changelogs.reduce((sum, { position = 0, end }) => sum + Math.max(position, end), 0);
  }

  /** What is put into some of them waits for the disk. */
  get areOnDisk(): boolean {
    return this.state !== undefined && [...this.opened.all.values()].some(({ isPersistent }) => isPersistent);
  }

  /** So much of it waits for the disk that it is to be saved soon. */
  get needsSave(): boolean {
    return this.state?.needsCommit === true;
  }

  /** Writes to the disk what the stores hold, with how far that is in their changelogs. Throws `STREAMS_STATE_WRITE`; what waits is written with the next one. */
  save(): void {
    this.state?.commit(this.#progress());
    this.#savedOffsetSum = this.#persistentSum();
  }

  /** As {@link save}, with turns of the loop in between where much waits. Nothing may be put into the stores meanwhile. */
  async saveInTurns(clock: Pick<Clock, "monotonicMs" | "nextTurn">): Promise<void> {
    await this.state?.commitInTurns(this.#progress(), clock);
    if (!this.#isClosed) this.#savedOffsetSum = this.#persistentSum();
  }

  #persistentSum(): number {
    const isKept = (store: string) => this.opened.all.get(store)?.isPersistent === true;
    return this.changelogs.reduce((sum, { store, position = 0 }) => sum + (isKept(store) ? position : 0), 0);
  }

  #progress(): PartitionProgress[] {
    return this.changelogs.flatMap(({ topic, partition, position }) =>
      position === undefined ? [] : [{ topic, partition, offset: position, timeMs: -1 }],
    );
  }

  /** What was not saved is lost: of stores on the disk, and of those in memory all. A task has closed its stores before. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.opened.close();
    } finally {
      this.state?.close();
      this.#onClosed?.(this);
    }
  }
}
