import { printQuantity } from "../quantity/print-quantity.ts";
import { type Calculation, type Calculator, completeInputs } from "../size/calculator.ts";
import { brokerCount, network, pageCache, replicas } from "../size/cluster-calculators.ts";
import { recovery } from "../size/movement-calculators.ts";
import { copiesOf } from "./copies.ts";
import { keptBytesOf } from "./design-topics.ts";
import type { CapacityLine, DesignedTopic } from "./designed-system.ts";
import { consumersOf, type Domain, type DomainEvent } from "./domain.ts";

/** On top of the records: indexes, and segments that wait to be deleted. */
const OVERHEAD = 0.05;
const FILL = 0.6;
/** What a broker's machine needs before a page is cached. */
const HEAP_AND_SYSTEM_BYTES = 8e9;

/** What the cluster has to carry at the peak, and what of it fits. */
export interface Capacity {
  readonly lines: readonly CapacityLine[];
  readonly notes: readonly string[];
  /** Kept on all brokers, at the rates of today. */
  readonly storedBytes: number;
}

/** Calculated for today's peak, and for disk with today's rates; one broker down is part of each figure where that counts. */
export function designCapacity(domain: Domain, topics: readonly DesignedTopic[]): Capacity {
  const { cluster, events } = domain;
  const { replicationFactor } = copiesOf(cluster);
  const write = events.reduce((sum, event) => sum + wireBytesPerS(event), 0);
  const read = events.reduce((sum, event) => sum + wireBytesPerS(event) * consumersOf(domain, event.name).length, 0);
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions, 0);
  const logical = events.reduce((sum, event) => sum + keptBytesOf(event, 1), 0);
  const stored = logical * replicationFactor * (1 + OVERHEAD);
  const perBroker = stored / FILL / cluster.brokers;
  const notes: string[] = [];
  const lines: CapacityLine[] = [
    line("written at the peak", printQuantity(write, "bytesPerS"), "Σ peak × size × ratio"),
    line("read at the peak", printQuantity(read, "bytesPerS"), "Σ the same × groups that read it"),
    line("kept, one copy", printQuantity(logical, "bytes"), "Σ rate × size × ratio × retention; compacted: keys × size × ratio"),
    line("kept, all copies", printQuantity(stored, "bytes"), `× ${replicationFactor} × (1 + ${OVERHEAD * 100} %)`),
    line("disk of each broker", printQuantity(perBroker, "bytes"), `÷ ${FILL * 100} % full ÷ ${cluster.brokers} brokers`),
    line("partitions with copies", printQuantity(partitions * replicationFactor, "count"), `Σ partitions × ${replicationFactor}`),
  ];
  if (cluster.disk !== undefined) {
    const oneDown = stored / Math.max(1, cluster.brokers - 1) / cluster.disk;
    lines.push(line("disks full, one broker down for good", printQuantity(oneDown, "ratio"), "kept ÷ (brokers − 1) ÷ disk"));
    if (perBroker > cluster.disk)
      notes.push(
        `A broker needs ${printQuantity(perBroker, "bytes")} of disk and has ${printQuantity(cluster.disk, "bytes")}: add brokers or disk, keep less, or tier what is old to an object store.`,
      );
  }
  if (cluster.brokers > 1) lines.push(...networkLines(domain, write, read, notes));
  lines.push(...brokerLines(domain, write, read, logical, partitions, notes));
  const segments = take(replicas, { partitions, replicationFactor, brokers: cluster.brokers, bytesPerPartition: logical / partitions });
  lines.push(...pick(segments, { replicasPerBroker: "replicas of each broker", maps: "memory maps of each broker" }));
  notes.push(...segments.notes);
  if (write > 0) {
    const cache = take(pageCache, { write, replicationFactor, brokers: cluster.brokers });
    lines.push(...pick(cache, { memory: "memory of each broker, readers 30 s behind" }));
    const memory = cache.figures.find(({ name }) => name === "memory")!.value;
    if (cluster.memory !== undefined && memory > cluster.memory)
      notes.push(
        `A broker has ${printQuantity(cluster.memory, "bytes")} of memory; ${printQuantity(memory, "bytes")} keep readers that are 30 s behind off the disks (${printQuantity(HEAP_AND_SYSTEM_BYTES, "bytes")} of it for heap and system).`,
      );
  }
  return { lines, notes, storedBytes: stored };
}

function networkLines({ cluster }: Domain, write: number, read: number, notes: string[]): readonly CapacityLine[] {
  const groups = write > 0 ? read / write : 0;
  const calculation = take(network, { write, groups, replicationFactor: copiesOf(cluster).replicationFactor, brokers: cluster.brokers });
  const worst = Math.max(...calculation.figures.filter(({ name }) => name.endsWith("OneDown")).map(({ value }) => value));
  if (worst > cluster.network / 2)
    notes.push(
      `With one broker down another one's network carries ${printQuantity(worst, "bytesPerS")}, more than half of its ${printQuantity(cluster.network, "bytesPerS")}: nothing is left to catch up with. Add brokers.`,
    );
  const stored = write * copiesOf(cluster).replicationFactor;
  const back =
    cluster.disk === undefined
      ? []
      : pick(take(recovery, { bytes: cluster.disk * FILL, capacity: cluster.network / 2, used: stored / cluster.brokers }), {
          time: "to copy a lost broker's disk, 60 % full",
        });
  return [...pick(calculation, { inOneDown: "into a broker, one down", outOneDown: "out of a broker, one down" }), ...back];
}

function brokerLines(
  domain: Domain,
  write: number,
  read: number,
  logical: number,
  partitions: number,
  notes: string[],
): readonly CapacityLine[] {
  const { cluster } = domain;
  if (cluster.disk === undefined) return [];
  // The calculator takes one retention for all: that which keeps the same bytes.
  const calculation = take(brokerCount, {
    write,
    groups: write > 0 ? read / write : 0,
    replicationFactor: copiesOf(cluster).replicationFactor,
    retention: logical / write,
    overhead: OVERHEAD,
    fill: FILL,
    diskPerBroker: cluster.disk,
    networkPerBroker: cluster.network,
    partitions,
  });
  const needed = calculation.figures.filter(({ name }) => name === "network" || name === "disk" || name === "partitions");
  const most = needed.toSorted((x, y) => y.value - x.value)[0]!;
  // Copies bind without load, too: what counts is whether those that are left carry it.
  if (most.value + 1 > cluster.brokers)
    notes.push(`The ${most.name} needs ${most.value} brokers, and one more so that one may be down; there are ${cluster.brokers}.`);
  return [line("brokers needed for the load, one down", printQuantity(most.value + 1, "count"), `${most.label} ${most.value}, + 1`)];
}

/** As it goes over the wire. */
function wireBytesPerS(event: DomainEvent): number {
  return event.peak * event.size * event.ratio;
}

function take(calculator: Calculator, given: Readonly<Record<string, number>>): Calculation {
  return calculator.calculate(completeInputs(calculator, given));
}

function pick({ figures }: Calculation, labels: Readonly<Record<string, string>>): readonly CapacityLine[] {
  return Object.entries(labels).map(([name, about]) => {
    const { value, dimension, formula } = figures.find((figure) => figure.name === name)!;
    return line(about, printQuantity(value, dimension), formula);
  });
}

function line(about: string, value: string, formula: string): CapacityLine {
  return { about, value, formula };
}
