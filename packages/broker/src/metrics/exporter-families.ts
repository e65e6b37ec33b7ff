import { labelText, type MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { own, topicLabel } from "./mbean-families.ts";
import { eachLog, eachPartition, isUnderReplicated } from "./partition-walks.ts";

/** Offsets and lag under the names of kafka_exporter, which stands beside Kafka in most set-ups. */
export function exporterFamilies(broker: BrokerState): MetricFamily[] {
  const ofTopic = (name: string, help: string, collect: MetricFamily["collect"]) =>
    own(`kafka_topic_partition${name}`, "gauge", help, collect);
  return [
    own("kafka_brokers", "gauge", "Brokers.", function* (sink) {
      sink("", broker.metadata.nodes.length);
      yield;
    }),
    ofTopic("s", "Partitions of a topic.", function* (sink) {
      for (const { name, partitions } of broker.metadata.topics()) {
        sink(topicLabel(name), partitions.length);
        yield;
      }
    }),
    ofTopic(
      "_current_offset",
      "The high watermark.",
      eachLog(broker, ({ highWatermark }) => highWatermark),
    ),
    ofTopic(
      "_oldest_offset",
      "The first offset that can be read.",
      eachLog(broker, ({ logStartOffset }) => logStartOffset),
    ),
    ofTopic(
      "_leader",
      "The broker that leads.",
      eachPartition(broker, ({ leader }) => leader),
    ),
    ofTopic(
      "_leader_is_preferred",
      "1: the first replica leads.",
      eachPartition(broker, ({ leader, replicas }) => Number(leader === replicas[0])),
    ),
    ofTopic(
      "_replicas",
      "Replicas.",
      eachPartition(broker, ({ replicas }) => replicas.length),
    ),
    ofTopic(
      "_in_sync_replica",
      "Replicas in sync.",
      eachPartition(broker, ({ isr }) => isr.length),
    ),
    ofTopic(
      "_under_replicated_partition",
      "1: fewer replicas are in sync than there are.",
      eachPartition(broker, (partition) => Number(isUnderReplicated(partition))),
    ),
    ...groupFamilies(broker),
  ];
}

function groupFamilies({ groups, partitions }: BrokerState): MetricFamily[] {
  /** Of each committed offset; the high watermark is undefined where the partition is gone. */
  const eachOffset = (value: (committed: number, highWatermark: number | undefined) => number | undefined): MetricFamily["collect"] =>
    function* (sink) {
      for (const { groupId, topic, partition, offset } of groups.committedOffsets()) {
        const found = value(offset, partitions.get(topic, partition)?.log.highWatermark);
        if (found !== undefined) sink(labelText({ consumergroup: groupId, topic, partition }), found);
        yield;
      }
    };
  return [
    own("kafka_consumergroup_members", "gauge", "Members of a group.", function* (sink) {
      for (const group of groups.known()) {
        sink(labelText({ consumergroup: group.groupId }), group.members.size);
        yield;
      }
    }),
    own(
      "kafka_consumergroup_current_offset",
      "gauge",
      "Committed offsets.",
      eachOffset((committed) => committed),
    ),
    own(
      "kafka_consumergroup_lag",
      "gauge",
      "Records between the committed offset and the high watermark.",
      eachOffset((committed, highWatermark) => (highWatermark === undefined ? undefined : Math.max(0, highWatermark - committed))),
    ),
  ];
}
