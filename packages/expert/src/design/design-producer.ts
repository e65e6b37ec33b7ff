import { printBytes, printNumber, printSeconds } from "../quantity/print-quantity.ts";
import type { DesignedTopic, Reasoned } from "./designed-system.ts";
import { type Domain, type DomainEvent, type DomainService, peakBytesPerS } from "./domain.ts";

const KIB = 1024;
const MIB = 1024 ** 2;
const DAY_S = 86_400;
const LINGER_MS = 5;
/** From here on full batches pay for waiting a little longer. */
const BUSY_BYTES_PER_S = 5e6;
const BUSY_LINGER_MS = 20;
const BATCH_BYTES = 64 * KIB;
const BATCH_BYTES_MAX = 512 * KIB;
const BUFFER_BYTES = 32 * MIB;
const BUFFER_BYTES_MAX = 256 * MIB;
/** A leader that dies is followed by another one within about that; the buffer takes what comes meanwhile. */
const FAILOVER_S = 10;
const REQUEST_BYTES = MIB;
/** From this retention on, bytes on disk cost more than the processor that packs them. */
const DISK_RETENTION_S = 30 * DAY_S;
const TRANSACTION_LEAST_S = 10;
const TRANSACTION_MOST_S = 900;

/** The events that a service writes. */
function written(service: DomainService, domain: Domain): readonly DomainEvent[] {
  return domain.events.filter(({ name }) => service.produces.includes(name));
}

/** What begins the transactional ids of a service; an instance's name stands behind it. */
export function transactionalPrefixOf({ name }: DomainService): string {
  return `${name}.tx-`;
}

/** Settings of a service's producer. */
export function producerSettings(service: DomainService, domain: Domain, topics: readonly DesignedTopic[]): readonly Reasoned[] {
  const events = written(service, domain);
  const perInstance = events.reduce((sum, event) => sum + peakBytesPerS(event), 0) / service.instances;
  const partitions = topics.filter(({ name }) => service.produces.includes(name)).reduce((sum, topic) => sum + topic.partitions, 0);
  const linger = lingerMs(events, perInstance);
  const largest = Math.max(...events.map(({ maxSize }) => maxSize));
  return [
    { name: "client.id", value: service.name, reason: "quotas, logs and metrics name it" },
    { name: "acks", value: "all", reason: "a record counts when every replica in sync has it" },
    { name: "enable.idempotence", value: "true", reason: "a retry neither doubles nor reorders" },
    { name: "delivery.timeout.ms", value: "120000", reason: "how long a record is tried; the number of retries is no bound worth setting" },
    linger,
    batchSize(perInstance, partitions, Number(linger.value)),
    compression(events),
    bufferMemory(perInstance),
    ...(largest + KIB > REQUEST_BYTES
      ? [
          {
            name: "max.request.size",
            value: String(Math.ceil((largest * 1.1) / KIB) * KIB),
            reason: `the largest record has ${printBytes(largest)}, and what holds it is a little larger; a reference to an object store would do the cluster good`,
            formula: "maxSize × 1.1",
          },
        ]
      : []),
    ...(service.guarantee === "exactly-once" ? transactionSettings(service) : []),
  ];
}

function lingerMs(events: readonly DomainEvent[], bytesPerS: number): Reasoned {
  const latencies = events.flatMap(({ latency }) => latency ?? []);
  if (latencies.length > 0) {
    const least = Math.min(...latencies);
    const ms = Math.min(LINGER_MS, Math.floor(least * 100));
    return {
      name: "linger.ms",
      value: String(ms),
      reason: `of the ${printSeconds(least)} that there are to the reader, a tenth at most is spent on waiting for company`,
      formula: `min(${LINGER_MS}, latency ÷ 10)`,
    };
  }
  if (bytesPerS > BUSY_BYTES_PER_S)
    return {
      name: "linger.ms",
      value: String(BUSY_LINGER_MS),
      reason: `${printBytes(bytesPerS)}/s from one producer: full batches save requests and pack better`,
    };
  return { name: "linger.ms", value: String(LINGER_MS), reason: "Kafka 4's default: small batches would cost more time than this" };
}

function batchSize(bytesPerS: number, partitions: number, linger: number): Reasoned {
  const inTime = (bytesPerS / Math.max(1, partitions)) * (Math.max(1, linger) / 1000);
  const bytes = Math.min(BATCH_BYTES_MAX, Math.max(BATCH_BYTES, powerOfTwoAbove(inTime * 2)));
  return {
    name: "batch.size",
    value: String(bytes),
    reason: "room for twice what a partition gets while a batch waits; it is memory only when it is used",
    formula: `2 × ${printBytes(bytesPerS)}/s ÷ ${partitions} partitions × ${Math.max(1, linger)} ms = ${printBytes(inTime * 2)}, a power of two from 64 to 512 KiB`,
  };
}

function compression(events: readonly DomainEvent[]): Reasoned {
  const longest = Math.max(...events.map((event) => (event.compacted ? Number.POSITIVE_INFINITY : event.retention)));
  return longest >= DISK_RETENTION_S
    ? { name: "compression.type", value: "zstd", reason: "kept for a month and more: the smaller it is, the less disk" }
    : { name: "compression.type", value: "lz4", reason: "cheap for the processor, and saves network and disk" };
}

function bufferMemory(bytesPerS: number): Reasoned {
  const bytes = Math.min(BUFFER_BYTES_MAX, Math.max(BUFFER_BYTES, powerOfTwoAbove(bytesPerS * FAILOVER_S)));
  return {
    name: "buffer.memory",
    value: String(bytes),
    reason: `takes ${printSeconds(bytes / bytesPerS)} of the peak while no leader answers; then senders wait`,
    formula: `${printBytes(bytesPerS)}/s × ${FAILOVER_S} s, a power of two from 32 to 256 MiB`,
  };
}

function transactionSettings(service: DomainService): readonly Reasoned[] {
  const batchS = maxPollRecordsOf(service) * service.timePerRecord;
  const seconds = Math.ceil(Math.min(TRANSACTION_MOST_S, Math.max(TRANSACTION_LEAST_S, 2 * batchS)));
  return [
    {
      name: "transactional.id",
      value: `${transactionalPrefixOf(service)}\${env:INSTANCE}`,
      reason: "the same over restarts of an instance, another one for each: an old one that still runs is fenced",
    },
    {
      name: "transaction.timeout.ms",
      value: String(seconds * 1000),
      reason: "one that hangs keeps readers of committed records waiting for so long",
      formula: `2 × ${printNumber(maxPollRecordsOf(service))} records × ${printSeconds(service.timePerRecord)}, from 10 s to the broker's limit of 15 min`,
    },
  ];
}

const POLL_RECORDS = 500;
const POLL_INTERVAL_S = 300;

/** How many records a poll may bring so that half of the poll interval stays free; 1 where not even one fits. */
export function maxPollRecordsOf({ timePerRecord }: DomainService): number {
  return Math.max(1, Math.min(POLL_RECORDS, Math.floor(Number(((0.5 * POLL_INTERVAL_S) / timePerRecord).toPrecision(12)))));
}

export function powerOfTwoAbove(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, bytes)));
}
