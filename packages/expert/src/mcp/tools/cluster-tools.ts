import { OttlaError } from "@ottla/base";
import { z } from "zod";
import { isObserved } from "../../snapshot/observed.ts";
import type { PartitionSnapshot, TopicSnapshot } from "../../snapshot/topic-snapshot.ts";
import { pageOf } from "../answer.ts";
import { type Look, lookTool } from "./live-tool.ts";

const page = {
  cursor: z.string().max(300).optional().describe("nextCursor of the page before"),
  limit: z.int().min(1).max(200).default(50),
};
const topicName = z.string().min(1).max(249);

/** Where a partition stands with its replicas. */
interface PartitionState {
  readonly isOffline: boolean;
  readonly inSync: number;
  readonly minIsr: number | undefined;
}

function stateOf(topic: TopicSnapshot, partition: PartitionSnapshot): PartitionState {
  const configs = isObserved(topic.configs) ? topic.configs.value : {};
  const minIsr = configs["min.insync.replicas"]?.value;
  return {
    isOffline: partition.leader === undefined,
    inSync: partition.replicas.filter(({ inSync }) => inSync).length,
    minIsr: minIsr === undefined || minIsr === null ? undefined : Number(minIsr),
  };
}

function topicOf(look: Look, name: string): TopicSnapshot {
  const topic = look.list("topics", look.snapshot.topics).find((each) => each.name === name);
  if (topic) return topic;
  throw new OttlaError("UNKNOWN_TOPIC", `There is no topic ${name} that this principal may see; list_topics has the others.`);
}

