import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { countedOnce } from "./counted-once.ts";
import { type MBean, meter, plainGauge } from "./mbean-families.ts";
import { isUnderReplicated, spareInSync } from "./partition-walks.ts";

/** What `kafka.controller` and `kafka.server:type=ReplicaManager` tell. All virtual brokers are one process, and these are its sums. */
export function clusterFamilies(broker: BrokerState): MetricFamily[] {
  const { metadata } = broker;
  const counted = countedOnce(() => countPartitions(broker));
  const controller = (name: string): MBean => ["controller", "KafkaController", name];
  const replicas = (name: string): MBean => ["server", "ReplicaManager", name];
  const never = (bean: MBean, help: string) =>
    meter(bean, help, function* (sink) {
      sink("", 0);
      yield;
    });
  return [
    ...plainGauge(controller("ActiveControllerCount"), "Active controllers.", () => 1),
    ...plainGauge(controller("ActiveBrokerCount"), "Brokers that serve.", () => metadata.nodes.length),
    ...plainGauge(controller("FencedBrokerCount"), "Brokers that are known and do not serve.", () => 0),
    ...plainGauge(controller("GlobalTopicCount"), "Topics.", () => metadata.topicCount),
    ...counted(controller("GlobalPartitionCount"), "Partitions.", ({ all }) => all),
    ...counted(controller("OfflinePartitionsCount"), "Partitions whose log could not be opened or created.", ({ all, open }) => all - open),
    ...counted(controller("PreferredReplicaImbalanceCount"), "Partitions that are not led by their first replica.", ({ moved }) => moved),
    ...never(
      ["controller", "ControllerStats", "UncleanLeaderElectionsPerSec"],
      "Leaders chosen among replicas out of sync: never, they are one log.",
    ),
    ...counted(replicas("LeaderCount"), "Partitions led.", ({ open }) => open),
    ...counted(replicas("PartitionCount"), "Partitions held.", ({ open }) => open),
    ...counted(replicas("OfflineReplicaCount"), "Replicas whose log could not be opened or created.", ({ all, open }) => all - open),
    ...counted(
      replicas("UnderReplicatedPartitions"),
      "Partitions with fewer replicas in sync than there are.",
      ({ underReplicated }) => underReplicated,
    ),
    ...counted(
      replicas("UnderMinIsrPartitionCount"),
      "Partitions with fewer replicas in sync than min.insync.replicas asks for.",
      ({ underMinIsr }) => underMinIsr,
    ),
    ...counted(
      replicas("AtMinIsrPartitionCount"),
      "Partitions with just as many replicas in sync as min.insync.replicas asks for.",
      ({ atMinIsr }) => atMinIsr,
    ),
    ...plainGauge(replicas("ReassigningPartitions"), "Partitions that are being moved.", () => 0),
    ...never(replicas("IsrShrinksPerSec"), "Replicas that fell out of sync: never, they are one log."),
    ...never(replicas("IsrExpandsPerSec"), "Replicas that came in sync again: never, they are one log."),
  ];
}

interface PartitionCounts {
  all: number;
  open: number;
  moved: number;
  underReplicated: number;
  underMinIsr: number;
  atMinIsr: number;
}

function* countPartitions(broker: BrokerState): Generator<void, PartitionCounts> {
  const counts = { all: 0, open: 0, moved: 0, underReplicated: 0, underMinIsr: 0, atMinIsr: 0 };
  for (const { name, partitions } of broker.metadata.topics()) {
    for (const partition of partitions) {
      counts.all++;
      if (partition.leader !== partition.replicas[0]) counts.moved++;
      if (isUnderReplicated(partition)) counts.underReplicated++;
      const spare = spareInSync(broker, partition, name);
      if (spare < 0) counts.underMinIsr++;
      else if (spare === 0) counts.atMinIsr++;
      yield;
    }
  }
  for (const _ of broker.partitions.all()) {
    counts.open++;
    yield;
  }
  return counts;
}
