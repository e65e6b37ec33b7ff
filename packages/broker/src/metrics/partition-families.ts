import type { MetricFamily } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { gauge, own, plainGauge } from "./mbean-families.ts";
import { eachLog, eachPartition, isUnderReplicated, spareInSync } from "./partition-walks.ts";

/** What `kafka.log:type=Log` and `kafka.cluster:type=Partition` tell of each partition. */
export function partitionFamilies(broker: BrokerState): MetricFamily[] {
  const cluster = (name: string, help: string, value: Parameters<typeof eachPartition>[1]) =>
    gauge(["cluster", "Partition", name], help, eachPartition(broker, value));
  const log = (name: string, help: string, value: Parameters<typeof eachLog>[1]) =>
    gauge(["log", "Log", name], help, eachLog(broker, value));
  return [
    ...log("Size", "Bytes on this disk.", ({ sizeBytes }) => sizeBytes),
    ...log("LogStartOffset", "The first offset that can be read.", ({ logStartOffset }) => logStartOffset),
    ...log("LogEndOffset", "The offset that comes next.", ({ logEndOffset }) => logEndOffset),
    ...log("NumLogSegments", "Segments on this disk.", ({ segments }) => segments.length),
    ...cluster("UnderReplicated", "1: fewer replicas are in sync than there are.", (partition) => Number(isUnderReplicated(partition))),
    ...cluster("UnderMinIsr", "1: fewer replicas are in sync than min.insync.replicas asks for.", (partition, { name }) =>
      Number(spareInSync(broker, partition, name) < 0),
    ),
    ...cluster("AtMinIsr", "1: just as many replicas are in sync as min.insync.replicas asks for.", (partition, { name }) =>
      Number(spareInSync(broker, partition, name) === 0),
    ),
    ...cluster("InSyncReplicasCount", "Replicas in sync.", ({ isr }) => isr.length),
    ...cluster("ReplicasCount", "Replicas.", ({ replicas }) => replicas.length),
    ...gauge(
      ["cluster", "Partition", "LastStableOffsetLag"],
      "Offsets between the last stable one and the high watermark: open transactions and what follows them.",
      eachLog(broker, ({ highWatermark, lastStableOffset }) => highWatermark - lastStableOffset),
    ),
    own(
      "ottla_log_read_faults_total",
      "counter",
      "Reads of a partition's files that failed, since it was opened.",
      eachLog(broker, ({ readFaults }) => readFaults),
    ),
    ...plainGauge(
      ["log", "LogManager", "OfflineLogDirectoryCount"],
      "Data directories that cannot be used; without its one directory the broker would not run.",
      () => 0,
    ),
  ];
}
