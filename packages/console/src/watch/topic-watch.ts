import type { ConfigEntry, TopicDescription, TopicPartition } from "@ottla/client";
import { type Look, notSeen, type NotSeen, paced, pieces } from "./look.ts";
import { SharedLists } from "./shared-lists.ts";
import { Throughput } from "./throughput.ts";
import type { Timeline } from "./timeline.ts";
import { TopicEvents } from "./topic-events.ts";
import { type TopicRow, type TopicSettings, TopicState } from "./topic-state.ts";
import { type TopicTotals, totalsOf } from "./topic-totals.ts";

/** So much is asked for in one call: at first much, since somebody waits; then little, so that no broker's turn is long. */
const PARTITIONS_PER_CALL = { first: 4_000, later: 500 } as const;
const CONFIGS_PER_CALL = { first: 500, later: 200 } as const;
/** Of more partitions so many at a look, in turn. */
const PARTITIONS_PER_LOOK = 10_000;
/** Of what takes less than a microsecond each so many are done before the time is looked at. */
const AT_ONCE = 64;
/** What is read, and taken in, of a cluster of which nothing is known may be of a hundred thousand topics. */
const FIRST_LOOK_TIMEOUT_MS = 30_000;
/** Topics that somebody looks at are in every look for so long. */
const WANTED_FOR_MS = 30_000;
const WANTED_MAX = 500;
const SHOWN_KEYS = ["cleanup.policy", "retention.ms", "retention.bytes", "min.insync.replicas"] as const;
/** A quarter of an hour of looks. */
const POINTS_MAX = 180;

