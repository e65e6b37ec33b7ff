import { type Clock, type Logger, OttlaError } from "@ottla/base";
import type { Admin, Consumer, ConsumerBatch, OffsetAndMetadata, TopicPartition } from "@ottla/client";
import type { HeldTask } from "../assignment/member-data.ts";
import { partitionKey } from "../partition-key.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import { BatchFill } from "../restore/batch-fill.ts";
import { changelogEnds, whyNoBase } from "../restore/changelog-ends.ts";
import type { RestoreListener } from "../restore/changelog-restore.ts";
import type { TaskStores } from "../state/task-stores.ts";
import { type FollowedChangelog, StandbyTask } from "./standby-task.ts";
import { reasonOf } from "../../thrown.ts";

/** A copy on the disk is saved so often at least: what is not saved is read again after a kill. */
const SAVE_MS = 10_000;
/** How often positions, ends and what the group has committed are looked at. */
const LOOK_MS = 200;
/** After a failure copies rest for so long. */
const PAUSE_MS = 500;

/** What copies have of the world. */
export interface StandbyHost {
  readonly admin: Admin;
  readonly consumer: () => Consumer;
  /** Opens the stores of a task, from what is on the disk where something is. Throws `DISK_LOCKED` where others have them. */
  readonly open: (id: TaskId) => TaskStores;
  /** Removes what is on the disk of a task whose stores are closed. */
  readonly wipe: (name: string) => void;
  readonly committed: (
    partitions: readonly TopicPartition[],
  ) => Promise<readonly (TopicPartition & { readonly committed: OffsetAndMetadata | undefined })[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onProgress: RestoreListener;
}

/**
 * Copies of tasks that run elsewhere (Java's standby and warm-up tasks), kept up to date from changelogs. They are read only when nothing is restored, in slices that whoever calls bounds; what fails is tried
 * again and stops nobody. Of transactions only committed records are read where the consumer is told so.
 */
export class StandbyTasks {
  readonly #host: StandbyHost;
  readonly #copies = new Map<string, StandbyTask>();
  readonly #followed = new Map<string, FollowedChangelog>();
  /** What the group wants to be kept here. */
  #wanted = new Map<string, TaskId>();
  #isSettled = true;
  /** Copies whose positions are to be compared with what their changelogs still have. */
  readonly #unchecked = new Set<StandbyTask>();
  #consumer: Consumer | undefined;
  #filling: BatchFill[] = [];
  #lookedAtMs = -Infinity;
  #restsUntilMs = 0;

  constructor(host: StandbyHost) {
    this.#host = host;
  }

