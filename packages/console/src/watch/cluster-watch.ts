import { type Clock, type Logger, pause, silentLogger } from "@ottla/base";
import type { Admin, Client } from "@ottla/client";
import { BrokerWatch } from "./broker-watch.ts";
import { GroupWatch } from "./group-watch.ts";
import { type Look, lookNow } from "./look.ts";
import { RequestBudget } from "./request-budget.ts";
import { Timeline } from "./timeline.ts";
import { TopicWatch } from "./topic-watch.ts";

/** What a watch stands on. */
export interface ClusterWatchOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** How many times as often as usual it looks; 1 unless it is said. */
  readonly watchRate?: number;
}

/** How often each part is looked at, in ms, while somebody looks at the console. At the start in this order. */
const EVERY_MS = {
  brokers: 5_000,
  topics: 10_000,
  groups: 5_000,
  starts: 15_000,
  lag: 5_000,
  sizes: 30_000,
  settings: 60_000,
  ends: 5_000,
} as const;
type Part = keyof typeof EVERY_MS;
/** What is asked of all partitions at once is asked the more seldom the more there are: of so many a second. What is asked of some at a time goes round, see TopicWatch. */
const PARTITIONS_PER_S = 2_000;
const OF_ALL_PARTITIONS: ReadonlySet<Part> = new Set(["topics", "sizes", "settings"]);

/** What is asked of the topics that are known. */
const OF_TOPICS: ReadonlySet<Part> = new Set(["starts", "sizes", "settings", "ends"]);

/** So long after the last request nobody is there any more, and the cluster is left alone. */
const AWAKE_FOR_MS = 90_000;
const TICK_MS = 250;
/** Whoever asks while nothing was seen yet waits so long. */
const FIRST_LOOK_MS = 3_000;

/**
 * What the console knows of a cluster. It looks by itself, part by part, at no more than 20 requests a second, while somebody looks at the console; all pages are answered from what it knows. Nothing here
 * writes to the cluster.
 */
export class ClusterWatch {
  readonly timeline = new Timeline();
  readonly brokers = new BrokerWatch(this.timeline);
  readonly topics = new TopicWatch(this.timeline);
  readonly groups = new GroupWatch(this.timeline);
  readonly budget: RequestBudget;
  readonly clock: Clock;
  /** How many times as often as usual it looks. */
  readonly rate: number;
  readonly #admin: Admin;
  readonly #logger: Logger;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #lookedMs = new Map<Part, number>();
  readonly #running = new Map<Part, Promise<void>>();
  #touchedMs = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #wake: (() => void) | undefined;
  #ended: Promise<void> | undefined;

  constructor({ client, clock, logger = silentLogger, watchRate = 1 }: ClusterWatchOptions) {
    this.#admin = client.admin();
    this.clock = clock;
    this.rate = watchRate;
    this.#logger = logger;
    this.budget = new RequestBudget(clock);
  }

  /** Somebody is there: the watch begins, or goes on. */
  touch(): void {
    this.#touchedMs = this.clock.monotonicMs();
    this.#ended ??= this.#run();
    this.#wake?.();
  }

  /** How many looks there were. */
  get looks(): number {
    return this.#looks;
  }

  /** Calls `onLook` after each look that may have changed something; gives what takes it back. */
  onLook(onLook: () => void): () => void {
    this.#listeners.add(onLook);
    return () => this.#listeners.delete(onLook);
  }

  /** Resolves when brokers and topics were looked at once, or after three seconds: a cluster that does not answer is told of by what is there. */
  async seen(): Promise<void> {
    this.touch();
    const isSeen = (): boolean =>
      (this.brokers.seenAtMs ?? this.brokers.failure?.sinceMs) !== undefined &&
      (this.topics.seenAtMs ?? this.topics.failure?.sinceMs) !== undefined;
    if (isSeen()) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        timer.cancel();
        forget();
        resolve();
      };
      const timer = this.clock.schedule(FIRST_LOOK_MS, done);
      const forget = this.onLook(() => {
        if (isSeen()) done();
      });
    });
  }

  /** Looks at this part as soon as possible: something was changed. */
  lookAgain(...parts: readonly Part[]): void {
    for (const part of parts) this.#lookedMs.delete(part);
    this.touch();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#wake?.();
    await this.#ended;
    await this.#admin.close();
  }

  /** Parts are looked at beside each other: a broker that does not answer holds up what is asked of it, and nothing else. */
  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      const nowMs = this.clock.monotonicMs();
      if (nowMs - this.#touchedMs > AWAKE_FOR_MS) await this.#asleep(signal);
      const due = this.#due();
      if (due !== undefined) {
        const look = this.#lookAt(due).finally(() => this.#running.delete(due));
        this.#running.set(due, look);
      } else await Promise.race([pause(this.clock, TICK_MS, signal), ...this.#running.values()]);
    }
    await Promise.allSettled(this.#running.values());
  }

  /** The part that has waited longest beyond its time, of those that are not looked at now. */
  #due(): Part | undefined {
    const nowMs = this.clock.monotonicMs();
    const areTopicsKnown = this.topics.seenAtMs !== undefined;
    const leastMs = (this.topics.partitionCount * 1_000) / PARTITIONS_PER_S;
    let [most, found]: [number, Part | undefined] = [0, undefined];
    for (const [part, usualMs] of Object.entries(EVERY_MS) as [Part, number][]) {
      if (this.#running.has(part) || (OF_TOPICS.has(part) && !areTopicsKnown)) continue;
      const ownMs = usualMs / this.rate;
      const everyMs = OF_ALL_PARTITIONS.has(part) ? Math.max(ownMs, leastMs) : ownMs;
      const late = (nowMs - (this.#lookedMs.get(part) ?? Number.NEGATIVE_INFINITY)) / everyMs;
      if (late >= 1 && late > most) [most, found] = [late, part];
    }
    return found;
  }

  /** Never rejects. */
  async #lookAt(part: Part): Promise<void> {
    const look = lookNow(this.#admin, this.clock, this.budget, this.#ending.signal);
    this.#lookedMs.set(part, this.clock.monotonicMs());
    try {
      await this.#parts[part](look);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#logger.error("The console could not look at a part of the cluster.", { part, error });
    }
    this.#looks++;
    for (const onLook of this.#listeners) onLook();
  }

  readonly #parts: Readonly<Record<Part, (look: Look) => Promise<void>>> = {
    brokers: (look) => this.brokers.look(look),
    topics: (look) => this.topics.lookAtTopics(look),
    ends: (look) => this.topics.lookAtEnds(look, false),
    starts: (look) => this.topics.lookAtEnds(look, true),
    sizes: (look) => this.topics.lookAtSizes(look, this.brokers.nodeIds),
    settings: (look) => this.topics.lookAtSettings(look),
    groups: (look) => this.groups.lookAtList(look, Math.max(1, this.brokers.nodeIds.length)),
    lag: (look) => this.groups.lookAtLag(look, Math.max(1, this.brokers.nodeIds.length)),
  };

  async #asleep(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (signal.aborted) resolve();
    });
    this.#wake = undefined;
  }
}
