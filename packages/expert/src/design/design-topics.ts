import { printBytes, printNumber, printSeconds } from "../quantity/print-quantity.ts";
import { completeInputs } from "../size/calculator.ts";
import { consumerCount, partitionCount } from "../size/topic-calculators.ts";
import { copiesOf, minInSyncReason, replicationReason } from "./copies.ts";
import { hasStreamsDeadLetters } from "./design-consumer.ts";
import type { DesignedTopic, Reasoned } from "./designed-system.ts";
import { consumersOf, type Domain, type DomainEvent, type DomainService, peakBytesPerS } from "./domain.ts";
import { FORGET_WITHIN_S } from "./domain-specs.ts";
import { wholeUp } from "../size/whole-up.ts";

const MIB = 1024 ** 2;
const DAY_S = 86_400;
/** Kafka's defaults, below which nothing is set. */
const MAX_MESSAGE_BYTES = 1_048_588;
const SEGMENT_BYTES_MAX = 1024 * MIB;
/** The least that Kafka 4 takes is a MiB; below this, files are many and small. */
const SEGMENT_BYTES_LEAST = 16 * MIB;
/** Segments that what is kept is spread over, so that what has to go goes soon. */
const SEGMENTS = 8;
const SEGMENT_S_MAX = 7 * DAY_S;
const SEGMENT_S_LEAST = 600;
/** A batch has a head, a record too, and headers come on top. */
const RECORD_OVERHEAD_BYTES = 512;
const DEAD_LETTERS_S = 14 * DAY_S;
const TOMBSTONES_S = DAY_S;
/** A topic for failures carries a hundredth of what it stands behind. */
const FAILURE_SHARE = 0.01;

/** The topics of all events. */
export function designTopics(domain: Domain): readonly DesignedTopic[] {
  const counts = partitionCounts(domain);
  return [
    ...domain.events.map((event) => eventTopic(event, domain, counts.get(event.name)!)),
    ...domain.services.flatMap((service) => failureTopics(service, domain)),
  ];
}

/** Name of the topic in which a service's records end that it cannot handle. */
export function deadLetterTopicOf(system: string, { group }: DomainService): string {
  return `${system}.${group}.dlq`;
}

/** Name of the topic in which a service's records wait before they are tried again. */
export function retryTopicOf(system: string, { group }: DomainService, seconds: number): string {
  return `${system}.${group}.retry-${printSeconds(seconds).replaceAll(" ", "")}`;
}

function eventTopic(event: DomainEvent, domain: Domain, { partitions, reasons }: PartitionCount): DesignedTopic {
  const { cluster } = domain;
  return {
    name: event.name,
    purpose: "event",
    of: event.name,
    partitions,
    replicationFactor: copiesOf(cluster).replicationFactor,
    reasons: [...reasons, replicationReason(cluster)],
    settings: [
      minInSyncReason(cluster),
      ...(event.compacted ? compactedSettings(event, domain) : keptSettings(event, partitions)),
      { name: "compression.type", value: "producer", reason: "producers compress; a broker that did it again would pay for nothing" },
      ...messageSize(event),
    ],
  };
}

interface PartitionCount {
  readonly partitions: number;
  readonly reasons: readonly Reasoned[];
}

/** How many partitions each event has: what it needs itself, and as many as what it is joined with. */
function partitionCounts(domain: Domain): ReadonlyMap<string, PartitionCount> {
  const counts = new Map(domain.events.map((event) => [event.name, partitionsOf(event, domain)]));
  const sets = joinedSets(domain);
  // A raise in one set may reach another one through an event that is in both; each round raises something or is the last.
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (const { service, names } of sets) {
      const most = names.toSorted((a, b) => counts.get(b)!.partitions - counts.get(a)!.partitions)[0]!;
      const { partitions } = counts.get(most)!;
      for (const name of names) {
        if (counts.get(name)!.partitions === partitions) continue;
        const reason = `as many as ${most}: ${service} joins them by the same key, and needs the same keys in the same partitions`;
        counts.set(name, {
          partitions,
          reasons: [{ name: "partitions", value: String(partitions), reason, formula: `max over what ${service} joins` }],
        });
        isSettled = false;
      }
    }
  }
  return counts;
}

