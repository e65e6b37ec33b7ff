import type { ConfigEntry, TopicDescription, TopicPartition } from "@ottla/client";
import { type Look, notSeen, type NotSeen, paced, pieces } from "./look.ts";
import { Throughput } from "./throughput.ts";
import { type Timeline, topicEvents } from "./timeline.ts";
import { type TopicRow, type TopicSettings, TopicState } from "./topic-state.ts";

/** So many topics are asked for in one call, so that no answer is large. */
const TOPICS_PER_CALL = 500;
const PARTITIONS_PER_CALL = 4_000;
const CONFIGS_PER_CALL = 500;
const SHOWN_KEYS = ["cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas"] as const;
/** A quarter of an hour of looks. */
const POINTS_MAX = 180;

/** The topics of a cluster, as the newest looks have them. What a look could not see stays as it was, and why is told. */
export class TopicWatch {
  readonly #topics = new Map<string, TopicState>();
  readonly #timeline: Timeline;
  readonly #throughput = new Throughput(POINTS_MAX);
  #rows: readonly TopicRow[] | undefined;
  #seenAtMs: number | undefined;
  #failure: NotSeen | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Since 1970, when the list was last seen; undefined: never yet. */
  get seenAtMs(): number | undefined {
    return this.#seenAtMs;
  }

  /** Why the newest look failed. */
  get failure(): NotSeen | undefined {
    return this.#failure;
  }

  get throughput(): Throughput {
    return this.#throughput;
  }

  get size(): number {
    return this.#topics.size;
  }

  get(name: string): TopicState | undefined {
    return this.#topics.get(name);
  }

  /** Of all topics, made once for each look. */
  rows(): readonly TopicRow[] {
    this.#rows ??= [...this.#topics.values()].map((topic) => topic.row());
    return this.#rows;
  }

  /** Who has what, from the metadata: the whole list, or nothing. */
  async lookAtTopics(look: Look): Promise<void> {
    try {
      const listed = await paced(look, 1, (options) => look.admin.listTopics({ ...options, includeInternal: true }));
      const found = new Map<string, TopicDescription>();
      for (const some of pieces(listed, TOPICS_PER_CALL)) {
        const described = await paced(look, 1, (options) =>
          look.admin.describeTopics(
            some.map(({ name }) => name),
            options,
          ),
        );
        for (const { name, value, error } of described) {
          if (value) found.set(name, value);
          // Deleted since it was listed.
          else if (error.code !== "UNKNOWN_TOPIC_OR_PARTITION") throw error;
        }
        if (look.slice.isOver) await look.slice.rest();
      }
      this.#take(found, look.clock.nowMs());
      this.#failure = undefined;
    } catch (error) {
      this.#fail(error, look);
    }
  }

