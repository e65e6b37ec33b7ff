import { ErrorCode, errorInfo, type KafkaError } from "@ottla/protocol";
import { refusalAt } from "../outcome.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { Cluster } from "./cluster.ts";
import type { MetadataSnapshot, TopicState } from "./metadata-snapshot.ts";

/** So long what was made a moment ago, or is being made by the question, may be unknown to a broker. */
const PATIENCE_MS = 1000;
/** Of many, the first ones are named. */
const NAMED_MAX = 10;

/** What somebody wants to read. */
export interface Wanted {
  /** By name, whatever partitions they have. The same array as long as they are the same. */
  readonly topics: readonly string[];
  readonly partitions: Iterable<TopicPartition>;
  /** Changes when the partitions do. */
  readonly changes: number;
}

interface Missing {
  readonly sinceMs: number;
  isSaid: boolean;
}

/**
 * Whether what somebody reads can be read at all, by what the metadata say: topics that may not be described, or have an impossible name, are an error with every answer that says so, as
 * in Java; topics and partitions that are not there are looked for on and on, and the log says so once.
 */
export class TopicWatch {
  readonly #cluster: Cluster;
  readonly #onError: (error: KafkaError) => void;
  #seen: MetadataSnapshot | undefined;
  #seenTopics: readonly string[] | undefined;
  #seenChanges = -1;
  /** When something that is missing is to be said. */
  #dueMs = Infinity;
  /** The answers that were told of, by topic. */
  #told = new Map<string, TopicState>();
  /** By what is said of it. */
  #missing = new Map<string, Missing>();

  constructor(cluster: Cluster, onError: (error: KafkaError) => void) {
    this.#cluster = cluster;
    this.#onError = onError;
  }

  /** Costs next to nothing when there is no news. */
  look(wanted: Wanted): void {
    const { current } = this.#cluster.metadata;
    const isNews = current !== this.#seen || wanted.topics !== this.#seenTopics || wanted.changes !== this.#seenChanges;
    if (!isNews && this.#cluster.deps.clock.monotonicMs() < this.#dueMs) return;
    this.#seen = current;
    this.#seenTopics = wanted.topics;
    this.#seenChanges = wanted.changes;
    const names = new Set(wanted.topics);
    const missing: string[] = [];
    for (const { topic, partition } of wanted.partitions) {
      names.add(topic);
      const count = current.topics.get(topic)?.partitions.length ?? 0;
      if (count > 0 && partition >= count) missing.push(`${topic}-${partition} (the topic has ${count} partitions)`);
    }
    const states = [...names].map((name) => current.topics.get(name)).filter((state) => state !== undefined);
    this.#tellRefused(states.filter(isRefused));
    for (const state of states)
      if (state.partitions.length === 0 && !isRefused(state)) missing.push(`${state.name} (${errorInfo(state.errorCode).name})`);
    this.#sayMissing(missing);
  }

  /** Those of one kind are one error; another kind waits for the next answer that has no news of this one. */
  #tellRefused(states: readonly TopicState[]): void {
    const told = new Map(states.filter((state) => this.#told.get(state.name) === state).map((state) => [state.name, state]));
    const untold = states.filter((state) => !told.has(state.name));
    const [first] = untold;
    if (first !== undefined) {
      const alike = untold.filter(({ errorCode }) => errorCode === first.errorCode);
      if (alike.length < untold.length) this.#seen = undefined;
      for (const state of alike) told.set(state.name, state);
      const words = alike.length === 1 ? "Topic" : "Topics";
      this.#onError(refusalAt(`${words} ${listed(alike.map(({ name }) => `"${name}"`))}`, first.errorCode));
    }
    this.#told = told;
  }

  #sayMissing(names: readonly string[]): void {
    const { clock, logger } = this.#cluster.deps;
    const now = clock.monotonicMs();
    this.#missing = new Map(names.map((name) => [name, this.#missing.get(name) ?? { sinceMs: now, isSaid: false }]));
    const unsaid = [...this.#missing].filter(([, { isSaid }]) => !isSaid);
    const due = unsaid.filter(([, { sinceMs }]) => now >= sinceMs + PATIENCE_MS);
    for (const [, each] of due) each.isSaid = true;
    this.#dueMs = Math.min(...unsaid.filter(([, each]) => !each.isSaid).map(([, { sinceMs }]) => sinceMs + PATIENCE_MS), Infinity);
    if (due.length > 0)
      logger.warn("what is to be read is not in the cluster; it is looked for until it is there", {
        missing: listed(due.map(([name]) => name)),
      });
  }
}

function isRefused({ errorCode }: TopicState): boolean {
  return errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED || errorCode === ErrorCode.INVALID_TOPIC_EXCEPTION;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return names.slice(0, NAMED_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