/** Events of one key that a Streams application reads: it may join them only if their partitions are equal. */
function joinedSets({ services, events }: Domain): readonly { readonly service: string; readonly names: readonly string[] }[] {
  return services
    .filter(({ kind }) => kind === "streams")
    .flatMap(({ name: service, consumes }) => {
      const read = events.filter(({ name, key, order }) => key !== undefined && order !== "all" && consumes.includes(name));
      return [...Map.groupBy(read, ({ key }) => key).values()]
        .filter((set) => set.length > 1)
        .map((set) => ({ service, names: set.map(({ name }) => name) }));
    });
}

/** What an event needs by itself. */
function partitionsOf(event: DomainEvent, domain: Domain): PartitionCount {
  const readers = consumersOf(domain, event.name);
  if (event.order === "all")
    return {
      partitions: 1,
      reasons: [
        {
          name: "partitions",
          value: "1",
          reason: "all records have to stay in order, and only one partition keeps that",
          formula: "1 for order: all",
        },
      ],
    };
  const parallel = readers.map((service) => ({ service, members: membersFor(event, service) }));
  const most = parallel.toSorted((a, b) => b.members - a.members)[0];
  const write = peakBytesPerS(event);
  const consumers = most?.members ?? 1;
  const { figures, binding } = partitionCount.calculate(
    completeInputs(partitionCount, { write, growth: event.growth, consumers, brokers: domain.cluster.brokers }),
  );
  const value = (name: string): number => figures.find((figure) => figure.name === name)!.value;
  const who = most && binding?.includes("consumers") ? ` of ${most.service.name}` : "";
  return {
    partitions: value("partitions"),
    reasons: [
      {
        name: "partitions",
        value: String(value("partitions")),
        reason: `${bindingWords(binding ?? "", who)} decides; more would move keys to other partitions later, so growth is in`,
        formula: `max(writing ${value("writing")} = ${printBytes(write)}/s × ${printNumber(event.growth)} ÷ (10 MB/s × 70 %), reading ${value("reading")} at 30 MB/s, consumers ${consumers}${who}), up to a multiple of ${domain.cluster.brokers} brokers`,
      },
    ],
  };
}

function bindingWords(binding: string, who: string): string {
  const words: Readonly<Record<string, string>> = {
    writing: "the rate of writing",
    reading: "the rate of reading",
    consumers: `the number of consumers${who}`,
  };
  const names = binding.split(", ");
  // With all of them at one it is no decision of anybody's.
  return names.length === 3 ? "the least" : names.map((name) => words[name] ?? name).join(" and ");
}

/** Members of its group that a service needs side by side at the grown peak, or has. */
function membersFor(event: DomainEvent, service: DomainService): number {
  const { figures } = consumerCount.calculate(
    completeInputs(consumerCount, { produced: event.peak * event.growth, processing: service.timePerRecord }),
  );
  return Math.max(service.instances, figures[0]!.value);
}

/** Bytes that one partition keeps, as the broker stores them. */
export function keptBytesOf(event: DomainEvent, partitions: number): number {
  const perS = event.rate * event.size * event.ratio;
  return event.compacted
    ? ((event.keys ?? event.rate * DAY_S) * event.size * event.ratio) / partitions
    : (perS * event.retention) / partitions;
}

function keptSettings(event: DomainEvent, partitions: number): readonly Reasoned[] {
  const kept = keptBytesOf(event, partitions);
  const segmentBytes = powerOfTwoBelow(Math.min(SEGMENT_BYTES_MAX, Math.max(SEGMENT_BYTES_LEAST, kept / SEGMENTS)));
  const segmentS = Math.round(Math.min(SEGMENT_S_MAX, Math.max(SEGMENT_S_LEAST, event.retention / SEGMENTS)));
  return [
    { name: "cleanup.policy", value: "delete", reason: "events happened once; they go when they are old" },
    {
      name: "retention.ms",
      value: String(Math.round(event.retention * 1000)),
      reason: `kept for ${printSeconds(event.retention)}, as asked for`,
    },
    {
      name: "segment.bytes",
      value: String(segmentBytes),
      reason: "only whole segments go: about an eighth of what is kept",
      formula: `${printBytes(kept)} in a partition ÷ ${SEGMENTS}, a power of two from 16 MiB to 1 GiB`,
    },
    {
      name: "segment.ms",
      value: String(segmentS * 1000),
      reason: "a quiet partition gives its records up in time as well",
      formula: `${printSeconds(event.retention)} ÷ ${SEGMENTS}, from 10 min to 7 d`,
    },
  ];
}