  /** Where partitions end; where they begin only when that is asked for too, since it moves seldom. */
  async lookAtEnds(look: Look, alsoStarts: boolean): Promise<void> {
    for (const led of this.#byLeader())
      for (const some of pieces(led, PARTITIONS_PER_CALL))
        try {
          const ends = await this.#ask(look, some, "latest");
          const starts = alsoStarts ? await this.#ask(look, some, "earliest") : undefined;
          for (const [i, { topic, partition }] of some.entries()) {
            const [endOffset, startOffset] = [ends[i]?.value?.offset, starts?.[i]?.value?.offset];
            this.#topics
              .get(topic)
              ?.setPlace(partition, { ...(endOffset !== undefined && { endOffset }), ...(startOffset !== undefined && { startOffset }) });
            if (look.slice.isOver) await look.slice.rest();
          }
        } catch (error) {
          look.signal.throwIfAborted();
          this.#failure ??= notSeen(error, look.clock.nowMs());
        }
    await this.#readRates(look);
  }

  /** What each broker has on its disks. */
  async lookAtSizes(look: Look, nodeIds: readonly number[]): Promise<void> {
    const largest = new Map<TopicState, (number | undefined)[]>();
    for (const nodeId of nodeIds) {
      const [answer] = await paced(look, 1, (options) => look.admin.describeLogDirs([nodeId], options)).catch(() => []);
      look.signal.throwIfAborted();
      for (const { partitions } of answer?.value ?? [])
        for (const { topic, partition, sizeBytes, isFuture } of partitions) {
          const state = this.#topics.get(topic);
          if (state === undefined || isFuture) continue;
          let sizes = largest.get(state);
          if (sizes === undefined) largest.set(state, (sizes = []));
          sizes[partition] = Math.max(sizes[partition] ?? 0, sizeBytes);
          if (look.slice.isOver) await look.slice.rest();
        }
    }
    for (const [state, sizes] of largest) {
      for (const [partition, bytes] of sizes.entries()) if (bytes !== undefined) state.setPlace(partition, { bytes });
      if (look.slice.isOver) await look.slice.rest();
    }
    this.#rows = undefined;
  }

  /** Settings that lists show, of all topics. */
  async lookAtSettings(look: Look): Promise<void> {
    for (const names of pieces([...this.#topics.keys()], CONFIGS_PER_CALL)) {
      const resources = names.map((name) => ({ type: "topic" as const, name }));
      const found = await paced(look, 1, (options) => look.admin.describeConfigs(resources, { ...options, keys: SHOWN_KEYS })).catch(
        () => [],
      );
      look.signal.throwIfAborted();
      for (const { name, value } of found) {
        const state = this.#topics.get(name);
        if (state && value) state.settings = settingsOf(value);
      }
      if (look.slice.isOver) await look.slice.rest();
    }
    this.#rows = undefined;
  }

  #take(found: ReadonlyMap<string, TopicDescription>, atMs: number): void {
    const before = new Map([...this.#topics].map(([name, { description }]) => [name, description]));
    const after = new Map([...found].map(([name, topic]) => [name, isSame(before.get(name), topic) ? before.get(name)! : topic]));
    if (this.#seenAtMs !== undefined) this.#timeline.add(topicEvents(before, after, atMs));
    for (const name of before.keys()) if (!after.has(name)) this.#topics.delete(name);
    for (const [name, description] of after) {
      const known = this.#topics.get(name);
      if (known?.description.topicId === description.topicId) known.description = description;
      else this.#topics.set(name, new TopicState(description));
    }
    this.#seenAtMs = atMs;
    this.#rows = undefined;
  }

  #fail(error: unknown, { signal, clock }: Look): void {
    signal.throwIfAborted();
    this.#failure = notSeen(error, clock.nowMs(), this.#failure);
  }

  /** A leader that does not answer holds up its own partitions only. */
  #byLeader(): readonly (readonly TopicPartition[])[] {
    const byLeader = new Map<number, TopicPartition[]>();
    for (const [topic, { description }] of this.#topics)
      for (const { partition, leader } of description.partitions) {
        if (leader === undefined) continue;
        const led = byLeader.get(leader);
        if (led) led.push({ topic, partition });
        else byLeader.set(leader, [{ topic, partition }]);
      }
    return [...byLeader.values()];
  }

  #ask(look: Look, partitions: readonly TopicPartition[], spec: "latest" | "earliest") {
    const queries = partitions.map((each) => ({ ...each, spec }));
    return paced(look, 1, (options) => look.admin.listOffsets(queries, options));
  }

  async #readRates({ clock, slice }: Look): Promise<void> {
    const [monotonicMs, nowMs] = [clock.monotonicMs(), clock.nowMs()];
    let total = 0;
    for (const topic of this.#topics.values()) {
      let ends = 0;
      for (const { partition } of topic.description.partitions) ends += topic.place(partition).endOffset ?? 0;
      topic.rate.read(ends, monotonicMs, nowMs);
      total += ends;
      if (slice.isOver) await slice.rest();
    }
    this.#throughput.read(total, monotonicMs, nowMs);
    this.#rows = undefined;
  }
}

function settingsOf(entries: readonly ConfigEntry[]): TopicSettings {
  const value = (key: string): string | undefined => entries.find(({ name }) => name === key)?.value ?? undefined;
  const number = (key: string): number | undefined => {
    const text = value(key);
    return text === undefined ? undefined : Number(text);
  };
  return {
    cleanupPolicy: value("cleanup.policy"),
    retentionMs: number("retention.ms"),
    retentionBytes: number("retention.bytes"),
    minInsyncReplicas: number("min.insync.replicas"),
  };
}

/** Most looks bring what was known: the older object stays, and nothing is to be compared again. */
function isSame(known: TopicDescription | undefined, next: TopicDescription): boolean {
  if (known === undefined || known.topicId !== next.topicId || known.partitions.length !== next.partitions.length) return false;
  return known.partitions.every((a, i) => {
    const b = next.partitions[i]!;
    return (
      a.leader === b.leader &&
      a.leaderEpoch === b.leaderEpoch &&
      equal(a.isr, b.isr) &&
      equal(a.replicas, b.replicas) &&
      equal(a.offlineReplicas, b.offlineReplicas)
    );
  });
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
