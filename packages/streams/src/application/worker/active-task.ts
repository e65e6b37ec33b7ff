import type { Clock } from "@ottla/base";
import type { ConsumerBatch, TopicPartition, TopicPartitionOffset } from "@ottla/client";
import { STEPS_PER_SLICE } from "../../runtime/fan-outs.ts";
import { Task } from "../../runtime/task.ts";
import { TaskMeter } from "../../runtime/task-meter.ts";
import type { CommittedProgress, TaskOptions } from "../../runtime/task-options.ts";
import type { PartitionProgress } from "../../stores/persistent/task-state.ts";
import type { TaskSnapshot } from "../observe/snapshots.ts";
import { partitionKey } from "../partition-key.ts";
import type { TaskId } from "../plan/task-id.ts";
import type { ChangelogPosition, TaskStores } from "../state/task-stores.ts";
import { InputPauses } from "./input-pauses.ts";
import { type InputLags, InputReadiness } from "./input-readiness.ts";
import { Pace } from "./pace.ts";
import { type CommitMetadata, decodeCommitMetadata, encodeCommitMetadata } from "./commit-metadata.ts";

/** A partition of a task's input as its group has it. */
export interface TaskInput extends TopicPartition {
  /** Undefined: nothing was committed. */
  readonly committed: { readonly offset: number; readonly metadata: string } | undefined;
}

/** What an {@link ActiveTask} is made with. */
export interface ActiveTaskOptions {
  readonly inputs: readonly TaskInput[];
  /** Its own from now on. */
  readonly stores: TaskStores;
  readonly maxTaskIdleMs: number;
  readonly task: Omit<
    TaskOptions,
    | "taskId"
    | "partition"
    | "state"
    | "stores"
    | "committed"
    | "isRestoredFromChangelogs"
    | "flushesAtCommit"
    | "stepsPerSlice"
    | "onCommitRequested"
    | "meter"
  >;
}

/** A commit of a task that is under way: what is put down of its input, and what its disk is told when that has been done. */
export interface TaskCommit {
  readonly task: ActiveTask;
  readonly offsets: readonly TopicPartitionOffset[];
}

/** A task that a worker runs: which records wait for it, when it may go on, and what of it is committed. Restores before it runs. */
export class ActiveTask {
  readonly id: TaskId;
  readonly name: string;
  readonly inputs: readonly TaskInput[];
  readonly task: Task;
  readonly stores: TaskStores;
  isRestoring: boolean;
  isCommitRequested = false;
  readonly meter: TaskMeter;
  /** How much of it is done between two looks at the clock. */
  readonly pace = new Pace();
  /** The stream time that its group knows of: −1: nothing was committed; Infinity: who committed did not say. */
  readonly committedTimeMs: number;
  readonly #options: ActiveTaskOptions;
  /** Where each partition's delivered records end. */
  readonly #delivered = new Map<string, number>();
  readonly #committed = new Map<string, string>();
  readonly #readiness: InputReadiness;
  readonly #pauses: InputPauses;
  #isClosed = false;

  constructor(options: ActiveTaskOptions) {
    const { inputs, stores } = options;
    this.#options = options;
    this.stores = stores;
    this.id = stores.id;
    this.name = stores.name;
    this.inputs = inputs;
    this.meter = new TaskMeter(options.task.systemTimeMs());
    const metadata = new Map(
      inputs.map(({ topic, partition, committed }) => [partitionKey(topic, partition), decodeCommitMetadata(committed?.metadata ?? "")]),
    );
    const hasTimes = inputs.every(({ committed }) => committed === undefined || committed.metadata !== "");
    this.committedTimeMs = hasTimes ? Math.max(-1, ...[...metadata.values()].map(({ partitionTimeMs }) => partitionTimeMs)) : Infinity;
    this.task = new Task({
      ...options.task,
      taskId: this.name,
      partition: this.id.partition,
      stores: stores.opened,
      state: stores.state,
      committed: progressOf(inputs, metadata),
      isRestoredFromChangelogs: true,
      flushesAtCommit: true,
      stepsPerSlice: STEPS_PER_SLICE,
      meter: this.meter,
      onDropped: (node, reason) => {
        this.meter.dropped(node, reason);
        options.task.onDropped?.(node, reason);
      },
      onCommitRequested: () => {
        this.isCommitRequested = true;
      },
    });
    this.isRestoring = stores.changelogs.length > 0;
    this.#readiness = new InputReadiness(inputs, this.task, options.maxTaskIdleMs);
    this.#pauses = new InputPauses(inputs, this.task);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get changelogs(): readonly ChangelogPosition[] {
    return this.stores.changelogs;
  }