function compactedSettings(event: DomainEvent, domain: Domain): readonly Reasoned[] {
  const outage = Math.max(0, ...consumersOf(domain, event.name).map((service) => service.outage));
  const tombstones = Math.max(TOMBSTONES_S, 2 * outage);
  const forget = event.forgetWithin ?? (event.pii.length > 0 ? FORGET_WITHIN_S : undefined);
  return [
    { name: "cleanup.policy", value: "compact", reason: "state: the last record of each key counts, and stays" },
    {
      name: "delete.retention.ms",
      value: String(tombstones * 1000),
      reason: "a reader that was down still sees what was deleted",
      formula: `max(1 d, 2 × the longest outage ${printSeconds(outage)})`,
    },
    ...(forget === undefined
      ? []
      : [
          {
            name: "max.compaction.lag.ms",
            value: String(Math.round(forget * 1000)),
            reason: `what a tombstone deletes is gone within ${printSeconds(forget)}, however little is written${event.pii.length > 0 ? `: ${event.pii.join(", ")} are a person's data` : ""}`,
          },
        ]),
    {
      name: "segment.ms",
      value: String(Math.min(SEGMENT_S_MAX, forget ?? SEGMENT_S_MAX) * 1000),
      reason: "the segment that is written is not compacted; it has to end at times",
    },
  ];
}

function messageSize(event: DomainEvent): readonly Reasoned[] {
  const needed = Math.ceil((event.maxSize + RECORD_OVERHEAD_BYTES) / 1024) * 1024;
  if (needed <= MAX_MESSAGE_BYTES) return [];
  return [
    {
      name: "max.message.bytes",
      value: String(needed),
      reason: `the largest record has ${printBytes(event.maxSize)}; it may be the only one of its batch`,
      formula: "maxSize + 512, up to a KiB",
    },
  ];
}

/** Topics for what a service could not handle: they keep at least as long as where the records come from. */
function failureTopics(service: DomainService, domain: Domain): readonly DesignedTopic[] {
  const isStreams = hasStreamsDeadLetters(service, domain);
  if (service.consumes.length === 0 || (service.kind !== "client" && !isStreams)) return [];
  const { cluster, system } = domain;
  const sources = domain.events.filter(({ name }) => service.consumes.includes(name));
  const longest = Math.max(...sources.map((event) => (event.compacted ? DEAD_LETTERS_S : event.retention)));
  const peak = sources.reduce((sum, { peak: perS }) => sum + perS, 0) * FAILURE_SHARE;
  const failing = Math.max(1, wholeUp(peak * service.timePerRecord));
  const partitions = Math.ceil(failing / cluster.brokers) * cluster.brokers;
  const topic = (name: string, purpose: "retry" | "deadLetter", retentionS: number, reason: string): DesignedTopic => ({
    name,
    purpose,
    of: service.group,
    partitions,
    replicationFactor: copiesOf(cluster).replicationFactor,
    reasons: [
      {
        name: "partitions",
        value: String(partitions),
        reason: "if a hundredth of all records fail at the peak, so many are worked on at a time",
        formula: `⌈${printNumber(peak)}/s × ${printSeconds(service.timePerRecord)}⌉, up to a multiple of ${cluster.brokers} brokers`,
      },
      replicationReason(cluster),
    ],
    settings: [
      minInSyncReason(cluster),
      { name: "cleanup.policy", value: "delete", reason: "failures are events, too" },
      { name: "retention.ms", value: String(Math.round(retentionS * 1000)), reason },
      { name: "compression.type", value: "producer", reason: "records come as they were" },
      ...messageSize({ ...sources[0]!, maxSize: Math.max(...sources.map(({ maxSize }) => maxSize)) }),
    ],
  });
  const retries = service.retryAfter.map((seconds) =>
    topic(
      retryTopicOf(system, service, seconds),
      "retry",
      Math.max(longest, seconds * 2),
      "as long as where they come from: nothing is lost while the service is down",
    ),
  );
  const dead = topic(
    deadLetterTopicOf(system, service),
    "deadLetter",
    Math.max(longest, DEAD_LETTERS_S),
    "as long as where they come from, and two weeks at least: somebody has to look at them",
  );
  return service.deadLetters ? [...retries, dead] : retries;
}

function powerOfTwoBelow(bytes: number): number {
  return 2 ** Math.floor(Math.log2(bytes));
}
