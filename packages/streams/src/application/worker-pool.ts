import type { Clock, Logger } from "@ottla/base";
import type { DropReason } from "../processors/operator.ts";
import type { HostTasks } from "./assignment/member-data.ts";
import type { FatalAnswer } from "./options/application-options.ts";
import type { WorkerSnapshots, WorkerSnapshot } from "./observe/snapshots.ts";
import type { WatchedThread } from "./queries/live/change-source.ts";
import type { QueryableStore } from "./queries/queryable-stores.ts";
import type { StoreCopy } from "./queries/store-copy.ts";
import type { PartitionAsk, PartitionPage } from "./queries/store-query.ts";
import { StreamsError } from "../streams-error.ts";
import type { RestoreListener } from "./restore/changelog-restore.ts";
import { mostTelling } from "./threads/thread-questions.ts";
import { reasonOf } from "../thrown.ts";

/** A worker that takes the place of another waits a little, so that what fails at once does not spin. */
const RESTART_PAUSE_MS = 500;
/** Behind its deadline a close waits so long for the burial of a worker. */
const BURIAL_MS = 500;
/** So long workers have to say what they do. */
const LOOK_MS = 1_000;

/** A worker as its application sees it, in its own loop or on a thread. Runs once. */
export interface ApplicationWorker {
  readonly number: number;
  /** Resolves when it has come to its end; rejects with what ended it. All that it had is closed by then. */
  run(): Promise<void>;
  /** Lets it come to its end. */
  stop(isLeaving: boolean): void;
  /** Ends it now, whatever it does; nothing of what it has is committed. */
  terminate(): Promise<void>;
  setCacheBytes(maxBytes: number): void;
  /** What it does now; undefined before it joins the group. */
  snapshot(): Promise<WorkerSnapshot | undefined>;
  /** The copies of a store's partition that are in this loop. */
  copies(store: QueryableStore, partition: number): readonly StoreCopy[];
  /** Asks the thread that has what {@link ApplicationWorker.copies} cannot give; left out where there is none. */
  ask?(ask: PartitionAsk): Promise<PartitionPage>;
  /** What those who watch stores see of a thread; left out where there is none. */
  readonly watched?: WatchedThread;
  /** It ended without leaving the group: as whom. */
  readonly orphanedMemberId: string | undefined;
}

/** What a worker tells. */
export interface WorkerEvents {
  onRunning(isRunning: boolean): void;
  onDropped(reason: DropReason, count: number): void;
  readonly onRestore: RestoreListener;
  readonly onStandby: RestoreListener;
  /** Who can be asked for which tasks, as of its last rebalance. */
  onHosts(hosts: readonly HostTasks[]): void;
}

/** What the pool is given, and tells. */
export interface WorkerPoolHost {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of all workers together. */
  readonly cacheMaxBytes: number;
  make(number: number, cacheMaxBytes: number, events: WorkerEvents): ApplicationWorker;
  /** Takes a worker that died out of the group, and ends its transaction: nobody is to wait until the session and the transaction are over by themselves. */
  bury(number: number, memberId: string): Promise<void>;
  /** All of them run, or not. */
  onRunning(isRunning: boolean): void;
  onFatal(error: Error): FatalAnswer;
  /** What workers tell beside that. */
  readonly events: Omit<WorkerEvents, "onRunning">;
}

/** A place for a worker: who is in it changes when one dies and another begins anew. */
interface Place {
  readonly number: number;
  worker: ApplicationWorker;
  isRunning: boolean;
  /** It is to come to its end, and so with no other in its place. */
  isEnding: boolean;
  readonly hasRun: PromiseWithResolvers<void>;
  ended: Promise<void>;
}

/** The workers of an application: alone adds, replaces and removes them, and says whether all run. */
export class WorkerPool {
  readonly #host: WorkerPoolHost;
  readonly #places = new Map<number, Place>();
  #wasRunning = false;
  #isEnding = false;

  constructor(host: WorkerPoolHost) {
    this.#host = host;
  }