  add(batch: ConsumerBatch): void {
    this.#readiness.noteRecords(batch.topic, batch.partition);
    this.#pauses.noteRecords(batch.topic, batch.partition);
    for (const record of batch) this.task.add(record);
    this.#delivered.set(partitionKey(batch.topic, batch.partition), batch.nextOffset);
  }

  /** Records are here that were not processed. */
  get isWaiting(): boolean {
    return this.task.filledQueueCount > 0;
  }

  waitingCount({ topic, partition }: TopicPartition): number {
    return this.task.waitingCount(topic, partition);
  }

  /** Whether its next record may be taken: partitions without any are known to have none, or were waited for long enough. */
  isReady(nowMs: number, lags: InputLags): boolean {
    return !this.isRestoring && !this.#isClosed && !this.task.calls.isFull && this.#readiness.isReady(nowMs, lags);
  }

  /** Whether {@link ActiveTask.process} has something to do. */
  hasWork(nowMs: number, lags: InputLags): boolean {
    this.#readiness.beginPass();
    return this.task.isFanningOut || this.isReady(nowMs, lags);
  }

  /** Processes until a call of `mayGoOn` says no, or nothing may be taken, or a record has become many, of which each call makes some. Returns how many records were taken. */
  process(nowMs: number, lags: InputLags, mayGoOn: () => boolean): number {
    this.meter.at(this.#options.task.systemTimeMs());
    const { spans } = this.task;
    const count = spans === undefined ? this.#processAll(nowMs, lags, mayGoOn) : spans.batch(() => this.#processAll(nowMs, lags, mayGoOn));
    this.meter.processed(count);
    return count;
  }

  #processAll(nowMs: number, lags: InputLags, mayGoOn: () => boolean): number {
    if (this.task.isFanningOut) {
      this.task.fanOut();
      return 0;
    }
    let count = 0;
    this.#readiness.beginPass();
    while (this.isReady(nowMs, lags) && this.task.processNext()) {
      count++;
      if (!mayGoOn() || this.task.isFanningOut) break;
    }
    return count;
  }

  /** Adds which of its partitions are to be read no further for now, and which again, since the last call: of those of which `waitingMax` records wait none more are read. */
  changePauses(waitingMax: number, paused: TopicPartition[], resumed: TopicPartition[]): void {
    this.#pauses.changes(this.isRestoring || this.task.calls.isFull, waitingMax, paused, resumed);
  }

  /** The task as it is; `nowMs` by the clock that {@link ActiveTask.isReady} is given. */
  snapshot(nowMs: number, lags: InputLags): TaskSnapshot {
    const { task, meter, id } = this;
    return {
      taskId: this.name,
      ...id,
      state: this.isRestoring ? "restoring" : "running",
      streamTimeMs: task.streamTimeMs,
      inputs: this.inputs.map(({ topic, partition, committed }) => {
        const key = partitionKey(topic, partition);
        const sinceMs = this.#readiness.idleSinceMs(topic, partition);
        return {
          topic,
          partition,
          committedOffset: this.#committedOffset(key) ?? committed?.offset,
          waitingCount: task.waitingCount(topic, partition),
          lag: lags.lag(topic, partition),
          idleMs: sinceMs === undefined ? undefined : nowMs - sinceMs,
        };
      }),
      changelogs: this.changelogs.map(({ store, topic, partition, position }) => ({ store, topic, partition, position })),
      ...meter.snapshot(this.#options.task.systemTimeMs()),
      openCallCount: task.calls.openCount,
      hasRoomForCalls: !task.calls.isFull,
      nextStreamTimePunctuationMs: task.nextStreamTimePunctuationMs,
    };
  }

  #committedOffset(key: string): number | undefined {
    const committed = this.#committed.get(key);
    return committed === undefined ? undefined : Number.parseInt(committed, 10);
  }

