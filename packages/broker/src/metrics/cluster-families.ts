import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import type { PartitionMetadata } from "../metadata/cluster-metadata.ts";
import { plainGauge, meter } from "./mbean-families.ts";

/** What `kafka.controller` and `kafka.server:type=ReplicaManager` tell. All virtual brokers are one process, and these are its sums. */
export function clusterFamilies({ metadata, partitions, topicSettings }: BrokerState): MetricFamily[] {
  const countOf = (isCounted: (partition: PartitionMetadata, topic: string) => boolean): number => {
    let count = 0;
    for (const topic of metadata.topics()) {
      for (const partition of topic.partitions) if (isCounted(partition, topic.name)) count++;
    }
    return count;
  };
  const minIsr = (topic: string) => topicSettings.limits(topic).minInsyncReplicas;
  const all = () => countOf(() => true);
  const open = () => [...partitions.all()].length;
  const controller = (name: string, help: string, value: () => number) => plainGauge(["controller", "KafkaController", name], help, value);
  const replicas = (name: string, help: string, value: () => number) => plainGauge(["server", "ReplicaManager", name], help, value);
  const never = (domain: string, type: string, name: string, help: string) =>
    meter([domain, type, name], help, function* (sink) {
      sink("", 0);
      yield;
    });
  return [
    ...controller("ActiveControllerCount", "Active controllers.", () => 1),
    ...controller("ActiveBrokerCount", "Brokers that serve.", () => metadata.nodes.length),
    ...controller("FencedBrokerCount", "Brokers that are known and do not serve.", () => 0),
    ...controller("GlobalTopicCount", "Topics.", () => metadata.topicCount),
    ...controller("GlobalPartitionCount", "Partitions.", all),
    ...controller("OfflinePartitionsCount", "Partitions whose log could not be opened or created.", () => all() - open()),
    ...controller("PreferredReplicaImbalanceCount", "Partitions that are not led by their first replica.", () =>
      countOf(({ leader, replicas: all }) => leader !== all[0]),
    ),
    ...never(
      "controller",
      "ControllerStats",
      "UncleanLeaderElectionsPerSec",
      "Leaders chosen among replicas out of sync: never, they are one log.",
    ),
    ...replicas("LeaderCount", "Partitions led.", open),
    ...replicas("PartitionCount", "Partitions held.", open),
    ...replicas("OfflineReplicaCount", "Replicas whose log could not be opened or created.", () => all() - open()),
    ...replicas("UnderReplicatedPartitions", "Partitions with fewer replicas in sync than there are.", () =>
      countOf(({ isr, replicas: all }) => isr.length < all.length),
    ),
    ...replicas("UnderMinIsrPartitionCount", "Partitions with fewer replicas in sync than min.insync.replicas asks for.", () =>
      countOf(({ isr }, topic) => isr.length < minIsr(topic)),
    ),
    ...replicas("AtMinIsrPartitionCount", "Partitions with just as many replicas in sync as min.insync.replicas asks for.", () =>
      countOf(({ isr }, topic) => isr.length === minIsr(topic)),
    ),
    ...replicas("ReassigningPartitions", "Partitions that are being moved.", () => 0),
    ...never("server", "ReplicaManager", "IsrShrinksPerSec", "Replicas that fell out of sync: never, they are one log."),
    ...never("server", "ReplicaManager", "IsrExpandsPerSec", "Replicas that came in sync again: never, they are one log."),
  ];
}
