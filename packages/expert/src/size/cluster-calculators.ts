import { bindingOf, calculator, figure } from "./calculator.ts";
import { brokers, fill, groups, overhead, partitions, ratio, replicationFactor, retention, write } from "./common-inputs.ts";
import { wholeUp } from "./whole-up.ts";

/** Linux's default of `vm.max_map_count`. */
const MAX_MAP_COUNT = 65_530;

/** Disk for what is kept: logical, replicated, and with room left free. */
export const disk = calculator({
  name: "disk",
  summary: "disk for what is kept, with its replicas and room left free",
  inputs: { write, retention, ratio, replicationFactor, overhead, fill, brokers: { ...brokers, default: 3 } },
  calculate: ({
    write: rate,
    retention: seconds,
    ratio: compressed,
    replicationFactor: copies,
    overhead: extra,
    fill: full,
    brokers: count,
  }) => {
    const logical = rate * seconds * compressed;
    const replicated = logical * copies * (1 + extra);
    const provisioned = replicated / full;
    return {
      figures: [
        figure("logical", logical, "bytes", "kept, one copy", "write × retention × ratio"),
        figure("replicated", replicated, "bytes", "kept, all copies", "logical × replicationFactor × (1 + overhead)"),
        figure("provisioned", provisioned, "bytes", "disk to provide", "replicated ÷ fill"),
        figure("perBroker", provisioned / count, "bytes", "disk of each broker", "provisioned ÷ brokers"),
      ],
      result: "provisioned",
      notes: [
        "The write rate is taken as constant: with a peak rate this is what a week of peak needs.",
        ...(copies > count ? [`${copies} copies need at least ${copies} brokers.`] : []),
      ],
    };
  },
});

/** Network of a broker, with all and with one broker down. */
export const network = calculator({
  name: "network",
  summary: "network of each broker, also with one broker down",
  inputs: { write, groups, replicationFactor, brokers: { ...brokers, min: 2 } },
  calculate: ({ write: rate, groups: readers, replicationFactor: copies, brokers: count }) => {
    const into = rate * copies;
    const out = rate * (copies - 1) + rate * readers;
    return {
      figures: [
        figure("in", into / count, "bytesPerS", "into a broker", "write × replicationFactor ÷ brokers"),
        figure("out", out / count, "bytesPerS", "out of a broker", "(write × (replicationFactor − 1) + write × groups) ÷ brokers"),
        figure("inOneDown", into / (count - 1), "bytesPerS", "into a broker, one down", "write × replicationFactor ÷ (brokers − 1)"),
        figure("outOneDown", out / (count - 1), "bytesPerS", "out of a broker, one down", "the same with brokers − 1"),
      ],
      result: "outOneDown",
      binding: bindingOf({ in: into, out }),
      notes: ["Rates are those on the wire: give them compressed if producers compress.", "Catching up after an outage comes on top."],
    };
  },
});

/** How many brokers, by what they need most. */
export const brokerCount = calculator({
  name: "brokers",
  summary: "how many brokers, and what decides it",
  inputs: {
    write,
    groups,
    replicationFactor,
    retention,
    ratio,
    overhead,
    fill,
    diskPerBroker: { dimension: "bytes", summary: "disk of one broker", isMinExcluded: true },
    networkPerBroker: { dimension: "bytesPerS", summary: "network of one broker, each way", default: 1.25e9, isMinExcluded: true },
    networkUse: { dimension: "ratio", summary: "how much of the network may be used", default: 0.5, isMinExcluded: true, max: 1 },
    partitions,
    replicasPerBroker: { dimension: "count", summary: "replicas that one broker may hold", default: 4000, min: 1 },
    cores: { dimension: "count", summary: "processor cores of one broker; 0: not looked at", default: 0 },
    tolerated: { dimension: "count", summary: "brokers that may be down without overload", default: 1 },
  },
  calculate: (input) => {
    const { write: rate, groups: readers, replicationFactor: copies, cores } = input;
    const out = rate * (copies - 1) + rate * readers;
    const kept = rate * input.retention * input.ratio * copies * (1 + input.overhead);
    // One core for 5 MiB/s that is produced and 15 MiB/s that is consumed; followers consume, too.
    const coresNeeded = (rate * copies) / (5 * 1024 ** 2) + (rate * readers) / (15 * 1024 ** 2);
    const needed = {
      network: wholeUp(Math.max(rate * copies, out) / (input.networkPerBroker * input.networkUse)),
      disk: wholeUp(kept / (input.diskPerBroker * input.fill)),
      partitions: wholeUp((input.partitions * copies) / input.replicasPerBroker),
      replication: copies,
      ...(cores > 0 && { cpu: wholeUp(coresNeeded / cores) }),
    };
    const least = Math.max(...Object.values(needed));
    const binding = bindingOf(needed);
    return {
      figures: [
        figure("network", needed.network, "count", "for the network", "max(in, out) ÷ (networkPerBroker × networkUse)"),
        figure(
          "disk",
          needed.disk,
          "count",
          "for the disk",
          "write × retention × ratio × replicationFactor × (1 + overhead) ÷ (diskPerBroker × fill)",
        ),
        figure("partitions", needed.partitions, "count", "for the replicas", "partitions × replicationFactor ÷ replicasPerBroker"),
        figure("replication", copies, "count", "for the copies", "replicationFactor"),
        ...(needed.cpu === undefined ? [] : [figure("cpu", needed.cpu, "count", "for the processors", "cores needed ÷ cores")]),
        figure("least", least, "count", "with all up", "the greatest of these"),
        figure("brokers", least + input.tolerated, "count", "brokers", "least + tolerated"),
      ],
      result: "brokers",
      binding,
      notes: [
        ...(binding === "disk" ? ["Disk binds: tier what is old to an object store, keep less, or take larger disks."] : []),
        ...(cores > 0 ? ["A core is taken to carry 5 MiB/s that is produced and 15 MiB/s that is consumed: measure yours."] : []),
      ],
    };
  },
});

