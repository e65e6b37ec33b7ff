import type { Fault } from "../fault.ts";
import { dropTopics, makeTopic, type TopicShape } from "./make-topic.ts";

let made = 0;

/** A topic that is not as it should be. */
function topicFault(name: string, rules: readonly string[], shape: TopicShape, cure: Fault["cure"] = "plan", topic?: string): Fault {
  return {
    name,
    rules,
    cure,
    make: async (world) => {
      const about = topic ?? `shop.faults.topic-${++made}`;
      await makeTopic(world, about, shape);
      return { about, heal: () => dropTopics(world, about), cleanUp: () => dropTopics(world, about) };
    },
  };
}

const compacted = { "cleanup.policy": "compact" };

export const topicFaults: readonly Fault[] = [
  topicFault("min ISR equal to the number of replicas", ["TOP-03"], { configs: { "min.insync.replicas": "3" } }),
  topicFault("min ISR of 1", ["TOP-02"], { configs: { "min.insync.replicas": "1" } }),
  topicFault("one replica on three brokers", ["TOP-01"], { replicationFactor: 1, configs: { "min.insync.replicas": "1" } }),
  topicFault("two replicas on three brokers", ["TOP-01"], { replicationFactor: 2, configs: { "min.insync.replicas": "1" } }),
  topicFault("deletes nothing and has no bound", ["TOP-12"], { configs: { "retention.ms": "-1", "retention.bytes": "-1" } }),
  topicFault("segments that outlive the retention", ["TOP-14"], { configs: { "retention.ms": "3600000", "segment.ms": "604800000" } }),
  topicFault("compaction that never rests", ["TOP-16"], { configs: { ...compacted, "min.cleanable.dirty.ratio": "0.01" } }),
  topicFault("deletions gone before a reader wakes", ["TOP-17"], { configs: { ...compacted, "delete.retention.ms": "1000" } }),
  topicFault("a changelog that is not compacted", ["TOP-18"], {}, "plan", "shop.faults.store-changelog"),
  topicFault("batches of 12 MiB allowed", ["TOP-21"], { configs: { "max.message.bytes": "12582912" } }, "hand"),
  topicFault("unclean election switched on", ["BRK-01"], { configs: { "unclean.leader.election.enable": "true" } }),
  {
    name: "dead letters that go before their topic's records",
    rules: ["TOP-24"],
    cure: "plan",
    make: async (world) => {
      const about = "shop.faults.paid.dlq";
      await makeTopic(world, "shop.faults.paid", { configs: { "retention.ms": "604800000" } });
      await makeTopic(world, about, { configs: { "retention.ms": "7200000", "segment.ms": "3600000" } });
      return { about, cleanUp: () => dropTopics(world, "shop.faults.paid", about) };
    },
  },
];
