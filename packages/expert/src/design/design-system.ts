import { printSeconds } from "../quantity/print-quantity.ts";
import { copiesOf, minInSyncReason } from "./copies.ts";
import { designAcls } from "./design-acls.ts";
import { designAlerts } from "./design-alerts.ts";
import { designCapacity } from "./design-capacity.ts";
import { consumerSettings, hasStreamsDeadLetters, streamsSettings } from "./design-consumer.ts";
import { producerSettings } from "./design-producer.ts";
import { designSchemas } from "./design-schemas.ts";
import { deadLetterTopicOf, designTopics, retryTopicOf } from "./design-topics.ts";
import type { DesignedClient, DesignedFailures, DesignedSystem, DesignedTopic, Reasoned } from "./designed-system.ts";
import { consumersOf, type Domain, type DomainService } from "./domain.ts";
import { wholeUp } from "../size/whole-up.ts";

const OFFSETS_RETENTION_LEAST_MIN = 20_160;
/** A broker copies what it takes; without this a large record would be copied alone. */
const REPLICA_FETCH_BYTES = 1_048_576;
const LARGE_RECORD_BYTES = 1_048_576;

/** The whole system from what its file says. `schemaTexts`: of the events whose schema is a file. The same file gives the same design. */
export function designSystem(domain: Domain, schemaTexts: ReadonlyMap<string, string> = new Map()): DesignedSystem {
  const topics = designTopics(domain);
  const capacity = designCapacity(domain, topics);
  const schemas = designSchemas(domain, schemaTexts);
  return {
    system: domain.system,
    cluster: { ...domain.cluster, name: domain.cluster.name ?? domain.system },
    topics,
    acls: designAcls(domain),
    clients: domain.services.flatMap((service) => clientsOf(service, domain, topics)),
    failures: domain.services
      .filter(({ kind, consumes }) => kind === "client" && consumes.length > 0)
      .map((service) => failuresOf(service, domain)),
    schemas,
    brokerSettings: brokerSettings(domain, topics),
    alerts: designAlerts(domain, topics),
    capacity: capacity.lines,
    notes: [...capacity.notes, ...notesOf(domain, new Set(schemas.map(({ event }) => event)))],
  };
}

function clientsOf(service: DomainService, domain: Domain, topics: readonly DesignedTopic[]): readonly DesignedClient[] {
  const { name, principal, kind, produces, consumes } = service;
  if (kind === "external") return [];
  const hasPassword = domain.cluster.login === "scram" && principal.startsWith("User:");
  const common = { service: name, username: hasPassword ? principal.slice("User:".length) : undefined };
  if (kind === "streams")
    return [
      {
        ...common,
        role: "streams",
        settings: streamsSettings(service, hasStreamsDeadLetters(service, domain) ? deadLetterTopicOf(domain.system, service) : undefined),
      },
    ];
  return [
    ...(produces.length > 0 ? [{ ...common, role: "producer" as const, settings: producerSettings(service, domain, topics) }] : []),
    ...(consumes.length > 0 ? [{ ...common, role: "consumer" as const, settings: consumerSettings(service, domain) }] : []),
  ];
}

function failuresOf(service: DomainService, { system }: Domain): DesignedFailures {
  return {
    service: service.name,
    retryTopics: service.retryAfter.map((seconds) => ({
      topic: retryTopicOf(system, service, seconds),
      delayMs: Math.round(seconds * 1000),
    })),
    deadLetterTopic: service.deadLetters ? deadLetterTopicOf(system, service) : undefined,
  };
}

/** What the brokers should say so that what is made later is as safe as what is made now. */
function brokerSettings(domain: Domain, topics: readonly DesignedTopic[]): readonly Reasoned[] {
  const { cluster, services } = domain;
  const { replicationFactor } = copiesOf(cluster);
  const copies = String(replicationFactor);
  const outageMin = Math.ceil(Math.max(0, ...services.map(({ outage }) => outage)) / 60);
  const largest = Math.max(
    0,
    ...topics.flatMap(({ settings }) => settings.filter(({ name }) => name === "max.message.bytes").map(({ value }) => Number(value))),
  );
  return [
    { name: "auto.create.topics.enable", value: "false", reason: "a name that is typed wrong makes no topic" },
    { name: "default.replication.factor", value: copies, reason: "for topics that are made later, those of Streams among them" },
    minInSyncReason(cluster),
    {
      name: "unclean.leader.election.enable",
      value: "false",
      reason: "a replica that is behind never becomes leader: nothing acknowledged is lost",
    },
    { name: "offsets.topic.replication.factor", value: copies, reason: "how far groups have read is as safe as the records" },
    { name: "transaction.state.log.replication.factor", value: copies, reason: "so is the state of transactions" },
    { name: "transaction.state.log.min.isr", value: minInSyncReason(cluster).value, reason: "and acknowledged by as many" },
    {
      name: "offsets.retention.minutes",
      value: String(Math.max(OFFSETS_RETENTION_LEAST_MIN, 2 * outageMin)),
      reason: "a group that was away for long goes on where it was",
      formula: `max(14 d, 2 × the longest outage ${printSeconds(outageMin * 60)})`,
    },
    ...(cluster.racks > 1
      ? [
          {
            name: "replica.selector.class",
            value: "org.apache.kafka.common.replica.RackAwareReplicaSelector",
            reason: "readers that say their client.rack read in their own zone",
          },
        ]
      : []),
    ...(largest > REPLICA_FETCH_BYTES
      ? [{ name: "replica.fetch.max.bytes", value: String(largest), reason: "the largest batch is copied together with others" }]
      : []),
  ];
}

