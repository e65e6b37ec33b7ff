import type { Calculator } from "./calculator.ts";
import { brokerCount, disk, network, pageCache, replicas, retentionTime } from "./cluster-calculators.ts";
import { autoscale, drain, quota } from "./lag-calculators.ts";
import { crossSite, crossZone, reassignment, recovery, tiering } from "./movement-calculators.ts";
import { cleaner, consumerCount, partitionCount, pollRecords, producer } from "./topic-calculators.ts";

/** All calculators, in the order in which a capacity meeting asks. */
export const calculators: readonly Calculator[] = [
  partitionCount,
  brokerCount,
  disk,
  network,
  pageCache,
  replicas,
  retentionTime,
  consumerCount,
  pollRecords,
  producer,
  drain,
  autoscale,
  quota,
  cleaner,
  tiering,
  crossZone,
  crossSite,
  reassignment,
  recovery,
];
