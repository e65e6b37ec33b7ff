import { greatestOf } from "@ottla/base";
import type { ClusterObservation } from "../doctor/cluster-observation.ts";
import { mayBePartial, PARTIAL_LISTS } from "../doctor/unseen.ts";
import { partitionName } from "../lag/group-sample.ts";
import type { BrokerSnapshot } from "../snapshot/broker-snapshot.ts";
import { valueOf } from "../snapshot/observed.ts";

/** What a broker is held against. */
export interface CapacityLimits {
  /** The share of a disk that may be used. */
  readonly fill: number;
  /** Replicas that a broker may have. */
  readonly replicas: number;
  /** Of each broker, in each direction; undefined: not known. */
  readonly networkBytesPerS: number | undefined;
}

/** What may run out on the broker that is nearest to it. */
export interface CapacityDimension {
  readonly name: "disk" | "replicas" | "networkIn" | "networkOut";
  /** The broker that has the greatest share. */
  readonly broker: number;
  /** Bytes, replicas, or bytes a second; undefined where a rate takes several looks. */
  readonly used: number | undefined;
  /** As much again when the broker with the most is lost and the others take its part. */
  readonly usedWithoutOne: number | undefined;
  /** Undefined where it is not known. */
  readonly limit: number | undefined;
  readonly share: number | undefined;
  readonly shareWithoutOne: number | undefined;
}

/** A cluster's room, as it was seen. */
export interface MeasuredCapacity {
  readonly brokers: number;
  readonly watchedMs: number;
  /** What producers write, before it is copied: records a second times the mean size of those that are kept. Undefined after one look. */
  readonly writtenBytesPerS: number | undefined;
  readonly dimensions: readonly CapacityDimension[];
  /** The dimension with the greatest share when a broker is lost, or of one that cannot lose any, now. */
  readonly binding: CapacityDimension["name"] | undefined;
  /** Until the first disk has no room left at the rate at which it filled while it was watched; null: it does not fill. Undefined after one look. */
  readonly fullInS: number | null | undefined;
  /** The most copies of a partition: with fewer brokers they cannot be made anew. */
  readonly copies: number;
  readonly notSeen: readonly string[];
}

interface Load {
  replicas: number;
  readonly broker: BrokerSnapshot;
  inPerS: number;
  outPerS: number;
}

/** What binds a cluster as it is, and as it is without its largest broker. Rates take an observation of several looks. */
export function measureCapacity(observation: ClusterObservation, limits: CapacityLimits): MeasuredCapacity {
  const { snapshot, sinceMs, looks } = observation;
  const loads = new Map<number, Load>();
  for (const broker of snapshot.brokers)
    if (broker.state === "alive") loads.set(broker.nodeId, { broker, replicas: 0, inPerS: 0, outPerS: 0 });
  const watchedMs = snapshot.monotonicMs - sinceMs;
  const hasRates = looks > 1 && watchedMs > 0;
  const { written, copies } = addPartitions(observation, loads, hasRates ? watchedMs : undefined);
  const others = loads.size - 1;
  const dimension = (
    name: CapacityDimension["name"],
    usedOf: (load: Load) => number | undefined,
    limitOf: (load: Load) => number | undefined,
    movedOf = usedOf,
  ): CapacityDimension | undefined => {
    const moved =
      others < 1
        ? 0
        : greatestOf(
            [...loads.values()].map((load) => movedOf(load) ?? 0),
            0,
          ) / others;
    const all = [...loads.values()].map((load): CapacityDimension => {
      const [used, limit] = [usedOf(load), limitOf(load)];
      const usedWithoutOne = used === undefined || others < 1 ? undefined : used + moved;
      const share = (value: number | undefined) => (value === undefined || limit === undefined ? undefined : value / limit);
      return { name, broker: load.broker.nodeId, used, usedWithoutOne, limit, share: share(used), shareWithoutOne: share(usedWithoutOne) };
    });
    return all.toSorted((a, b) => (b.share ?? b.used ?? 0) - (a.share ?? a.used ?? 0))[0];
  };
  const rate = (value: number): number | undefined => (hasRates ? value : undefined);
  const dimensions = [
    dimension(
      "disk",
      usedDisk,
      ({ broker }) => scaled(totalDisk(broker), limits.fill),
      ({ broker }) => replicaBytes(broker),
    ),
    dimension(
      "replicas",
      ({ replicas }) => replicas,
      () => limits.replicas,
    ),
    dimension(
      "networkIn",
      ({ inPerS }) => rate(inPerS),
      () => limits.networkBytesPerS,
    ),
    dimension(
      "networkOut",
      ({ outPerS }) => rate(outPerS),
      () => limits.networkBytesPerS,
    ),
  ].filter((each) => each !== undefined);
  const judged = dimensions.filter(({ share }) => share !== undefined);
  const binding = judged.toSorted((a, b) => (b.shareWithoutOne ?? b.share!) - (a.shareWithoutOne ?? a.share!))[0]?.name;
  return {
    brokers: loads.size,
    watchedMs,
    writtenBytesPerS: rate(written),
    dimensions,
    binding,
    fullInS: hasRates ? fullIn(observation, limits.fill) : undefined,
    copies,
    notSeen: [...(mayBePartial(snapshot) ? [`Topics and groups: ${PARTIAL_LISTS}`] : []), ...notSeenOf(loads, limits, hasRates)],
  };
}