function notesOf(domain: Domain, withSchema: ReadonlySet<string>): readonly string[] {
  const { events, services, cluster } = domain;
  const { replicationFactor } = copiesOf(cluster);
  const large = events.filter(({ maxSize }) => maxSize > LARGE_RECORD_BYTES).map(({ name }) => name);
  const unread = events.filter(({ name }) => consumersOf(domain, name).length === 0).map(({ name }) => name);
  const bare = events.filter(({ name }) => !withSchema.has(name)).map(({ name }) => name);
  const effects = services.filter(
    ({ guarantee, consumes, kind }) => guarantee === "at-least-once" && consumes.length > 0 && kind !== "external",
  );
  const once = services.filter(({ guarantee, produces }) => guarantee === "exactly-once" && produces.length === 0);
  const personal = events.filter(({ pii, compacted }) => pii.length > 0 && !compacted);
  const crowded = cluster.racks > 1 && cluster.racks < replicationFactor;
  const shadowed = services
    .filter(({ kind }) => kind === "streams")
    .flatMap(({ group }) =>
      services
        .filter((other) => other.group !== group && other.group.startsWith(`${group}-`))
        .map((other) => `${group} and ${other.group}`),
    );
  return [
    ...(replicationFactor < 3
      ? [
          `${cluster.brokers} brokers hold ${replicationFactor} copies: that is a cluster to try things on. Three brokers are the least to rely on.`,
        ]
      : []),
    ...(crowded
      ? [
          `${replicationFactor} copies in ${cluster.racks} racks: the loss of one rack may take two copies, and writers stop. Three racks are the least.`,
        ]
      : []),
    ...(large.length > 0
      ? [
          `${large.join(", ")}: records above 1 MiB make brokers, readers and memory suffer. Put the payload into an object store and send a reference (claim check).`,
        ]
      : []),
    ...(unread.length > 0 ? [`Nobody here reads ${unread.join(", ")}.`] : []),
    ...(bare.length > 0 ? [`Without fields or a schema there is no contract for ${bare.join(", ")}.`] : []),
    ...(effects.length > 0
      ? [
          `At least once: ${effects.map(({ name }) => name).join(", ")} may see a record twice, after a crash or a rebalance. What they do must bear that: keep the ids that are done, or write so that twice is as once.`,
        ]
      : []),
    ...services.flatMap((service) => slowNote(service, domain)),
    ...(once.length > 0
      ? [
          `${once.map(({ name }) => name).join(", ")}: exactly once covers records in Kafka only. Effects elsewhere need an id that the other side knows again.`,
        ]
      : []),
    ...personal.map(
      ({ name, pii, retention }) =>
        `${name} holds a person's data (${pii.join(", ")}) for ${printSeconds(retention)}; what must go sooner has to be encrypted by a key that can be thrown away.`,
    ),
    ...shadowed.map((pair) => `${pair}: the ids begin alike, and the ACLs of the first reach the second's internal topics. Rename one.`),
  ];
}

/** Instances that work on one record at a time, and more records than they can take. */
function slowNote(service: DomainService, { events }: Domain): readonly string[] {
  const read = events.filter(({ name }) => service.consumes.includes(name));
  const busyAt = (perS: (event: Domain["events"][number]) => number): number =>
    Number((read.reduce((sum, event) => sum + perS(event), 0) * service.timePerRecord).toPrecision(12));
  const atPeak = wholeUp(busyAt(({ peak }) => peak));
  if (atPeak <= service.instances) return [];
  const always = wholeUp(busyAt(({ rate }) => rate));
  const when =
    always > service.instances
      ? `falls further behind all day (${always} are needed for that)`
      : "falls behind at the peak and catches up later";
  return [
    `${service.name} needs ${atPeak} records at work at a time at the peak, and ${service.instances} instances with one each are said: it ${when}. Run more, or let each work on several (concurrency of consumer.run).`,
  ];
}