/** The topics of a cluster, as the newest looks have them. What a look could not see stays as it was, and why is told. */
export class TopicWatch {
  /** By name, in the order of their names. */
  #topics: ReadonlyMap<string, TopicState> = new Map();
  readonly #timeline: Timeline;
  readonly #throughput = new Throughput(POINTS_MAX);
  /** What is made of them when it is asked for. */
  #made: { rows?: readonly TopicRow[]; totals?: TopicTotals } = {};
  #seenAtMs: number | undefined;
  #failure: NotSeen | undefined;
  #partitionCount = 0;
  /** Until when each is in every look. */
  readonly #wanted = new Map<string, number>();
  /** The topics of this turn that are still to be looked at, for ends and for starts. */
  readonly #turns: Record<"ends" | "starts", { left: string[]; isFirst: boolean }> = {
    ends: { left: [], isFirst: true },
    starts: { left: [], isFirst: true },
  };
  #areSettingsSeen = false;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Since 1970, when the list was last seen; undefined: never yet as a whole. */
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

  get partitionCount(): number {
    return this.#partitionCount;
  }

  get(name: string): TopicState | undefined {
    return this.#topics.get(name);
  }

  /** Of all topics, in the order of their names, made once for each look: what a look changed it has made the rows of already. While the first look is taken in, of those that were so far. */
  rows(): readonly TopicRow[] {
    if (this.#seenAtMs === undefined) return Array.from(this.#topics.values(), (topic) => topic.row());
    this.#made.rows ??= Array.from(this.#topics.values(), (topic) => topic.row());
    return this.#made.rows;
  }

  /** Of all topics, made once for each look. */
  totals(): TopicTotals {
    if (this.#seenAtMs === undefined) return totalsOf(this.rows());
    this.#made.totals ??= totalsOf(this.rows());
    return this.#made.totals;
  }

  /** Somebody looks at these: their ends are in every look for half a minute. The ones that nobody asked for longest make way. */
  want(names: readonly string[], monotonicMs: number): void {
    for (const name of names.slice(0, WANTED_MAX)) {
      this.#wanted.delete(name);
      this.#wanted.set(name, monotonicMs + WANTED_FOR_MS);
    }
    for (const name of this.#wanted.keys()) {
      if (this.#wanted.size <= WANTED_MAX) break;
      this.#wanted.delete(name);
    }
  }

  /** Who has what, from the metadata: the whole list, or nothing. A topic that the cluster cannot tell of now stays as it was. */
  async lookAtTopics(look: Look): Promise<void> {
    try {
      const timeoutMs = this.#seenAtMs === undefined ? FIRST_LOOK_TIMEOUT_MS : undefined;
      const described = await paced(look, 1, (options) =>
        look.admin.describeTopics("all", { ...options, ...(timeoutMs && { timeoutMs }) }),
      );
      const atMs = look.clock.nowMs();
      const events = this.#seenAtMs === undefined ? undefined : new TopicEvents(atMs);
      const found = new Map<string, TopicState>();
      const lists = new SharedLists();
      let refused: unknown;
      let partitionCount = 0;
      const before = this.#topics;
      // Of a cluster of which nothing is known a part is better than nothing.
      if (this.#seenAtMs === undefined) this.#topics = found;
      for (const { name, value, error } of described) {
        if (error && error.code !== "UNKNOWN_TOPIC_OR_PARTITION") refused ??= error;
        const known = before.get(name);
        const state =
          value === undefined ? (error.code === "UNKNOWN_TOPIC_OR_PARTITION" ? undefined : known) : stateOf(known, value, lists, events);
        if (state !== undefined) {
          found.set(name, state);
          partitionCount += state.description.partitions.length;
          state.row();
        }
        if (look.slice.isOver) await look.slice.rest();
      }
      for (const name of before.keys()) if (!found.has(name)) events?.deleted(name);
      if (events !== undefined) this.#timeline.add(events.all());
      [this.#topics, this.#partitionCount, this.#seenAtMs, this.#made] = [found, partitionCount, atMs, {}];
      this.#failure = refused === undefined ? undefined : notSeen(refused, atMs, this.#failure);
    } catch (error) {
      this.#fail(error, look);
    }
  }

  /** Where partitions end; where they begin only when that is asked for too, since it moves seldom. At first of all; then of the topics that somebody looks at, and of others in turn. */
  async lookAtEnds(look: Look, alsoStarts: boolean): Promise<void> {
    const turn = this.#turns[alsoStarts ? "starts" : "ends"];
    const isFirst = turn.isFirst && this.#topics.size > 0;
    const names = await this.#nextTopics(turn, look);
    if (isFirst) turn.isFirst = false;
    const perCall = isFirst ? PARTITIONS_PER_CALL.first : PARTITIONS_PER_CALL.later;
    // Beside each other: a leader that does not answer holds up its own partitions, and is not asked for more of them.
    const byLeader = await this.#byLeader(names, look);
    await Promise.all(
      byLeader.map(async (led) => {
        try {
          for (const some of pieces(led, perCall)) await this.#lookAtSome(look, some, alsoStarts);
        } catch (error) {
          look.signal.throwIfAborted();
          this.#failure ??= notSeen(error, look.clock.nowMs());
        }
      }),
    );
    await this.#readRates(look, names, !alsoStarts && turn.left.length === 0);
  }

  async #lookAtSome(look: Look, some: readonly TopicPartition[], alsoStarts: boolean): Promise<void> {
    const ends = await this.#ask(look, some, "latest");
    const starts = alsoStarts ? await this.#ask(look, some, "earliest") : undefined;
    const changed = new Set<TopicState>();
    for (const [i, { topic, partition }] of some.entries()) {
      const [endOffset, startOffset] = [ends[i]?.value?.offset, starts?.[i]?.value?.offset];
      const state = this.#topics.get(topic);
      if (state !== undefined) {
        state.setPlace(partition, { ...(endOffset !== undefined && { endOffset }), ...(startOffset !== undefined && { startOffset }) });
        changed.add(state);
      }
      if (look.slice.isOver) await look.slice.rest();
    }
    for (const state of changed) {
      state.row();
      if (look.slice.isOver) await look.slice.rest();
    }
    // A leader that is away is an answer for each of its partitions.
    const refusal = ends.find(({ error }) => error !== undefined && error.retriable && error.code === "REQUEST_TIMED_OUT")?.error;
    if (refusal !== undefined) throw refusal;
  }

  /** What each broker has on its disks. */
  async lookAtSizes(look: Look, nodeIds: readonly number[]): Promise<void> {
    const largest = new Map<TopicState, (number | undefined)[]>();
    let seen = 0;
    const answers = await Promise.all(
      nodeIds.map(async (nodeId) => {
        const described = await paced(look, 1, (options) => look.admin.describeLogDirs([nodeId], options)).catch(() => []);
        look.signal.throwIfAborted();
        return described[0];
      }),
    );
    for (const answer of answers) {
      for (const { partitions } of answer?.value ?? [])
        for (const { topic, partition, sizeBytes, isFuture } of partitions) {
          const state = this.#topics.get(topic);
          if (state === undefined || isFuture) continue;
          let sizes = largest.get(state);
          if (sizes === undefined) largest.set(state, (sizes = []));
          sizes[partition] = Math.max(sizes[partition] ?? 0, sizeBytes);
          if (++seen % AT_ONCE === 0 && look.slice.isOver) await look.slice.rest();
        }
    }
    for (const [state, sizes] of largest) {
      for (const [partition, bytes] of sizes.entries()) if (bytes !== undefined) state.setPlace(partition, { bytes });
      state.row();
      if (look.slice.isOver) await look.slice.rest();
    }
    this.#made = {};
  }

  /** Settings that lists show, of all topics. */
  async lookAtSettings(look: Look): Promise<void> {
    const perCall = this.#areSettingsSeen ? CONFIGS_PER_CALL.later : CONFIGS_PER_CALL.first;
    this.#areSettingsSeen ||= this.#topics.size > 0;
    for (const names of pieces([...this.#topics.keys()], perCall)) {
      const resources = names.map((name) => ({ type: "topic" as const, name }));
      const found = await paced(look, 1, (options) => look.admin.describeConfigs(resources, { ...options, keys: SHOWN_KEYS })).catch(
        () => [],
      );
      look.signal.throwIfAborted();
      for (const { name, value } of found) {
        const state = this.#topics.get(name);
        if (state === undefined || value === undefined) continue;
        state.set(settingsOf(value));
        state.row();
      }
      if (look.slice.isOver) await look.slice.rest();
    }
    this.#made = {};
  }

  #fail(error: unknown, { signal, clock }: Look): void {
    signal.throwIfAborted();
    this.#failure = notSeen(error, clock.nowMs(), this.#failure);
  }

  /** Those that somebody looks at, and the next ones of the turn up to {@link PARTITIONS_PER_LOOK}; in the first turn all. */
  async #nextTopics(turn: { left: string[]; readonly isFirst: boolean }, { clock, slice }: Look): Promise<ReadonlySet<string>> {
    const monotonicMs = clock.monotonicMs();
    for (const [name, untilMs] of this.#wanted) if (untilMs < monotonicMs) this.#wanted.delete(name);
    const names = new Set<string>();
    let partitions = 0;
    const add = (name: string): void => {
      const topic = this.#topics.get(name);
      if (topic === undefined || names.has(name)) return;
      names.add(name);
      partitions += topic.description.partitions.length;
    };
    for (const name of this.#wanted.keys()) add(name);
    if (turn.left.length === 0) turn.left = [...this.#topics.keys()].reverse();
    while (turn.left.length > 0 && (turn.isFirst || partitions < PARTITIONS_PER_LOOK)) {
      add(turn.left.pop()!);
      if (names.size % AT_ONCE === 0 && slice.isOver) await slice.rest();
    }
    return names;
  }

  /** A leader that does not answer holds up its own partitions only. */
  async #byLeader(names: ReadonlySet<string>, { slice }: Look): Promise<readonly (readonly TopicPartition[])[]> {
    const byLeader = new Map<number, TopicPartition[]>();
    for (const topic of names) {
      for (const { partition, leader } of this.#topics.get(topic)?.description.partitions ?? []) {
        if (leader === undefined) continue;
        const led = byLeader.get(leader);
        if (led) led.push({ topic, partition });
        else byLeader.set(leader, [{ topic, partition }]);
      }
      if (slice.isOver) await slice.rest();
    }
    return [...byLeader.values()];
  }

  #ask(look: Look, partitions: readonly TopicPartition[], spec: "latest" | "earliest") {
    const queries = partitions.map((each) => ({ ...each, spec }));
    return paced(look, 1, (options) => look.admin.listOffsets(queries, options));
  }

  async #readRates({ clock, slice }: Look, names: ReadonlySet<string>, isWhole: boolean): Promise<void> {
    const [monotonicMs, nowMs] = [clock.monotonicMs(), clock.nowMs()];
    let total = 0;
    for (const [name, topic] of this.#topics) {
      let ends = 0;
      for (const { partition } of topic.description.partitions) ends += topic.place(partition).endOffset ?? 0;
      if (names.has(name)) {
        topic.readEnds(ends, monotonicMs, nowMs);
        topic.row();
      }
      total += ends;
      if (slice.isOver) await slice.rest();
    }
    // At the end of a turn, so that the growth of each partition is in it once.
    if (isWhole) this.#throughput.read(total, monotonicMs, nowMs);
    this.#made = {};
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

/** The state of a topic as it is described now: the one that is known, unless the topic was made anew. What is new in it the events are told. */
function stateOf(known: TopicState | undefined, topic: TopicDescription, lists: SharedLists, events: TopicEvents | undefined): TopicState {
  const before = known?.description;
  if (known === undefined || before?.topicId !== topic.topicId) {
    events?.created(topic);
    return new TopicState(lists.sharing(topic));
  }
  if (isSame(before, topic)) return known;
  events?.changed(before, topic);
  known.describe(lists.sharing(topic));
  return known;
}

/** Most looks bring what was known: the older object stays, and nothing is to be compared again. */
function isSame(known: TopicDescription, next: TopicDescription): boolean {
  if (known.partitions.length !== next.partitions.length) return false;
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
