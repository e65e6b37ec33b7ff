import type { ChangeKind, ChangeOf, ClusterChange, PartitionPlace } from "../../plan/cluster-change.ts";
import type { SampledPartition } from "../../lag/group-sample.ts";
import type { BrokerSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { ClusterSnapshot } from "../../snapshot/cluster-snapshot.ts";
import type { Configs, ConfigValueSource } from "../../snapshot/config-snapshot.ts";
import type { BrokerLoad } from "../../snapshot/metrics-snapshot.ts";
import { isObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { AclEntry } from "../../snapshot/security-snapshot.ts";
import type { PartitionSnapshot, TopicSnapshot } from "../../snapshot/topic-snapshot.ts";

type CarryOut<Kind extends ChangeKind> = (snapshot: ClusterSnapshot, change: ChangeOf<Kind>) => ClusterSnapshot | undefined;

/**
 * A cluster's snapshot after a change, as a cluster that was healthy otherwise would be seen; undefined where no snapshot can show it, since a human does it. What a human is asked to write into the files of
 * brokers, line by line, is done and they are started again.
 */
export function carryOut(snapshot: ClusterSnapshot, change: ClusterChange): ClusterSnapshot | undefined {
  return (TABLE[change.kind] as CarryOut<ChangeKind>)(snapshot, change);
}

const TABLE: { readonly [Kind in ChangeKind]: CarryOut<Kind> } = {
  config: (snapshot, { target, settings }) => {
    switch (target.type) {
      case "topic":
        return onTopics(snapshot, [target.name], (topic) => ({
          ...topic,
          configs: configured(topic.configs, settings, "dynamicTopic", (name) => clusterValue(snapshot, name)),
        }));
      case "broker":
        return withSameWork(
          snapshot,
          onBrokers(snapshot, [target.nodeId], (broker) => configuredBroker(broker, settings, "dynamicBroker")),
          target.nodeId,
        );
      case "brokers":
        return {
          ...onBrokers(snapshot, undefined, (broker) => configuredBroker(broker, settings, "dynamicDefaultBroker")),
          brokerDefaults: configured(snapshot.brokerDefaults, settings, "dynamicDefaultBroker"),
        };
      case "group":
        return undefined;
    }
  },
  createTopic: () => undefined,
  deleteTopic: (snapshot, { topic }) => ({
    ...snapshot,
    topics: mapped(snapshot.topics, (all) => all.filter(({ name }) => name !== topic)),
  }),
  addPartitions: () => undefined,
  reassign: (snapshot, { moves }) =>
    onPartitions(snapshot, moves, (partition, { replicas }) => ({
      ...partition,
      leader: replicas[0],
      replicas: replicas.map((broker) => ({ broker, inSync: true, offline: false, log: partition.replicas[0]!.log })),
    })),
  cancelReassignment: (snapshot, { partitions }) => ({
    ...snapshot,
    reassignments: mapped(snapshot.reassignments, (all) => all.filter((each) => !partitions.some((place) => isAt(place, each)))),
  }),
  electLeaders: (snapshot, { partitions }) =>
    onPartitions(snapshot, partitions, (partition) => ({ ...partition, leader: partition.replicas[0]!.broker })),
  removeThrottles: (snapshot, { topics, brokers }) => {
    const lists = { "leader.replication.throttled.replicas": null, "follower.replication.throttled.replicas": null };
    const rates = { "leader.replication.throttled.rate": null, "follower.replication.throttled.rate": null };
    const freed = onTopics(snapshot, topics, (topic) => ({ ...topic, configs: configured(topic.configs, lists, "dynamicTopic") }));
    return onBrokers(freed, brokers, (broker) => configuredBroker(broker, rates, "dynamicBroker"));
  },
  setGroupOffsets: (snapshot, { group, offsets }) =>
    onPositions(snapshot, group, (places) =>
      places.map((place) => {
        const given = offsets.find((offset) => isAt(place, offset));
        return given === undefined ? place : { ...place, committedOffset: given.offset };
      }),
    ),
  setShareGroupOffsets: () => undefined,
  deleteShareGroupOffsets: () => undefined,
  deleteGroupOffsets: (snapshot, { group, partitions }) =>
    onPositions(snapshot, group, (places) => places.filter((place) => !partitions.some((one) => isAt(place, one)))),
  deleteGroup: (snapshot, { group }) => ({
    ...snapshot,
    groups: mapped(snapshot.groups, (all) => all.filter(({ groupId }) => groupId !== group)),
  }),
  abortTransaction: (snapshot, change) => {
    const ended = onPartitions(snapshot, [change], (partition) => ({
      ...partition,
      offsets: mapped(partition.offsets, (offsets) => ({ ...offsets, lastStableOffset: offsets.highWatermark })),
    }));
    return {
      ...ended,
      hangingTransactions: mapped(snapshot.hangingTransactions, (all) =>
        all.filter((each) => !isAt(each, change) || each.producerId !== change.producerId),
      ),
    };
  },
  addAcls: (snapshot, { acls }) => onAcls(snapshot, (all) => [...all, ...acls]),
  removeAcls: (snapshot, { acls }) => onAcls(snapshot, (all) => all.filter((each) => !acls.some((one) => isSame(one, each)))),
  setQuota: (snapshot, { entity, quotas }) => ({
    ...snapshot,
    quotas: mapped(snapshot.quotas, (all) => [
      ...all,
      { entity, quotas: Object.fromEntries(Object.entries(quotas).filter((entry): entry is [string, number] => entry[1] !== null)) },
    ]),
  }),
  upgradeFeature: (snapshot, { feature, level }) =>
    onBrokers(snapshot, undefined, (broker) => ({
      ...broker,
      features: mapped(broker.features, (all) => all.map((each) => (each.name === feature ? { ...each, finalizedLevel: level } : each))),
    })),
  manual: (snapshot, { subject, diff }) => {
    const lines = diff === undefined ? [] : diff.split("\n").filter((line) => /^[-+]?[a-z][\w.]*=/.test(line));
    if (lines.length === 0) return undefined;
    const settings = Object.fromEntries(
      lines.map((line): [string, string | null] => {
        const [, sign, name, value] = /^([-+]?)([\w.]+)=(.*)$/.exec(line)!;
        return [name!, sign === "-" ? null : value!];
      }),
    );
    for (const line of lines) {
      const [, name, value] = /^\+([\w.]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) settings[name] = value!;
    }
    const ids = [...subject.matchAll(/\d+/g)].map(([id]) => Number(id));
    const nodes = /^brokers? \d/.test(subject) ? ids : undefined;
    return onBrokers(snapshot, nodes, (broker) => configuredBroker(broker, settings, "staticBroker"));
  },
};

function onPositions(
  snapshot: ClusterSnapshot,
  group: string,
  change: (places: readonly SampledPartition[]) => readonly SampledPartition[],
): ClusterSnapshot {
  const groups = mapped(snapshot.groups, (all) =>
    all.map((each) => (each.groupId === group ? { ...each, positions: mapped(each.positions, change) } : each)),
  );
  return { ...snapshot, groups };
}

function mapped<Value>(seen: Observed<Value>, change: (value: Value) => Value): Observed<Value> {
  return isObserved(seen) ? observed(change(seen.value)) : seen;
}

function configured(
  configs: Observed<Configs>,
  settings: Readonly<Record<string, string | null>>,
  source: ConfigValueSource,
  above: (name: string) => string | undefined = () => undefined,
): Observed<Configs> {
  return mapped(configs, (all) => {
    const after: Record<string, Configs[string]> = { ...all };
    for (const [name, value] of Object.entries(settings)) {
      const inherited = above(name);
      if (value !== null) after[name] = { value, source };
      else if (inherited === undefined) delete after[name];
      else after[name] = { value: inherited, source: "default" };
    }
    return after;
  });
}

function configuredBroker(
  broker: BrokerSnapshot,
  settings: Readonly<Record<string, string | null>>,
  source: ConfigValueSource,
): BrokerSnapshot {
  return { ...broker, configs: configured(broker.configs, settings, source) };
}

function clusterValue({ brokers }: ClusterSnapshot, name: string): string | undefined {
  const [first] = brokers;
  return (first !== undefined && isObserved(first.configs) && first.configs.value[name]?.value) || undefined;
}

function onBrokers(
  snapshot: ClusterSnapshot,
  nodeIds: readonly number[] | undefined,
  change: (broker: BrokerSnapshot) => BrokerSnapshot,
): ClusterSnapshot {
  return {
    ...snapshot,
    brokers: snapshot.brokers.map((broker) => ((nodeIds?.includes(broker.nodeId) ?? true) ? change(broker) : broker)),
  };
}

function onTopics(snapshot: ClusterSnapshot, names: readonly string[], change: (topic: TopicSnapshot) => TopicSnapshot): ClusterSnapshot {
  return {
    ...snapshot,
    topics: mapped(snapshot.topics, (all) => all.map((topic) => (names.includes(topic.name) ? change(topic) : topic))),
  };
}

function onPartitions<Place extends PartitionPlace>(
  snapshot: ClusterSnapshot,
  places: readonly Place[],
  change: (partition: PartitionSnapshot, place: Place) => PartitionSnapshot,
): ClusterSnapshot {
  return onTopics(
    snapshot,
    places.map(({ topic }) => topic),
    (topic) => ({
      ...topic,
      partitions: topic.partitions.map((partition) => {
        const place = places.find((each) => each.topic === topic.name && each.partition === partition.partition);
        return place === undefined ? partition : change(partition, place);
      }),
    }),
  );
}

function onAcls(snapshot: ClusterSnapshot, change: (acls: readonly AclEntry[]) => readonly AclEntry[]): ClusterSnapshot {
  return {
    ...snapshot,
    acls: mapped(snapshot.acls, (acls) => (acls.authorizer === "enabled" ? { ...acls, acls: change(acls.acls) } : acls)),
  };
}

function isAt(one: PartitionPlace, other: PartitionPlace): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}

function isSame(one: AclEntry, other: AclEntry): boolean {
  return (Object.keys(one) as (keyof AclEntry)[]).every((key) => one[key] === other[key]);
}

/** How many threads there are, and what says how idle they are. */
const THREADS = [
  ["num.io.threads", "handlerIdle"],
  ["num.network.threads", "networkIdle"],
] as const;

/** A broker has the work that it had, and what did it is more or less now. */
function withSameWork(before: ClusterSnapshot, after: ClusterSnapshot, nodeId: number): ClusterSnapshot {
  const [was, is] = [before, after].map(({ brokers }) => brokers.find((broker) => broker.nodeId === nodeId));
  const idleAfter = (load: BrokerLoad): Partial<BrokerLoad> =>
    Object.fromEntries(
      THREADS.flatMap(([key, of]) => {
        const [less, more] = [numberIn(was, key), numberIn(is, key)];
        const idle = load[of];
        return less === undefined || more === undefined || idle === undefined ? [] : [[of, 1 - ((1 - idle) * less) / more]];
      }),
    );
  const isOf = ({ page }: BrokerLoad): boolean => page.split(":")[0] === is?.endpoint?.host;
  return {
    ...after,
    metrics: mapped(after.metrics, (metrics) => ({
      ...metrics,
      brokers: metrics.brokers.map((load) => (isOf(load) ? { ...load, ...idleAfter(load) } : load)),
    })),
  };
}

function numberIn(broker: BrokerSnapshot | undefined, key: string): number | undefined {
  const text = broker && isObserved(broker.configs) ? broker.configs.value[key]?.value : undefined;
  return text === undefined || text === null ? undefined : Number(text);
}
