import { nearName } from "@ottla/base";
import { clientTable, consumerTable, producerTable } from "./option-table.ts";

/** Which of our clients a property of Kafka's is for: `client` is every one. */
export type ClientKind = "client" | "producer" | "consumer";

/** What a property's name means here. */
export type PropertyUse =
  | { readonly kind: ClientKind; readonly option: string }
  /** Kafka's clients know it, ours does without. */
  | { readonly kind: "no effect" }
  /** `near`: the name that was perhaps meant. */
  | { readonly kind: "unknown"; readonly near: string | undefined };

/** Read by Apache Kafka 4.4's clients alone: they concern Java's classes, sockets and metrics, or what is refused or not there. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  "bootstrap.controllers",
  "bootstrap.resolve.timeout.ms",
  "buffer.memory.allocation.strategy",
  "compression.gzip.level",
  "compression.lz4.level",
  "compression.zstd.level",
  "config.providers",
  "enable.metrics.push",
  "internal.throw.on.fetch.stable.offset.unsupported",
  "key.deserializer",
  "key.serializer",
  "metadata.cluster.check.enable",
  "metadata.max.idle.ms",
  "metadata.recovery.rebootstrap.trigger.ms",
  "metadata.recovery.strategy",
  "metric.reporters",
  "metrics.num.samples",
  "metrics.recording.level",
  "metrics.sample.window.ms",
  "partitioner.adaptive.partitioning.enable",
  "partitioner.availability.timeout.ms",
  "partitioner.ignore.keys",
  "partitioner.rack.aware",
  "receive.buffer.bytes",
  "security.providers",
  "send.buffer.bytes",
  "share.acknowledgement.mode",
  "share.acquire.mode",
  "socket.connection.setup.timeout.max.ms",
  "transaction.timeout.ms",
  "transaction.two.phase.commit.enable",
  "value.deserializer",
  "value.serializer",
]);
/** Refused where they are set to something else than what is done anyway; see `clientOptionsFromProperties`. */
const JUDGED: readonly string[] = [
  "client.dns.lookup",
  "group.protocol",
  "group.remote.assignor",
  "interceptor.classes",
  "partitioner.class",
  "security.protocol",
  "transactional.id",
];
const JUDGED_PREFIX = /^(sasl|ssl)\./;

const TABLES = { client: clientTable, producer: producerTable, consumer: consumerTable } as const;

/** What becomes of the property `name` when options are read from properties. */
export function propertyUse(name: string): PropertyUse {
  for (const [kind, { optionOf }] of Object.entries(TABLES)) {
    const option = optionOf.get(name);
    if (option !== undefined) return { kind: kind as ClientKind, option };
  }
  if (WITHOUT_EFFECT.has(name) || JUDGED.includes(name) || JUDGED_PREFIX.test(name)) return { kind: "no effect" };
  const known = Object.values(TABLES).flatMap(({ optionOf }) => [...optionOf.keys()]);
  return { kind: "unknown", near: nearName(name, [...known, ...JUDGED, ...WITHOUT_EFFECT]) };
}

/** Kafka's name of one of our options: `lingerMs` is `linger.ms`. */
export function propertyOfOption(option: string): string | undefined {
  for (const { optionOf } of Object.values(TABLES)) {
    for (const [property, name] of optionOf) if (name === option) return property;
  }
  return undefined;
}
