import { printBytes, printSeconds } from "../quantity/print-quantity.ts";
import { KAFKA_VERSIONS } from "../catalogue/generated/kafka-versions.ts";
import { maxPollRecordsOf, powerOfTwoAbove } from "./design-producer.ts";
import type { Reasoned } from "./designed-system.ts";
import { type Domain, type DomainService, peakBytesPerS } from "./domain.ts";

const POLL_INTERVAL_MS = 300_000;
const SESSION_S = 45;
const PARTITION_FETCH_BYTES = 1_048_576;
/** From here on fetches that wait for more save the broker requests. */
const BUSY_BYTES_PER_S = 5e6;
const BUSY_FETCH_BYTES = 65_536;
/** Streams waits at most so long for its own records to be committed. */
const STREAMS_COMMIT_MS = 100;

/** Settings of a service's consumer. */
export function consumerSettings(service: DomainService, domain: Domain): readonly Reasoned[] {
  const largest = Math.max(...domain.events.filter(({ name }) => service.consumes.includes(name)).map(({ maxSize }) => maxSize));
  return [
    { name: "client.id", value: service.name, reason: "quotas, logs and metrics name it" },
    { name: "group.id", value: service.group, reason: "its instances share the partitions; no other service has this group" },
    ...groupSettings(service, domain),
    {
      name: "enable.auto.commit",
      value: "false",
      reason:
        service.guarantee === "exactly-once"
          ? "offsets are committed in the transaction"
          : "an offset is committed when the work on the record is done, and not before",
    },
    {
      name: "auto.offset.reset",
      value: "earliest",
      reason: "a group without an offset begins at the beginning: nothing is passed over silently",
    },
    { name: "isolation.level", ...isolation(domain) },
    ...pollSettings(service),
    ...fetchSettings(service, domain, largest),
    { name: "allow.auto.create.topics", value: "false", reason: "a name that is typed wrong is an error, and no new topic" },
  ];
}

function groupSettings(service: DomainService, { cluster }: Domain): readonly Reasoned[] {
  const isStatic = service.restartTime < SESSION_S && service.instances > 1;
  const instance: readonly Reasoned[] = isStatic
    ? [
        {
          name: "group.instance.id",
          value: `${service.name}-\${env:INSTANCE}`,
          reason: `an instance is back within ${printSeconds(service.restartTime)}, before the ${SESSION_S} s of its session are over: its partitions wait for it, and a deployment moves none`,
        },
      ]
    : [];
  if (Number(cluster.kafka) >= 4)
    return [
      {
        name: "group.protocol",
        value: "consumer",
        reason: "the coordinator divides the partitions (KIP-848): nobody stops while a member comes or goes",
      },
      ...instance,
    ];
  return [
    {
      name: "partition.assignment.strategy",
      value: "org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
      reason: "only partitions that move stop",
    },
    { name: "session.timeout.ms", value: String(SESSION_S * 1000), reason: "a pause of garbage collection is no death" },
    { name: "heartbeat.interval.ms", value: "3000", reason: "many heartbeats in a session" },
    ...instance,
  ];
}

function isolation({ services }: Domain): Omit<Reasoned, "name"> {
  return services.some(({ guarantee }) => guarantee === "exactly-once")
    ? {
        value: "read_committed",
        reason: "somebody here writes in transactions, and aborted records are none; where nobody does it costs nothing",
      }
    : { value: "read_uncommitted", reason: "nobody here writes in transactions; nothing is waited for" };
}

function pollSettings(service: DomainService): readonly Reasoned[] {
  const records = maxPollRecordsOf(service);
  const neededMs = records * service.timePerRecord * 1000 * 2;
  const intervalMs = Math.max(POLL_INTERVAL_MS, Math.ceil(neededMs / 1000) * 1000);
  return [
    {
      name: "max.poll.records",
      value: String(records),
      reason: "a poll's records are done in half of the time that there is between two polls",
      formula: `min(500, 0.5 × 300 s ÷ ${printSeconds(service.timePerRecord)})`,
    },
    {
      name: "max.poll.interval.ms",
      value: String(intervalMs),
      reason:
        intervalMs > POLL_INTERVAL_MS
          ? "one record alone takes more than half of the default"
          : "the default, of which a poll's records take half at most",
    },
  ];
}