export const clusterTools = [
  lookTool({
    name: "cluster_overview",
    title: "Overview of the cluster",
    description:
      "Brokers, controller, counts of topics, partitions and groups, and what is not as it should be: partitions without a leader, below min ISR, under-replicated.",
    input: z.object({}),
    answer: (look) => {
      const { snapshot } = look;
      const topics = look.list("topics", snapshot.topics);
      const partitions = topics.flatMap((topic) => topic.partitions.map((partition) => ({ partition, state: stateOf(topic, partition) })));
      const groups = look.list("groups", snapshot.groups);
      return {
        clusterId: look.see("cluster id", snapshot.clusterId),
        controllerId: look.see("controller", snapshot.controllerId),
        brokers: snapshot.brokers.map(({ nodeId, state, endpoint, rack }) => ({
          nodeId,
          state,
          ...(endpoint && { endpoint: `${endpoint.host}:${endpoint.port}` }),
          rack,
        })),
        counts: {
          topics: topics.length,
          internalTopics: topics.filter(({ internal }) => internal).length,
          partitions: partitions.length,
          offlinePartitions: partitions.filter(({ state }) => state.isOffline).length,
          underMinIsrPartitions: partitions.filter(({ state }) => state.minIsr !== undefined && state.inSync < state.minIsr).length,
          underReplicatedPartitions: partitions.filter(({ partition, state }) => state.inSync < partition.replicas.length).length,
          groups: groups.length,
          groupsWithoutMembers: groups.filter(({ state }) => state === "Empty").length,
        },
        cost: snapshot.cost,
      };
    },
  }),
  lookTool({
    name: "quorum_status",
    title: "Metadata quorum",
    description: "Leader, voters and observers of the metadata log, and how far each is behind.",
    input: z.object({}),
    answer: (look) => {
      const quorum = look.see("quorum", look.snapshot.quorum);
      if (!quorum) return {};
      const { leaderId, leaderEpoch, highWatermark, voters, observers } = quorum;
      const behind = ({ nodeId, logEndOffset, lastCaughtUpAtMs }: (typeof voters)[number]) => ({
        nodeId,
        logEndOffset,
        lacksRecords: Math.max(0, highWatermark - logEndOffset),
        ...(lastCaughtUpAtMs !== undefined && { lastCaughtUpAt: new Date(lastCaughtUpAtMs).toISOString() }),
      });
      return { leaderId, leaderEpoch, highWatermark, voters: voters.map(behind), observers: observers.map(behind) };
    },
  }),
  lookTool({
    name: "can_restart_broker",
    title: "Can this broker be restarted?",
    description:
      "Simulates the loss of one broker: partitions that would lose their leader for good or fall below min ISR. Answers yes only if there is none and everything needed was seen.",
    input: z.object({ broker: z.int().min(0) }),
    answer: (look, { broker }) => {
      if (!look.snapshot.brokers.some(({ nodeId }) => nodeId === broker))
        throw new OttlaError(
          "UNKNOWN_BROKER",
          `There is no broker ${broker}; there are ${look.snapshot.brokers.map(({ nodeId }) => nodeId).join(", ")}.`,
        );
      const topics = look.list("topics", look.snapshot.topics);
      const without: { partition: string; inSyncThen: number; minIsr: number | undefined }[] = [];
      let isKnown = isObserved(look.snapshot.topics);
      for (const topic of topics) {
        if (!isObserved(topic.configs)) isKnown = false;
        for (const partition of topic.partitions) {
          if (!partition.replicas.some((replica) => replica.broker === broker)) continue;
          const inSyncThen = partition.replicas.filter((replica) => replica.inSync && replica.broker !== broker).length;
          const { minIsr } = stateOf(topic, partition);
          if (inSyncThen === 0 || inSyncThen < (minIsr ?? 1))
            without.push({ partition: `${topic.name}:${partition.partition}`, inSyncThen, minIsr });
        }
      }
      const unreadable = without.filter(({ inSyncThen }) => inSyncThen === 0).length;
      return {
        broker,
        answer: without.length > 0 ? "no" : isKnown ? "yes" : "unknown",
        reason:
          without.length > 0
            ? `${without.length} partitions would refuse writes with acks=all, ${unreadable} of them would have no leader.`
            : isKnown
              ? "Every partition on it keeps a leader and enough in-sync replicas."
              : "Not everything could be seen.",
        partitions: without,
      };
    },
  }),
  lookTool({
    name: "list_topics",
    title: "Topics",
    description: "Topics with partitions, replication factor, size and what is wrong with each, in pages by name.",
    input: z.object({ contains: z.string().max(249).optional(), internal: z.boolean().default(false), ...page }),
    answer: (look, { contains, internal, cursor, limit }) => {
      const topics = look
        .list("topics", look.snapshot.topics)
        .filter((topic) => (internal || !topic.internal) && (contains === undefined || topic.name.includes(contains)));
      const { items, ...rest } = pageOf(topics, ({ name }) => name, { cursor, limit });
      return { topics: items.map(summaryOf), ...rest };
    },
  }),
  lookTool({
    name: "describe_topic",
    title: "One topic",
    description:
      "Partitions with leader, replicas, in-sync replicas, offsets and bytes; settings that are not the default, and where each comes from.",
    input: z.object({ topic: topicName }),
    answer: (look, { topic: name }) => {
      const topic = topicOf(look, name);
      const configs = look.see(`settings of ${name}`, topic.configs) ?? {};
      return {
        ...summaryOf(topic),
        settings: Object.entries(configs)
          .filter(([, { source }]) => source !== "default")
          .map(([setting, { value, source, sensitive }]) => ({ setting, value: sensitive ? "(secret)" : value, source })),
        partitions: topic.partitions.map(({ partition, leader, leaderEpoch, replicas, offsets }) => ({
          partition,
          leader: leader ?? null,
          leaderEpoch,
          replicas: replicas.map(({ broker }) => broker),
          inSync: replicas.filter(({ inSync }) => inSync).map(({ broker }) => broker),
          ...(isObserved(offsets) ? offsets.value : { offsets: offsets.message }),
        })),
      };
    },
  }),
  lookTool({
    name: "broker_config",
    title: "Settings of brokers",
    description: "Settings of one broker that are not the default, with their source; secrets are never shown.",
    input: z.object({ broker: z.int().min(0), contains: z.string().max(100).optional() }),
    answer: (look, { broker, contains }) => {
      const found = look.snapshot.brokers.find(({ nodeId }) => nodeId === broker);
      if (!found) throw new OttlaError("UNKNOWN_BROKER", `There is no broker ${broker}.`);
      const configs = look.see(`settings of broker ${broker}`, found.configs) ?? {};
      return {
        broker,
        settings: Object.entries(configs)
          .filter(([name, { source }]) => source !== "default" && (contains === undefined || name.includes(contains)))
          .map(([setting, { value, source, sensitive }]) => ({ setting, value: sensitive ? "(secret)" : value, source })),
      };
    },
  }),
  lookTool({
    name: "config_diff",
    title: "Settings that differ between brokers",
    description:
      "Every setting that has not the same value on all brokers; those that must differ (ids, names, listeners, directories, racks) are left out.",
    input: z.object({}),
    answer: (look) => {
      const perSetting = new Map<string, Record<string, string | null>>();
      for (const { nodeId, configs } of look.snapshot.brokers)
        for (const [name, { value, sensitive }] of Object.entries(look.see(`settings of broker ${nodeId}`, configs) ?? {})) {
          if (OWN_SETTINGS.test(name) || sensitive) continue;
          perSetting.set(name, { ...perSetting.get(name), [nodeId]: value });
        }
      const differing = [...perSetting].filter(([, values]) => new Set(Object.values(values)).size > 1);
      return { brokers: look.snapshot.brokers.length, differing: differing.map(([setting, values]) => ({ setting, values })) };
    },
  }),
  lookTool({
    name: "log_dirs",
    title: "Disks of the logs",
    description: "Directories of each broker with bytes of replicas, size and free bytes, and failures.",
    input: z.object({}),
    answer: (look) => ({
      brokers: look.snapshot.brokers.map(({ nodeId, logDirs }) => ({
        nodeId,
        directories: look.list(`log directories of broker ${nodeId}`, logDirs),
      })),
    }),
  }),
  lookTool({
    name: "reassignments",
    title: "Reassignments",
    description: "Partitions that are being moved now.",
    input: z.object({}),
    answer: (look) => ({ reassignments: look.list("reassignments", look.snapshot.reassignments) }),
  }),
  lookTool({
    name: "transactions",
    title: "Transactions",
    description: "Transactional ids with their state, the oldest first, and transactions that hang.",
    input: z.object({ limit: page.limit }),
    answer: (look, { limit }) => {
      const all = look.list("transactions", look.snapshot.transactions);
      const oldestFirst = [...all].sort((a, b) => (a.startedAtMs ?? Number.MAX_SAFE_INTEGER) - (b.startedAtMs ?? Number.MAX_SAFE_INTEGER));
      return {
        total: all.length,
        transactions: oldestFirst.slice(0, limit),
        hanging: look.list("hanging transactions", look.snapshot.hangingTransactions),
      };
    },
  }),
];

/** What has to differ from broker to broker. */
const OWN_SETTINGS =
  /^(broker\.id|node\.id|broker\.rack|.*listeners|log\.dirs?|metadata\.log\.dir|.*keystore.*|.*truststore.*|advertised\..*)$/;

function summaryOf(topic: TopicSnapshot) {
  const states = topic.partitions.map((partition) => stateOf(topic, partition));
  const logs = topic.partitions.flatMap(({ replicas }) => replicas.flatMap(({ log }) => (isObserved(log) ? [log.value.bytes] : [])));
  return {
    name: topic.name,
    partitionCount: topic.partitions.length,
    replicationFactor: topic.partitions[0]?.replicas.length ?? 0,
    ...(logs.length > 0 && { bytesOfAllReplicas: logs.reduce((sum, bytes) => sum + bytes, 0) }),
    offlinePartitions: states.filter(({ isOffline }) => isOffline).length,
    underReplicatedPartitions: topic.partitions.filter(({ replicas }, i) => states[i]!.inSync < replicas.length).length,
    underMinIsrPartitions: states.filter(({ inSync, minIsr }) => minIsr !== undefined && inSync < minIsr).length,
  };
}