/** Each partition's replicas, and what its records and their readers cost its brokers. */
function addPartitions(
  { snapshot, partitions: trends }: ClusterObservation,
  loads: ReadonlyMap<number, Load>,
  watchedMs: number | undefined,
): { readonly written: number; readonly copies: number } {
  const readers = readersOf(snapshot);
  let [written, copies] = [0, 0];
  for (const { name: topic, partitions } of valueOf(snapshot.topics) ?? [])
    for (const { partition, leader, replicas, offsets } of partitions) {
      copies = Math.max(copies, replicas.length);
      const end = valueOf(offsets)?.highWatermark;
      const start = valueOf(offsets)?.logStartOffset;
      const first = trends.get(partitionName({ topic, partition }))?.firstEnd?.offset;
      const bytes = valueOf(replicas.find(({ broker }) => broker === leader)?.log ?? NOT_SEEN)?.bytes ?? 0;
      const kept = end !== undefined && start !== undefined && end > start ? bytes / (end - start) : 0;
      const records = watchedMs === undefined || end === undefined || first === undefined ? 0 : Math.max(0, end - first);
      const bytesPerS = watchedMs === undefined ? 0 : (records * kept * 1000) / watchedMs;
      written += bytesPerS;
      for (const { broker } of replicas) {
        const load = loads.get(broker);
        if (!load) continue;
        load.replicas++;
        load.inPerS += bytesPerS;
        if (broker === leader) load.outPerS += bytesPerS * (replicas.length - 1 + (readers.get(topic) ?? 0));
      }
    }
  return { written, copies };
}

const NOT_SEEN = { notObserved: "notAsked", message: "" } as const;

/** How many groups with members read each topic. */
function readersOf({ groups }: ClusterObservation["snapshot"]): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  for (const { members, positions } of valueOf(groups) ?? []) {
    if ((valueOf(members)?.length ?? 0) === 0) continue;
    for (const topic of new Set((valueOf(positions) ?? []).map((each) => each.topic))) readers.set(topic, (readers.get(topic) ?? 0) + 1);
  }
  return readers;
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  let all = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    all += value;
  }
  return values.length === 0 ? undefined : all;
}

function totalDisk({ logDirs }: BrokerSnapshot): number | undefined {
  return sum((valueOf(logDirs) ?? []).map(({ totalBytes }) => totalBytes));
}

function usedDisk({ broker }: Load): number | undefined {
  const usable = sum((valueOf(broker.logDirs) ?? []).map(({ usableBytes }) => usableBytes));
  const total = totalDisk(broker);
  return usable === undefined || total === undefined ? undefined : total - usable;
}

function replicaBytes({ logDirs }: BrokerSnapshot): number | undefined {
  return sum((valueOf(logDirs) ?? []).map((dir) => dir.replicaBytes));
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

/** Straight on from what the disks took while they were watched. */
function fullIn({ snapshot, disks }: ClusterObservation, fill: number): number | null {
  let first = Infinity;
  for (const { nodeId, logDirs } of snapshot.brokers)
    for (const { path, usableBytes, totalBytes } of valueOf(logDirs) ?? []) {
      const before = disks.get(`${nodeId} ${path}`);
      if (before === undefined || usableBytes === undefined || totalBytes === undefined) continue;
      const perS = ((before.usableBytes - usableBytes) * 1000) / (snapshot.monotonicMs - before.atMs);
      if (perS > 0) first = Math.min(first, Math.max(0, usableBytes - totalBytes * (1 - fill)) / perS);
    }
  return Number.isFinite(first) ? first : null;
}

function notSeenOf(loads: ReadonlyMap<number, Load>, { networkBytesPerS }: CapacityLimits, hasRates: boolean): readonly string[] {
  const blind = [...loads.values()].filter((load) => usedDisk(load) === undefined).map(({ broker }) => broker.nodeId);
  return [
    ...(blind.length > 0 ? [`Disks of ${blind.length === 1 ? "broker" : "brokers"} ${blind.join(", ")} were not seen.`] : []),
    ...(networkBytesPerS === undefined ? ["What the network carries is not on the protocol: --network 10Gb/s."] : []),
    ...(hasRates ? [] : ["Rates take several looks: --for 60."]),
    "Processors and memory are not on the protocol.",
  ];
}