  /** How far the copies are, for who divides the tasks. */
  held(): HeldTask[] {
    return [...this.#copies.values()].map(({ stores: { id, offsetSum, endSum } }) => ({ ...id, offsetSum, endSum }));
  }

  /** The copies' names, with how far they are. */
  all(): readonly TaskStores[] {
    return [...this.#copies.values()].map(({ stores }) => stores);
  }

  /** There is something that the next step may do. */
  get hasWork(): boolean {
    return !this.#isSettled || this.#filling.length > 0;
  }

  /** What the group wants to be kept here from now on; the next steps see to it. */
  want(tasks: readonly TaskId[]): void {
    this.#wanted = new Map(tasks.map((task) => [taskName(task), task]));
    this.#isSettled = false;
  }

  /** Hands a copy over to the task that is to run here, as it is. Undefined: there is none. */
  take(name: string): TaskStores | undefined {
    const copy = this.#copies.get(name);
    if (copy === undefined) return undefined;
    this.#forget(copy);
    this.#tell("suspended", copy);
    copy.stores.isAsked = false;
    return copy.stores;
  }

  /** Reads on for `sliceMs`; tasks that `isHere` have no copy. Never rejects: copies are nobody's trouble but their own. */
  async step(sliceMs: number, isHere: (name: string) => boolean): Promise<void> {
    const { clock, logger } = this.#host;
    const endMs = clock.monotonicMs() + sliceMs;
    if (clock.monotonicMs() < this.#restsUntilMs) return;
    try {
      if (!this.#isSettled) await this.#settle(isHere, endMs);
      if (this.#copies.size === 0) return;
      if (this.#filling.length === 0) this.#filling = (await this.#opened().poll(0)).map((batch: ConsumerBatch) => new BatchFill(batch));
      await this.#fill(endMs);
      if (clock.monotonicMs() - this.#lookedAtMs >= LOOK_MS) await this.#look();
    } catch (error) {
      logger.warn("copies of tasks are not read for a moment", { error: reasonOf(error) });
      this.#restsUntilMs = clock.monotonicMs() + PAUSE_MS;
      // Positions may be gone: all are looked at again.
      this.#filling = [];
      this.#isSettled = false;
      for (const copy of this.#copies.values()) this.#unchecked.add(copy);
    }
  }

  /** Saves and closes all. */
  async close(): Promise<void> {
    for (const copy of [...this.#copies.values()]) await this.#drop(copy);
    await this.#consumer?.close({ timeoutMs: 0 });
  }

  async #settle(isHere: (name: string) => boolean, endMs: number): Promise<void> {
    const { clock, logger } = this.#host;
    for (const copy of [...this.#copies.values()]) if (!this.#wanted.has(copy.name) || isHere(copy.name)) await this.#drop(copy);
    let isAll = true;
    for (const [name, id] of this.#wanted) {
      if (this.#copies.has(name) || isHere(name)) continue;
      // At least one in each step.
      if (this.#unchecked.size > 0 && clock.monotonicMs() >= endMs) {
        isAll = false;
        break;
      }
      try {
        this.#add(this.#openWhole(id));
      } catch (error) {
        // Whoever has it is about to let it go.
        if (!(error instanceof OttlaError) || error.code !== "DISK_LOCKED") throw error;
        logger.debug("a copy waits for the task's folder", { task: name });
        isAll = false;
      }
    }
    if (this.#unchecked.size > 0) await this.#check();
    this.#assign();
    this.#isSettled = isAll;
    if (!isAll && this.#copies.size === 0) this.#restsUntilMs = clock.monotonicMs() + PAUSE_MS;
  }

  #openWhole(id: TaskId): TaskStores {
    const { open, wipe, logger } = this.#host;
    try {
      return open(id);
    } catch (error) {
      if (!(error instanceof OttlaError) || error.code !== "STREAMS_STATE_CORRUPTED") throw error;
      logger.warn("a copy that cannot be read is made again", { task: taskName(id), error: reasonOf(error) });
      wipe(taskName(id));
      return open(id);
    }
  }

  /** Where changelogs were cut behind a copy's position, or are other topics by now, the copy is made again. */
  async #check(): Promise<void> {
    const { admin, logger, wipe, open } = this.#host;
    const copies = [...this.#unchecked].filter((copy) => this.#copies.get(copy.name) === copy);
    const ends = await changelogEnds(
      admin,
      copies.flatMap(({ stores }) => stores.changelogs),
    );
    this.#unchecked.clear();
    for (const copy of copies) {
      if (this.#copies.get(copy.name) !== copy) continue;
      const reason = copy.stores.changelogs.flatMap(
        (changelog) => whyNoBase(changelog, ends.get(partitionKey(changelog.topic, changelog.partition))!) ?? [],
      )[0];
      if (reason !== undefined) {
        logger.warn("a copy whose changelog is gone is made again", { task: copy.name, reason });
        this.#forget(copy);
        copy.stores.close();
        wipe(copy.name);
        this.#add(open(copy.stores.id));
      }
      const now = this.#copies.get(copy.name)!;
      this.#unchecked.delete(now);
      for (const { changelog } of now.followed.values()) {
        const { start, end, topicId } = ends.get(partitionKey(changelog.topic, changelog.partition))!;
        now.stores.noteTopicId(changelog, topicId);
        changelog.position ??= Math.min(start, end);
        changelog.end = Math.max(end, changelog.position);
      }
      this.#tell("start", now);
    }
  }

  #add(stores: TaskStores): void {
    const copy = new StandbyTask(stores, this.#host.clock.monotonicMs());
    this.#copies.set(copy.name, copy);
    this.#unchecked.add(copy);
  }

  #assign(): void {
    const consumer = this.#opened();
    const known = new Set(this.#followed.keys());
    this.#followed.clear();
    for (const { followed } of this.#copies.values()) for (const [key, each] of followed) this.#followed.set(key, each);
    consumer.assign([...this.#followed.values()].map(({ changelog: { topic, partition } }) => ({ topic, partition })));
    for (const [key, { changelog, isHeld }] of this.#followed) {
      if (!known.has(key) || this.#filling.length === 0) consumer.seek(changelog, changelog.position ?? 0);
      if (isHeld) consumer.pause([changelog]);
    }
    this.#lookedAtMs = -Infinity;
  }

  async #fill(endMs: number): Promise<void> {
    const { clock } = this.#host;
    const mayGoOn = () => clock.monotonicMs() < endMs;
    while (this.#filling.length > 0) {
      const fill = this.#filling[0]!;
      const followed = this.#followed.get(partitionKey(fill.batch.topic, fill.batch.partition));
      const copy = followed?.copy;
      const store = followed === undefined ? undefined : copy!.stores.opened.all.get(followed.changelog.store);
      // Gone meanwhile, or set back.
      if (followed === undefined || store === undefined || followed.isHeld) {
        this.#filling.shift();
        continue;
      }
      const before = fill.count;
      fill.run(store, followed.limit, mayGoOn);
      followed.restoredCount += fill.count - before;
      followed.changelog.position = Math.max(followed.changelog.position ?? 0, fill.position);
      followed.changelog.end = Math.max(followed.changelog.end, followed.changelog.position);
      if (fill.isDone || !mayGoOn() || fill.count === before) {
        const isStuck = !fill.isDone && mayGoOn();
        if (fill.isDone || isStuck) this.#filling.shift();
        if (isStuck) {
          followed.isHeld = true;
          this.#opened().pause([followed.changelog]);
        }
        this.#tell("batch", copy!);
      }
      if (copy!.stores.needsSave) await this.#save(copy!);
      if (!mayGoOn()) return;
    }
  }

  /** Positions pass markers, ends go on, and the group commits. */
  async #look(): Promise<void> {
    const { clock } = this.#host;
    this.#lookedAtMs = clock.monotonicMs();
    const consumer = this.#opened();
    const waiting = new Set(this.#filling.map(({ batch }) => partitionKey(batch.topic, batch.partition)));
    for (const [key, followed] of this.#followed) {
      const { changelog } = followed;
      const lag = consumer.currentLag(changelog);
      if (lag === undefined || waiting.has(key) || followed.isHeld) continue;
      const position = Math.min(followed.limit, await consumer.position(changelog));
      changelog.end = Math.max(position + lag, changelog.position ?? 0);
      if (position <= (changelog.position ?? 0)) continue;
      changelog.position = position;
      this.#tell("batch", followed.copy);
    }
    await this.#raiseLimits();
    for (const copy of [...this.#copies.values()]) if (clock.monotonicMs() - copy.savedAtMs >= SAVE_MS) await this.#save(copy);
  }

  async #raiseLimits(): Promise<void> {
    const sources = [...this.#followed.values()].filter(({ changelog }) => changelog.isSource);
    if (sources.length === 0) return;
    const committed = await this.#host.committed(sources.map(({ changelog: { topic, partition } }) => ({ topic, partition })));
    for (const { topic, partition, committed: found } of committed) {
      const followed = this.#followed.get(partitionKey(topic, partition));
      if (followed === undefined || found === undefined || found.offset <= followed.limit) continue;
      followed.limit = found.offset;
      if (!followed.isHeld) continue;
      followed.isHeld = false;
      this.#opened().seek(followed.changelog, followed.changelog.position ?? 0);
      this.#opened().resume([followed.changelog]);
    }
  }

  /** Nobody else has a turn with copies meanwhile, but others of the loop have theirs. */
  async #save(copy: StandbyTask): Promise<void> {
    copy.savedAtMs = this.#host.clock.monotonicMs();
    await copy.stores.saveInTurns(this.#host.clock);
  }

  async #drop(copy: StandbyTask): Promise<void> {
    this.#forget(copy);
    this.#tell("suspended", copy);
    try {
      await copy.stores.saveInTurns(this.#host.clock);
    } catch (error) {
      this.#host.logger.warn("a copy was not saved", { task: copy.name, error: reasonOf(error) });
    }
    copy.stores.close();
  }

  #forget(copy: StandbyTask): void {
    this.#copies.delete(copy.name);
    this.#unchecked.delete(copy);
    for (const key of copy.followed.keys()) this.#followed.delete(key);
    // What was fetched for it continues it alone.
    this.#filling = this.#filling.filter(({ batch }) => !copy.followed.has(partitionKey(batch.topic, batch.partition)));
    this.#isSettled = false;
  }

  #opened(): Consumer {
    this.#consumer ??= this.#host.consumer();
    return this.#consumer;
  }

  #tell(event: Parameters<RestoreListener>[0], copy: StandbyTask): void {
    for (const { changelog, restoredCount } of copy.followed.values()) {
      const { store, topic, partition, position = 0, end } = changelog;
      this.#host.onProgress(event, { taskId: copy.name, store, topic, partition, position, end, restoredCount });
    }
  }
}
