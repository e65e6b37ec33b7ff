import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { neededInSync } from "../config/topic-limits.ts";
import type { PartitionMetadata, TopicMetadata } from "../metadata/cluster-metadata.ts";
import type { Partition } from "../partitions/partition.ts";
import { partitionLabels } from "./mbean-families.ts";

type Collect = MetricFamily["collect"];
type OfMetadata = (partition: PartitionMetadata, topic: TopicMetadata) => number;

/** Collects a value of each open partition. */
export function eachLog({ partitions }: BrokerState, value: (log: Partition["log"]) => number): Collect {
  return function* (sink) {
    for (const { topic, index, log } of partitions.all()) {
      sink(partitionLabels(topic, index), value(log));
      yield;
    }
  };
}

/** Collects a value of each partition in metadata. */
export function eachPartition({ metadata }: BrokerState, value: OfMetadata): Collect {
  return function* (sink) {
    for (const topic of metadata.topics()) {
      for (const partition of topic.partitions) {
        sink(partitionLabels(topic.name, partition.index), value(partition, topic));
        yield;
      }
    }
  };
}

export function isUnderReplicated({ isr, replicas }: PartitionMetadata): boolean {
  return isr.length < replicas.length;
}

/** How many more replicas are in sync than `acks=all` needs; below 0 it is refused. */
export function spareInSync({ topicSettings }: BrokerState, { isr, replicas }: PartitionMetadata, topic: string): number {
  return isr.length - neededInSync(topicSettings.limits(topic), replicas.length);
}
