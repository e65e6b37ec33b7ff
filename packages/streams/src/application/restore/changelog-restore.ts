import { type Admin, ClientError, type Consumer, type ConsumerBatch } from "@ottla/client";
import type { Clock, Logger } from "@ottla/base";
import { StreamsError } from "../../streams-error.ts";
import { BatchFill } from "./batch-fill.ts";
import { type ChangelogEnds, changelogEnds, whyNoBase } from "./changelog-ends.ts";
import type { ActiveTask } from "../worker/active-task.ts";
import { partitionKey } from "../partition-key.ts";
import type { ChangelogPosition } from "../state/task-stores.ts";

/** How long records are put into stores before others have their turn. */
const SLICE_MS = 10;
/** How often progress is told. */
const TELL_MS = 10_000;

/** How far a store has come. */
export interface RestoreProgress {
  readonly taskId: string;
  readonly store: string;
  readonly topic: string;
  readonly partition: number;
  /** Everything before it is in the store. */
  readonly position: number;
  readonly end: number;
  readonly restoredCount: number;
}

/** Is told when a store begins to be filled, after each batch, when it is filled, and when its task went away before. */
export type RestoreListener = (event: "start" | "batch" | "end" | "suspended", progress: RestoreProgress) => void;

/** The state of a task does not go on in its changelog: it is to be made again from what is there (`STREAMS_RESTORE`). */
export class LostChangelog extends StreamsError {
  readonly task: ActiveTask;

  constructor(task: ActiveTask, message: string) {
    super("STREAMS_RESTORE", `${message} The task's stores are made again from what is there.`);
    this.task = task;
  }
}

/** What a restore has of the world. */
export interface RestoreHost {
  readonly admin: Admin;
  readonly consumer: () => Consumer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProgress: RestoreListener;
}

interface Restoring {
  readonly task: ActiveTask;
  readonly changelog: ChangelogPosition;
  /** So far it has to come: behind the last record that was there when the restore began, decided or not. */
  readonly end: number;
  position: number;
  restoredCount: number;
}

/**
 * Fills the stores of tasks from their changelogs, before the tasks run. A store is filled when the *position* has come to where the topic ended at the beginning of the restore: markers and what compaction
 * took away have no records, but positions pass them. Where records are written in transactions, the end counts those that are still open, too: their fate is waited for, since behind them there may be
 * records of a later owner that are committed.
 */
export class ChangelogRestore {
  readonly #host: RestoreHost;
  readonly #restoring = new Map<string, Restoring>();
  #consumer: Consumer | undefined;
  #toldAtMs = 0;

  constructor(host: RestoreHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#restoring.size === 0;
  }

