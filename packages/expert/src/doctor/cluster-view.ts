import { explainLag } from "../lag/explain-lag.ts";
import type { LagExplanation } from "../lag/lag-cause.ts";
import { type LagReport, reportingLag, reportLag } from "../lag/lag-report.ts";
import { partitionName } from "../lag/group-sample.ts";
import type { Profile } from "../rules/rule.ts";
import type { BrokerSnapshot } from "../snapshot/broker-snapshot.ts";
import type { ClusterSnapshot } from "../snapshot/cluster-snapshot.ts";
import type { Configs } from "../snapshot/config-snapshot.ts";
import type { GroupSnapshot } from "../snapshot/group-snapshot.ts";
import { valueOf } from "../snapshot/observed.ts";
import type { PartitionSnapshot, TopicSnapshot } from "../snapshot/topic-snapshot.ts";
import type { Steps } from "../in-slices.ts";
import type { ClusterObservation, GroupTrend, PartitionTrend } from "./cluster-observation.ts";

/** A partition with what rules ask of it again and again. */
export interface PlacedPartition {
  readonly topic: TopicSnapshot;
  readonly name: string;
  readonly partition: PartitionSnapshot;
  readonly isr: readonly number[];
  /** Undefined when the topic's settings were not seen. */
  readonly minIsr: number | undefined;
  /** Being moved: it lacks replicas on purpose. */
  readonly moving: boolean;
  readonly trend: PartitionTrend | undefined;
}

/** What was observed, as rules read it. What was not seen is an empty list or undefined here; `unseen.ts` tells of it. */
export class ClusterView {
  readonly observation: ClusterObservation;
  readonly snapshot: ClusterSnapshot;
  readonly profile: Profile;
  readonly topics: readonly TopicSnapshot[];
  readonly groups: readonly GroupSnapshot[];
  /** By topic; those of topics that were not placed yet are when somebody asks. */
  readonly #placed: (readonly PlacedPartition[])[] = [];
  readonly #moving: ReadonlySet<string>;
  readonly #partitions: PlacedPartition[] = [];
  readonly #topicsByName: ReadonlyMap<string, TopicSnapshot>;
  readonly #explanations = new Map<string, LagExplanation>();
  readonly #reports = new Map<string, LagReport | undefined>();

  constructor(observation: ClusterObservation, profile: Profile) {
    this.observation = observation;
    this.snapshot = observation.snapshot;
    this.profile = profile;
    this.topics = valueOf(this.snapshot.topics) ?? [];
    this.groups = valueOf(this.snapshot.groups) ?? [];
    this.#topicsByName = new Map(this.topics.map((topic) => [topic.name, topic]));
    this.#moving = new Set((valueOf(this.snapshot.reassignments) ?? []).map(partitionName));
  }

  get partitions(): readonly PlacedPartition[] {
    this.#placeAll();
    return this.#partitions;
  }

  /** The same, a list for each topic. */
  get partitionsOfTopics(): readonly (readonly PlacedPartition[])[] {
    this.#placeAll();
    return this.#placed;
  }

  #placeAll(): void {
    while (this.#placed.length < this.topics.length) this.#placeNext();
  }

  /** The next topic's. */
  #placeNext(): void {
    const topic = this.topics[this.#placed.length]!;
    const minIsr = this.number(topic, "min.insync.replicas");
    const placed = topic.partitions.map((partition): PlacedPartition => {
      const name = partitionName({ topic: topic.name, partition: partition.partition });
      const isr = partition.replicas.filter(({ inSync }) => inSync).map(({ broker }) => broker);
      return { topic, name, partition, isr, minIsr, moving: this.#moving.has(name), trend: this.observation.partitions.get(name) };
    });
    this.#placed.push(placed);
    for (const each of placed) this.#partitions.push(each);
  }

  get liveBrokers(): readonly BrokerSnapshot[] {
    return this.snapshot.brokers.filter(({ state }) => state === "alive");
  }

  /** How many the cluster has, those that are down included: what a replication factor is judged by. */
  get brokerCount(): number {
    return this.snapshot.brokers.length;
  }

  /** How long it was watched; 0 after one look. */
  get watchedMs(): number {
    return this.snapshot.monotonicMs - this.observation.sinceMs;
  }

  topic(name: string): TopicSnapshot | undefined {
    return this.#topicsByName.get(name);
  }

  /** A topic's setting in effect; undefined when it was not seen. */
  text(topic: TopicSnapshot, key: string): string | undefined {
    return valueOf(topic.configs)?.[key]?.value ?? undefined;
  }

  number(topic: TopicSnapshot, key: string): number | undefined {
    return numberOf(this.text(topic, key));
  }

  brokerText(broker: BrokerSnapshot, key: string): string | undefined {
    return valueOf(broker.configs)?.[key]?.value ?? undefined;
  }

  brokerNumber(broker: BrokerSnapshot, key: string): number | undefined {
    return numberOf(this.brokerText(broker, key));
  }

  /** Brokers whose settings were seen, with them. */
  get configuredBrokers(): readonly { readonly broker: BrokerSnapshot; readonly configs: Configs }[] {
    return this.snapshot.brokers.flatMap((broker) => {
      const configs = valueOf(broker.configs);
      return configs ? [{ broker, configs }] : [];
    });
  }

  groupTrend(groupId: string): GroupTrend | undefined {
    return this.observation.groups.get(groupId);
  }

  /** How the group stands; undefined when that was not seen. */
  lag(groupId: string): LagReport | undefined {
    if (!this.#reports.has(groupId)) {
      const observation = this.observation.lags.get(groupId);
      this.#reports.set(groupId, observation && reportLag(observation));
    }
    return this.#reports.get(groupId);
  }

  /** Why the group is behind, as far as it can be seen; undefined as {@link ClusterView.lag}. */
  explanation(groupId: string): LagExplanation | undefined {
    const report = this.lag(groupId);
    const observation = this.observation.lags.get(groupId);
    if (report === undefined || observation === undefined) return undefined;
    const known = this.#explanations.get(groupId);
    if (known) return known;
    const explanation = explainLag(observation, report);
    this.#explanations.set(groupId, explanation);
    return explanation;
  }

  /** Works out beforehand, group by group, what several rules ask of each. */
  *prepare(): Steps<void> {
    while (this.#placed.length < this.topics.length) {
      this.#placeNext();
      yield;
    }
    for (const { groupId } of this.groups) {
      const observation = this.observation.lags.get(groupId);
      const report = observation && (yield* reportingLag(observation));
      this.#reports.set(groupId, report);
      if (report?.partitions.some(({ status }) => status !== "OK" && status !== "UNKNOWN")) this.explanation(groupId);
      yield;
    }
  }

  /** Records a second that come into a partition; undefined after one look. */
  producedPerS(placed: PlacedPartition): number | undefined {
    const first = placed.trend?.firstEnd;
    const end = valueOf(placed.partition.offsets)?.highWatermark;
    if (first === undefined || end === undefined || this.snapshot.monotonicMs <= first.atMs) return undefined;
    return Math.max(0, ((end - first.offset) * 1000) / (this.snapshot.monotonicMs - first.atMs));
  }
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** The first few of many: `a, b, c and 7 more`. */
export function firstOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}

/** `1 partition`, `3 partitions`. */
export function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? "" : "s"}`;
}

/** The same of what has names. */
export function firstNames(named: readonly { readonly name: string }[], most = 5): string {
  const shown = named.slice(0, most).map(({ name }) => name);
  return named.length <= most ? shown.join(", ") : `${shown.join(", ")} and ${named.length - most} more`;
}