  /** What the workers do, by number. */
  get workers(): readonly { readonly number: number; readonly isRunning: boolean }[] {
    return [...this.#places.values()].map(({ number, isRunning }) => ({ number, isRunning }));
  }

  /** One more, with the lowest free number. `running` resolves when it runs for the first time, and rejects with what keeps it from that. */
  add(): { readonly number: number; readonly running: Promise<void> } {
    let number = 1;
    while (this.#places.has(number)) number++;
    this.#shareCache(this.#places.size + 1);
    const hasRun = Promise.withResolvers<void>();
    hasRun.promise.catch(() => {});
    const worker = this.#make(number, this.#places.size + 1);
    const place: Place = { number, worker, isRunning: false, isEnding: false, hasRun, ended: Promise.resolve() };
    this.#places.set(number, place);
    this.#tellRunning();
    place.ended = this.#supervise(place);
    return { number, running: hasRun.promise };
  }

  /** Ends the youngest; gives its number, or undefined where there is none. One that has not ended by then is terminated. */
  async remove(isLeaving: boolean, timeoutMs: number): Promise<number | undefined> {
    const place = [...this.#places.values()].filter(({ isEnding }) => !isEnding).at(-1);
    if (place === undefined) return undefined;
    await this.#end(place, isLeaving, timeoutMs);
    return place.number;
  }

  /** Ends all. Those that have not come to their end by then are terminated. Never rejects. */
  async end(isLeaving: boolean, timeoutMs: number): Promise<void> {
    this.#isEnding = true;
    await Promise.all([...this.#places.values()].map((place) => this.#end(place, isLeaving, timeoutMs)));
  }

  /** Ends all threads now, as if they were killed. */
  async terminate(): Promise<void> {
    this.#isEnding = true;
    await Promise.all([...this.#places.values()].map(({ worker }) => worker.terminate()));
  }

  /** What the workers do now. Never rejects. */
  async snapshots(): Promise<WorkerSnapshots> {
    const { promise: late, resolve } = Promise.withResolvers<"silent">();
    const timer = this.#host.clock.schedule(LOOK_MS, () => resolve("silent"));
    const asked = [...this.#places.values()].map(async ({ number, worker }) => ({
      number,
      snapshot: await Promise.race([worker.snapshot(), late]),
    }));
    const told = await Promise.all(asked);
    timer.cancel();
    return {
      workers: told.flatMap(({ snapshot }) => (snapshot === "silent" || snapshot === undefined ? [] : snapshot)),
      silent: told.filter(({ snapshot }) => snapshot === "silent").map(({ number }) => number),
    };
  }

  /** The copies of a store's partition that are in this loop: what is on other threads cannot be read from here. */
  copies(store: QueryableStore, partition: number): StoreCopy[] {
    return [...this.#places.values()].flatMap(({ worker }) => worker.copies(store, partition));
  }

  /** The first answer that one of the threads gives; undefined where there are none. Rejects with what tells most of why there is no answer. */
  async ask(ask: PartitionAsk): Promise<PartitionPage | undefined> {
    const asked = [...this.#places.values()].flatMap(({ worker }) => worker.ask?.(ask) ?? []);
    if (asked.length === 0) return undefined;
    try {
      return await Promise.any(asked);
    } catch (error) {
      throw mostTelling((error as AggregateError).errors);
    }
  }

  /** What those who watch stores see of the threads that are there now, the oldest first. */
  threads(): WatchedThread[] {
    return [...this.#places.values()].flatMap(({ worker }) => worker.watched ?? []);
  }

  #make(number: number, count: number): ApplicationWorker {
    return this.#host.make(number, Math.floor(this.#host.cacheMaxBytes / count), {
      ...this.#host.events,
      onRunning: (isRunning) => this.#onRunning(number, isRunning),
    });
  }

  /** Runs a worker, and another in its place as long as that is the answer to what it died of. */
  async #supervise(place: Place): Promise<void> {
    for (;;) {
      let failure: Error | undefined;
      try {
        await place.worker.run();
      } catch (error) {
        failure = error as Error;
      }
      this.#onRunning(place.number, false);
      await this.#bury(place.worker);
      if (failure !== undefined) this.#host.logger.error("a worker has ended", { worker: place.number, error: failure.message });
      if (failure === undefined || place.isEnding || this.#isEnding) break;
      const answer = this.#host.onFatal(failure);
      if (answer === "restart") await new Promise<void>((resolve) => void this.#host.clock.schedule(RESTART_PAUSE_MS, resolve));
      // The application may have come to its end meanwhile.
      if (answer !== "restart" || place.isEnding || this.#isEnding) {
        place.hasRun.reject(failure);
        break;
      }
      place.worker = this.#make(place.number, this.#places.size);
    }
    this.#places.delete(place.number);
    place.hasRun.reject(new StreamsError("STREAMS_CLOSED", `Worker ${place.number} was removed before its tasks ran.`));
    if (this.#isEnding) return;
    this.#shareCache(this.#places.size);
    this.#tellRunning();
  }

  async #bury({ number, orphanedMemberId }: ApplicationWorker): Promise<void> {
    if (orphanedMemberId === undefined) return;
    try {
      await this.#host.bury(number, orphanedMemberId);
    } catch (error) {
      this.#host.logger.warn(
        "a worker that died could not be taken out of the group; its tasks wait until its session and its transaction are over",
        {
          memberId: orphanedMemberId,
          error: reasonOf(error),
        },
      );
    }
  }

  async #end(place: Place, isLeaving: boolean, timeoutMs: number): Promise<void> {
    place.isEnding = true;
    place.worker.stop(isLeaving);
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = this.#host.clock.schedule(timeoutMs, () => resolve("late"));
    const isLate = (await Promise.race([place.ended, late])) === "late";
    timer.cancel();
    if (!isLate) return;
    this.#host.logger.warn("a worker did not come to its end in time and was ended: what it had not committed is done again", {
      worker: place.number,
      timeoutMs,
    });
    await place.worker.terminate();
    // What coordinators are asked of it meanwhile is a kindness to others, and no reason to be late.
    const { promise: latest, resolve: giveUp } = Promise.withResolvers<void>();
    const last = this.#host.clock.schedule(BURIAL_MS, giveUp);
    await Promise.race([place.ended, latest]);
    last.cancel();
  }

  #shareCache(count: number): void {
    if (count === 0) return;
    for (const { worker } of this.#places.values()) worker.setCacheBytes(Math.floor(this.#host.cacheMaxBytes / count));
  }

  #onRunning(number: number, isRunning: boolean): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    place.isRunning = isRunning;
    if (isRunning) place.hasRun.resolve();
    this.#tellRunning();
  }

  #tellRunning(): void {
    const isRunning = [...this.#places.values()].every((place) => place.isRunning);
    if (isRunning === this.#wasRunning) return;
    this.#wasRunning = isRunning;
    this.#host.onRunning(isRunning);
  }
}
