import { calculator, figure } from "./calculator.ts";
import { groups, ratio, replicationFactor, retention, write } from "./common-inputs.ts";

const DAY_S = 86_400;
/** Providers bill by months; 30 days are one here. */
const MONTH_DAYS = 30;

/** What an object store saves. */
export const tiering = calculator({
  name: "tiering",
  summary: "what is kept on disks and in an object store with tiered storage, and what it costs",
  inputs: {
    write,
    ratio,
    retention: { ...retention, default: 30 * DAY_S },
    localRetention: { dimension: "seconds", summary: "how long records stay on disks as well", default: DAY_S, isMinExcluded: true },
    replicationFactor,
    fill: { dimension: "ratio", summary: "how full a disk may become", default: 0.6, isMinExcluded: true, max: 1 },
    diskPrice: { dimension: "money", summary: "price of a GB of disk for a month", default: 0.08 },
    storePrice: { dimension: "money", summary: "price of a GB in the object store for a month", default: 0.023 },
  },
  calculate: ({
    write: rate,
    ratio: compressed,
    retention: kept,
    localRetention,
    replicationFactor: copies,
    fill,
    diskPrice,
    storePrice,
  }) => {
    const perS = rate * compressed;
    const allLocal = perS * kept * copies;
    const local = perS * localRetention * copies;
    const remote = perS * kept;
    const diskCost = (bytes: number): number => (bytes / 1e9 / fill) * diskPrice;
    const before = diskCost(allLocal);
    const after = diskCost(local) + (remote / 1e9) * storePrice;
    return {
      figures: [
        figure("allLocal", allLocal, "bytes", "all on disks", "write × ratio × retention × replicationFactor"),
        figure("local", local, "bytes", "tiered: on disks", "write × ratio × localRetention × replicationFactor"),
        figure("remote", remote, "bytes", "tiered: in the object store", "write × ratio × retention"),
        figure("costBefore", before, "money", "a month, all on disks", "allLocal ÷ fill × diskPrice"),
        figure("costAfter", after, "money", "a month, tiered", "local ÷ fill × diskPrice + remote × storePrice"),
        figure("saved", before > 0 ? 1 - after / before : 0, "ratio", "saved", "1 − costAfter ÷ costBefore"),
      ],
      result: "saved",
      notes: ["Requests and traffic of the object store are not counted."],
    };
  },
});

/** Copies that are not in the zone of the leader, on average: copies are spread evenly over the zones, and each leads as often as another. */
function copiesElsewhere(copies: number, zones: number): number {
  const [inEach, zonesWithMore] = [Math.floor(copies / zones), copies % zones];
  const pairsWithin = zonesWithMore * (inEach + 1) ** 2 + (zones - zonesWithMore) * inEach ** 2;
  return Math.max(0, copies - pairsWithin / copies);
}

/** Traffic between availability zones. */
export const crossZone = calculator({
  name: "cross-zone",
  summary: "traffic between availability zones, with and without reading from the nearest replica",
  inputs: {
    write,
    zones: { dimension: "count", summary: "zones that brokers and clients are spread over", default: 3, min: 1 },
    replicationFactor,
    groups,
    price: { dimension: "money", summary: "price of a GB between zones, both directions", default: 0.02 },
  },
  calculate: ({ write: rate, zones, replicationFactor: copies, groups: readers, price }) => {
    const elsewhere = (zones - 1) / zones;
    const produce = rate * elsewhere;
    const replicate = rate * copiesElsewhere(copies, zones);
    const consume = rate * readers * elsewhere;
    const month = (bytesPerS: number): number => bytesPerS * DAY_S * MONTH_DAYS;
    const all = month(produce + replicate + consume);
    const nearest = month(produce + replicate);
    return {
      figures: [
        figure("produce", produce, "bytesPerS", "producing", "write × (zones − 1) ÷ zones"),
        figure("replicate", replicate, "bytesPerS", "replicating", "write × the copies outside of the leader's zone"),
        figure("consume", consume, "bytesPerS", "consuming from leaders", "write × groups × (zones − 1) ÷ zones"),
        figure("month", all, "bytes", "in 30 days", "(produce + replicate + consume) × 30 d"),
        figure("monthNearest", nearest, "bytes", "in 30 days, read from the nearest replica", "(produce + replicate) × 30 d"),
        figure("cost", (all / 1e9) * price, "money", "a month", "month × price"),
        figure("costNearest", (nearest / 1e9) * price, "money", "a month, read from the nearest replica", "monthNearest × price"),
      ],
      result: "month",
      notes: ["Reading from the nearest replica needs broker.rack, replica.selector.class and client.rack."],
    };
  },
});