/** What the replicas of a broker cost in memory maps and file handles. */
export const replicas = calculator({
  name: "replicas",
  summary: "memory maps and file handles that the partitions cost each broker",
  inputs: {
    partitions,
    replicationFactor,
    brokers,
    bytesPerPartition: { dimension: "bytes", summary: "what one partition keeps" },
    segmentBytes: { dimension: "bytes", summary: "size of a segment", default: 1e9, isMinExcluded: true },
  },
  calculate: ({ partitions: count, replicationFactor: copies, brokers: nodes, bytesPerPartition, segmentBytes }) => {
    const perBroker = (count * copies) / nodes;
    const segments = wholeUp(bytesPerPartition / segmentBytes) + 1;
    const maps = perBroker * segments * 2;
    return {
      figures: [
        figure("replicasPerBroker", perBroker, "count", "replicas of each broker", "partitions × replicationFactor ÷ brokers"),
        figure("segments", segments, "count", "segments of a partition", "⌈bytesPerPartition ÷ segmentBytes⌉ + 1"),
        figure("maps", maps, "count", "memory maps", "replicasPerBroker × segments × 2"),
        figure("handles", perBroker * segments * 3, "count", "file handles", "replicasPerBroker × segments × 3"),
      ],
      result: "maps",
      notes: [
        ...(maps > MAX_MAP_COUNT ? [`More than Linux allows a process by default: raise vm.max_map_count from ${MAX_MAP_COUNT}.`] : []),
        ...(perBroker > 10_000
          ? ["More than 10,000 replicas a broker is beyond what tools plan for."]
          : perBroker > 4000
            ? ["More than 4,000 replicas a broker: measure failover and restart before you rely on it."]
            : []),
      ],
    };
  },
});

/** Memory so that readers who are a little behind are served from it. */
export const pageCache = calculator({
  name: "page-cache",
  summary: "memory of each broker, so that readers a little behind are served from it",
  inputs: {
    write,
    replicationFactor,
    brokers,
    readerLag: { dimension: "seconds", summary: "how far behind readers may be", default: 30 },
    heap: { dimension: "bytes", summary: "heap of the broker", default: 6e9 },
    system: { dimension: "bytes", summary: "for the operating system", default: 2e9 },
  },
  calculate: ({ write: rate, replicationFactor: copies, brokers: count, readerLag, heap, system }) => {
    const cache = ((rate * copies) / count) * readerLag;
    return {
      figures: [
        figure("cache", cache, "bytes", "page cache", "write × replicationFactor ÷ brokers × readerLag"),
        figure("memory", heap + cache + system, "bytes", "memory", "heap + cache + system"),
      ],
      result: "memory",
      notes: ["Readers further behind read from the disk, and push out what the others want."],
    };
  },
});

/** How long the disks can keep. */
export const retentionTime = calculator({
  name: "retention",
  summary: "how long given disks can keep records, and retention.bytes for a time",
  inputs: {
    write,
    ratio,
    replicationFactor,
    overhead,
    fill,
    disk: { dimension: "bytes", summary: "disk of the whole cluster", isMinExcluded: true },
    partitions: { ...partitions, default: 1 },
    retention,
  },
  calculate: ({
    write: rate,
    ratio: compressed,
    replicationFactor: copies,
    overhead: extra,
    fill: full,
    disk: bytes,
    partitions: count,
    retention: wanted,
  }) => {
    const achievable = (bytes * full) / (rate * compressed * copies * (1 + extra));
    return {
      figures: [
        figure("achievable", achievable, "seconds", "kept at most", "disk × fill ÷ (write × ratio × replicationFactor × (1 + overhead))"),
        figure(
          "retentionBytes",
          (rate * compressed * wanted) / count,
          "bytes",
          "retention.bytes for the time wanted",
          "write × ratio × retention ÷ partitions",
        ),
      ],
      result: "achievable",
      notes: [
        ...(wanted > achievable ? ["The time wanted is more than the disks can keep."] : []),
        "retention.bytes is a partition's; segments much larger than a fifth of it keep data for far longer.",
      ],
    };
  },
});