  /**
   * Begins with the stores of tasks, whose changelogs end there; a task is not `isRestoring` any more when all are filled. Its source topics are read up to what the group has committed. Throws {@link LostChangelog}, and nothing has begun, where a
   * store is ahead of its changelog, what follows it was deleted, or a copy is no base for what was committed.
   */
  begin(tasks: readonly ActiveTask[], ends: ReadonlyMap<string, ChangelogEnds>): void {
    const all = tasks.flatMap((task) => task.changelogs.map((changelog) => ({ task, changelog })));
    for (const { task, changelog } of all) checkBase(task, changelog, ends.get(partitionKey(changelog.topic, changelog.partition))!);
    for (const task of tasks) checkTime(task);
    for (const { task, changelog } of all) {
      const key = partitionKey(changelog.topic, changelog.partition);
      const { start, end: last, topicId } = ends.get(key)!;
      task.stores.noteTopicId(changelog, topicId);
      const end = endOf(task, changelog, last);
      changelog.end = end;
      const position = changelog.position ?? Math.min(start, end);
      if (position >= end) {
        changelog.position = position;
        continue;
      }
      // Where it begins is what it goes on from, whatever is deleted meanwhile.
      changelog.position = position;
      const restoring = { task, changelog, end, position, restoredCount: 0 };
      this.#restoring.set(key, restoring);
      this.#tell("start", restoring);
    }
    this.#assign();
    for (const restoring of this.#restoring.values()) {
      if (tasks.includes(restoring.task)) this.#opened().seek(restoring.changelog, restoring.position);
    }
    for (const task of tasks) {
      if (this.#isFilling(task)) continue;
      // Nothing was put into its stores.
      task.stores.save();
      task.isRestoring = false;
    }
  }

  /** Puts what there is into the stores, in slices; waits up to `waitMs` when there is nothing. */
  async step(waitMs: number): Promise<void> {
    if (this.isIdle) return;
    const consumer = this.#opened();
    let batches: readonly ConsumerBatch[];
    try {
      batches = await consumer.poll(waitMs);
    } catch (error) {
      if (!(error instanceof ClientError) || (error.code !== "NO_OFFSET" && error.code !== "LOG_TRUNCATED")) throw error;
      await this.#findLost();
      return;
    }
    try {
      for (const batch of batches) await this.#take(batch);
    } catch (error) {
      // What of them is not in the stores comes again.
      for (const { changelog, position } of this.#restoring.values()) consumer.seek(changelog, position);
      throw error;
    }
    for (const restoring of [...this.#restoring.values()]) {
      const position = await consumer.position(restoring.changelog);
      if (position > restoring.position) restoring.position = position;
      restoring.changelog.position = restoring.position;
      if (restoring.position >= restoring.end) await this.#done(restoring);
      else if (restoring.task.stores.needsSave) await restoring.task.stores.saveInTurns(this.#host.clock);
    }
    this.#tellFromTimeToTime();
  }

  /** The tasks went away. */
  forget(tasks: readonly ActiveTask[]): void {
    for (const [key, restoring] of this.#restoring) {
      if (!tasks.includes(restoring.task)) continue;
      this.#restoring.delete(key);
      this.#tell("suspended", restoring);
    }
    this.#assign();
  }

  async close(): Promise<void> {
    this.#restoring.clear();
    await this.#consumer?.close({ timeoutMs: 0 });
  }

  #opened(): Consumer {
    this.#consumer ??= this.#host.consumer();
    return this.#consumer;
  }

  #assign(): void {
    if (this.#consumer === undefined && this.isIdle) return;
    this.#opened().assign([...this.#restoring.values()].map(({ changelog: { topic, partition } }) => ({ topic, partition })));
  }

  async #take(batch: ConsumerBatch): Promise<void> {
    const { clock } = this.#host;
    const key = partitionKey(batch.topic, batch.partition);
    const fill = new BatchFill(batch);
    for (;;) {
      const restoring = this.#restoring.get(key);
      // Gone meanwhile.
      if (restoring === undefined) return;
      const { task, changelog } = restoring;
      const endMs = clock.monotonicMs() + SLICE_MS;
      const before = fill.count;
      // What comes behind the end of a source topic is the task's to process.
      const limit = changelog.isSource ? restoring.end : Infinity;
      fill.run(task.stores.opened.all.get(changelog.store)!, limit, () => clock.monotonicMs() < endMs && !task.stores.needsSave);
      restoring.restoredCount += fill.count - before;
      restoring.position = Math.max(restoring.position, fill.position);
      changelog.position = restoring.position;
      if (task.stores.needsSave) await task.stores.saveInTurns(this.#host.clock);
      if (fill.isDone || restoring.position >= limit) {
        this.#tell("batch", restoring);
        return;
      }
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
    }
  }

  /** What was to be read next is gone: throws {@link LostChangelog} where a store is not a base any more; where none is, reading begins anew from where it was. */
  async #findLost(): Promise<void> {
    const all = [...this.#restoring.values()];
    const ends = await changelogEnds(
      this.#host.admin,
      all.map(({ changelog }) => changelog),
    );
    for (const { task, changelog } of all) {
      const found = ends.get(partitionKey(changelog.topic, changelog.partition))!;
      changelog.position ??= Math.min(found.start, found.end);
      checkBase(task, changelog, found);
    }
    for (const { changelog, position } of all) this.#opened().seek(changelog, position);
  }

  async #done(restoring: Restoring): Promise<void> {
    const { changelog, task } = restoring;
    this.#restoring.delete(partitionKey(changelog.topic, changelog.partition));
    this.#assign();
    this.#tell("end", restoring);
    await this.#conclude(task);
  }

  async #conclude(task: ActiveTask): Promise<void> {
    if (this.#isFilling(task)) return;
    await task.stores.saveInTurns(this.#host.clock);
    task.isRestoring = false;
  }

  #isFilling(task: ActiveTask): boolean {
    return [...this.#restoring.values()].some((each) => each.task === task);
  }

  #tell(event: Parameters<RestoreListener>[0], { task, changelog, position, end, restoredCount }: Restoring): void {
    const { store, topic, partition } = changelog;
    this.#host.onProgress(event, { taskId: task.name, store, topic, partition, position, end, restoredCount });
  }

  #tellFromTimeToTime(): void {
    const { clock, logger } = this.#host;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#toldAtMs < TELL_MS) return;
    this.#toldAtMs = nowMs;
    for (const { task, changelog, position, end } of this.#restoring.values()) {
      logger.info("restoring a store", { task: task.name, store: changelog.store, topic: changelog.topic, position, end });
    }
  }
}

/** A copy that is far ahead of what its task has committed may have given up what is needed when that is done again. */
function checkTime(task: ActiveTask): void {
  if (task.stores.judgeAsOf(task.committedTimeMs)) return;
  throw new LostChangelog(
    task,
    `A store of task ${task.name} is ahead of what was committed, and some of what was live then is gone from it by its retention.`,
  );
}

/** What a store has is no base any more when the records that follow it were deleted, or it is of another topic. */
function checkBase(task: ActiveTask, changelog: ChangelogPosition, ends: ChangelogEnds): void {
  const reason = whyNoBase(changelog, ends);
  if (reason !== undefined) throw new LostChangelog(task, `Store ${changelog.store} of task ${task.name} ${reason}.`);
}

/** Of a topic that is also input: what the group has committed, since the task processes all that follows. */
function endOf(task: ActiveTask, { topic, isSource }: ChangelogPosition, end: number): number {
  if (!isSource) return end;
  const input = task.inputs.find((each) => each.topic === topic);
  return Math.min(end, input?.committed?.offset ?? 0);
}