function fetchSettings(service: DomainService, domain: Domain, largest: number): readonly Reasoned[] {
  const events = domain.events.filter(({ name }) => service.consumes.includes(name));
  const bytesPerS = events.reduce((sum, event) => sum + peakBytesPerS(event), 0) / service.instances;
  const isUrgent = events.some(({ latency }) => latency !== undefined);
  return [
    ...(bytesPerS > BUSY_BYTES_PER_S && !isUrgent
      ? [
          {
            name: "fetch.min.bytes",
            value: String(BUSY_FETCH_BYTES),
            reason: `${printBytes(bytesPerS)}/s for one consumer at the peak: fewer and fuller answers; fetch.max.wait.ms bounds the wait`,
          },
        ]
      : []),
    ...(largest > PARTITION_FETCH_BYTES
      ? [
          {
            name: "max.partition.fetch.bytes",
            value: String(powerOfTwoAbove(largest * 2)),
            reason: "two of the largest records fit; with less each answer brings one",
            formula: `2 × ${printBytes(largest)}, a power of two`,
          },
        ]
      : []),
  ];
}

/** Since this version Streams sends what it cannot read to a topic (KIP-1034). */
const STREAMS_DEAD_LETTERS_SINCE = "4.2";

/** Whether failures of a Streams application go to a topic. */
export function hasStreamsDeadLetters({ deadLetters, kind }: DomainService, { cluster }: Domain): boolean {
  return kind === "streams" && deadLetters && KAFKA_VERSIONS.indexOf(cluster.kafka) >= KAFKA_VERSIONS.indexOf(STREAMS_DEAD_LETTERS_SINCE);
}

/** Settings of a Streams application. `deadLetterTopic`: where what it cannot read goes. */
export function streamsSettings(service: DomainService, deadLetterTopic: string | undefined): readonly Reasoned[] {
  const isExactlyOnce = service.guarantee === "exactly-once";
  const errors = "org.apache.kafka.streams.errors";
  return [
    { name: "application.id", value: service.group, reason: "its group, and what its internal topics and transactions begin with" },
    {
      name: "processing.guarantee",
      value: isExactlyOnce ? "exactly_once_v2" : "at_least_once",
      reason: isExactlyOnce
        ? "input, state and output become valid together"
        : "a restart may do the last records again: what they do must bear that",
    },
    {
      name: "replication.factor",
      value: "-1",
      reason: "internal topics have as many copies as the brokers' default.replication.factor says",
    },
    {
      name: "num.standby.replicas",
      value: service.instances > 1 ? "1" : "0",
      reason: service.instances > 1 ? "another instance has the state ready when one goes" : "there is no other instance that could",
    },
    {
      name: "commit.interval.ms",
      value: isExactlyOnce ? String(STREAMS_COMMIT_MS) : "30000",
      reason: isExactlyOnce ? "readers see results when a transaction ends" : "the default: how much is done again after a crash",
    },
    {
      name: "state.dir",
      value: "/var/lib/kafka-streams",
      reason: "on a volume that outlives the process: a restart reads what is new, and not all",
    },
    ...(deadLetterTopic === undefined
      ? [
          {
            name: "deserialization.exception.handler",
            value: `${errors}.LogAndFailExceptionHandler`,
            reason: "there is no topic for it: better to stop than to lose it silently",
          },
        ]
      : [
          {
            name: "deserialization.exception.handler",
            value: `${errors}.LogAndContinueExceptionHandler`,
            reason: "a record that cannot be read goes to the dead letters, and those behind it go on",
          },
          { name: "errors.dead.letter.queue.topic.name", value: deadLetterTopic, reason: "where they go (KIP-1034)" },
        ]),
    {
      name: "production.exception.handler",
      value: `${errors}.DefaultProductionExceptionHandler`,
      reason: "a result that cannot be written stops the application: it must not vanish",
    },
  ];
}