/** A second site. */
export const crossSite = calculator({
  name: "cross-site",
  summary: "bandwidth and socket buffers to mirror to another site",
  inputs: {
    write,
    ratio,
    roundTrip: { dimension: "seconds", summary: "round trip between the sites", default: 0.08, isMinExcluded: true },
    socketBuffer: { dimension: "bytes", summary: "socket buffer as it is", default: 65_536, isMinExcluded: true },
  },
  calculate: ({ write: rate, ratio: compressed, roundTrip, socketBuffer }) => {
    const bandwidth = rate * compressed * 1.1;
    const cap = socketBuffer / roundTrip;
    return {
      figures: [
        figure("bandwidth", bandwidth, "bytesPerS", "bandwidth", "write × ratio × 1.1"),
        figure("buffer", bandwidth * roundTrip, "bytes", "socket buffer for one connection", "bandwidth × roundTrip"),
        figure("cap", cap, "bytesPerS", "what a connection does with the buffer as it is", "socketBuffer ÷ roundTrip"),
      ],
      result: "bandwidth",
      notes: [
        ...(cap < bandwidth
          ? ["The socket buffer as it is holds one connection below that: raise it, or let the system tune it (-1)."]
          : []),
        "What is lost when a site goes is the lag of the mirror; the time to come back is detection, change of names and translation of offsets.",
      ],
    };
  },
});

/** How long replicas take to move. */
export const reassignment = calculator({
  name: "reassignment",
  summary: "how long it takes to move replicas under a throttle",
  inputs: {
    bytes: { dimension: "bytes", summary: "what is moved" },
    throttle: { dimension: "bytesPerS", summary: "throttle of each broker", isMinExcluded: true },
    destinations: { dimension: "count", summary: "brokers that take it", default: 1, min: 1 },
    incoming: { dimension: "bytesPerS", summary: "what producers send to the moved partitions meanwhile", default: 0 },
  },
  calculate: ({ bytes, throttle, destinations, incoming }) => ({
    figures: [figure("time", bytes / (throttle * destinations), "seconds", "time", "bytes ÷ (throttle × destinations)")],
    result: "time",
    notes: incoming >= throttle ? ["The throttle is not above what comes in: the new replicas would never catch up."] : [],
  }),
});

/** How long a cluster has fewer copies after a broker is lost. */
export const recovery = calculator({
  name: "recovery",
  summary: "how long it takes to copy what a lost broker held",
  inputs: {
    bytes: { dimension: "bytes", summary: "what the broker held" },
    capacity: { dimension: "bytesPerS", summary: "what replication can carry", isMinExcluded: true },
    used: { dimension: "bytesPerS", summary: "what it carries in normal times", default: 0 },
  },
  calculate: ({ bytes, capacity, used }) => ({
    figures: [
      figure(
        "time",
        used < capacity ? bytes / (capacity - used) : Number.POSITIVE_INFINITY,
        "seconds",
        "time",
        "bytes ÷ (capacity − used)",
      ),
    ],
    result: "time",
    notes: used < capacity ? [] : ["Normal traffic leaves nothing for recovery."],
  }),
});