  /** Gives on what its caches hold, and says what its group has to be told; nothing where that knows all of it. */
  prepareCommit(): TaskCommit {
    this.isCommitRequested = false;
    const { progress, numbers } = this.task.prepareCommit();
    // Partitions of which nothing was read have the same.
    const encoded = new Map<number, string>();
    const metadataAt = (timeMs: number): string => {
      let metadata = encoded.get(timeMs);
      if (metadata === undefined) encoded.set(timeMs, (metadata = encodeCommitMetadata({ partitionTimeMs: timeMs, numbers })));
      return metadata;
    };
    const offsets = progress
      .map((each) => ({ ...each, offset: this.#passed(each) }))
      .map(({ topic, partition, offset, timeMs }) => ({
        topic,
        partition,
        offset,
        metadata: metadataAt(timeMs),
      }))
      .filter(({ topic, partition, offset, metadata }) => this.#committed.get(partitionKey(topic, partition)) !== `${offset} ${metadata}`);
    return { task: this, offsets };
  }

  /** The group has been told: now the disk is. `endOf`: behind the last record that was written to a changelog, −1 for none. */
  async noteCommitted(
    { offsets }: TaskCommit,
    endOf: (topic: string, partition: number) => number,
    clock: Pick<Clock, "monotonicMs" | "nextTurn">,
  ): Promise<void> {
    for (const { topic, partition, offset, metadata } of offsets)
      this.#committed.set(partitionKey(topic, partition), `${offset} ${metadata}`);
    for (const changelog of this.changelogs) {
      const end = changelog.isSource
        ? (offsets.find(({ topic }) => topic === changelog.topic)?.offset ?? -1)
        : endOf(changelog.topic, changelog.partition);
      if (end > (changelog.position ?? 0)) changelog.position = end;
    }
    await this.stores.saveInTurns(clock);
  }

  /** So much of its state waits for the disk that a commit is due. */
  get needsCommit(): boolean {
    return this.isCommitRequested || this.stores.needsSave;
  }

  /** What was not committed is lost: of stores on the disk, and of those in memory all. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.task.close();
    } finally {
      this.stores.close();
    }
  }

  /** Behind markers, and what was not for it, where all that was delivered is done with. */
  #passed({ topic, partition, offset }: PartitionProgress): number {
    if (this.task.waitingCount(topic, partition) > 0 || this.task.calls.openCount > 0) return offset;
    return Math.max(offset, this.#delivered.get(partitionKey(topic, partition)) ?? offset);
  }
}

function progressOf(inputs: readonly TaskInput[], metadata: ReadonlyMap<string, CommitMetadata>): CommittedProgress {
  return {
    offset: (topic, partition) => inputs.find((each) => each.topic === topic && each.partition === partition)?.committed?.offset,
    partitionTimeMs: (topic, partition) => metadata.get(partitionKey(topic, partition))?.partitionTimeMs ?? -1,
    numbers() {
      const numbers = new Map<string, number>();
      // Each partition has them as of its own last commit.
      for (const each of metadata.values()) {
        for (const [name, value] of each.numbers) numbers.set(name, Math.max(value, numbers.get(name) ?? value));
      }
      return numbers;
    },
    commit() {},
  };
}
