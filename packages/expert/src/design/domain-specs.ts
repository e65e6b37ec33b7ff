import { KAFKA_VERSIONS } from "../catalogue/generated/kafka-versions.ts";
import { NEWEST_VERSION } from "../catalogue/settings-catalogue.ts";
import type { FieldSpecs, FieldValues } from "./field-spec.ts";

const MINUTE_S = 60;
const DAY_S = 86_400;

/** What the cluster is. */
export const clusterSpecs = {
  kafka: {
    kind: "choice",
    choices: KAFKA_VERSIONS,
    default: NEWEST_VERSION,
    example: NEWEST_VERSION,
    summary: "the line of Kafka that the brokers run",
  },
  brokers: { kind: "integer", min: 1, max: 1000, default: 3, example: "6", summary: "brokers that hold partitions" },
  racks: { kind: "integer", min: 1, max: 100, default: 1, example: "3", summary: "racks or zones that the brokers are spread over" },
  disk: { kind: "quantity", dimension: "bytes", optional: true, example: "2TB", summary: "disk of each broker for its logs" },
  network: {
    kind: "quantity",
    dimension: "bytesPerS",
    default: 1.25e9,
    example: "10Gb/s",
    summary: "network of each broker, each way",
  },
  memory: { kind: "quantity", dimension: "bytes", optional: true, example: "64GB", summary: "memory of each broker's machine" },
  name: {
    kind: "name",
    optional: true,
    example: "prod",
    summary: "what Strimzi calls the cluster; taken from the system where nothing is said",
  },
  login: {
    kind: "choice",
    choices: ["scram", "none"],
    default: "scram",
    example: "scram",
    summary:
      "how services log in: scram is a password over TLS, from the variable KAFKA_PASSWORD; none is for a network that nobody else is on",
  },
  bootstrap: {
    kind: "text",
    optional: true,
    example: "kafka.shop.example:9093",
    summary: "bootstrap.servers of the clients; else they take it from the variable BOOTSTRAP_SERVERS",
  },
} as const satisfies FieldSpecs;

/** One kind of event: a topic. */
export const eventSpecs = {
  doc: {
    kind: "text",
    optional: true,
    example: "An order that a customer has placed.",
    summary: "what one record is; stands in its schema",
  },
  key: {
    kind: "text",
    optional: true,
    example: "order_id",
    summary: "the field that is the record's key; without it records are spread over the partitions",
  },
  rate: { kind: "quantity", dimension: "recordsPerS", example: "150/s", summary: "records a second over a day" },
  peak: {
    kind: "quantity",
    dimension: "recordsPerS",
    optional: true,
    example: "500/s",
    summary: "at the busiest time; three times the rate if nothing is said",
  },
  size: { kind: "quantity", dimension: "bytes", example: "5kB", summary: "bytes of a record, as serialised, on average" },
  maxSize: {
    kind: "quantity",
    dimension: "bytes",
    optional: true,
    example: "60kB",
    summary: "the largest record; ten times the size if nothing is said",
  },
  order: {
    kind: "choice",
    choices: ["key", "all", "none"],
    example: "key",
    default: "none",
    summary: "key: records of a key stay in order; all: all records do, in one partition; none: no order is needed",
  },
  retention: { kind: "quantity", dimension: "seconds", default: 7 * DAY_S, example: "30d", summary: "how long records are kept" },
  compacted: {
    kind: "flag",
    default: false,
    example: "true",
    summary: "the last record of each key is kept for ever: state, not events; retention does not count then",
  },
  keys: {
    kind: "quantity",
    dimension: "records",
    optional: true,
    example: "2_000_000",
    summary: "of a compacted event: how many keys there will be",
  },
  ratio: { kind: "quantity", dimension: "ratio", default: 1, example: "40%", summary: "size after compression, of what it was" },
  growth: {
    kind: "quantity",
    dimension: "count",
    default: 3,
    example: "3",
    summary: "how many times as much it will become; partitions are made for that",
  },
  latency: {
    kind: "quantity",
    dimension: "seconds",
    optional: true,
    example: "100ms",
    summary: "what producer to consumer may take, in 99 of 100 cases",
  },
  fields: {
    kind: "texts",
    example: '{ order_id: uuid, total: "decimal(12,2)", note: string? }',
    summary: "the fields of its schema and their types",
  },
  schema: { kind: "text", optional: true, example: "schemas/order.avsc", summary: "a file with its Avro schema, in place of fields" },
  pii: { kind: "names", example: "[email, address]", summary: "fields that say something about a person" },
  forgetWithin: {
    kind: "quantity",
    dimension: "seconds",
    optional: true,
    example: "30d",
    summary: "how soon a person's data must be gone after a tombstone; with pii 30d if nothing is said",
  },
} as const satisfies FieldSpecs;

/** One service: what it reads and writes, and how sure it must be. */
export const serviceSpecs = {
  kind: {
    kind: "choice",
    choices: ["client", "streams", "external"],
    default: "client",
    example: "streams",
    summary:
      "client: a program with producers and consumers; streams: a Kafka Streams application; external: somebody else's program, which gets ACLs only",
  },
  produces: { kind: "names", example: "[orders.order.created]", summary: "events that it writes" },
  consumes: { kind: "names", example: "[payments.payment.completed]", summary: "events that it reads" },
  group: { kind: "name", optional: true, example: "order-service", summary: "its consumer group; its own name if nothing is said" },
  principal: {
    kind: "text",
    optional: true,
    example: "User:order-service",
    summary: "who it logs in as; User: and its own name if nothing is said",
  },
  timePerRecord: { kind: "quantity", dimension: "seconds", default: 0.001, example: "8ms", summary: "how long it works on one record" },
  guarantee: {
    kind: "choice",
    choices: ["at-least-once", "exactly-once"],
    default: "at-least-once",
    example: "exactly-once",
    summary: "exactly-once: what it reads, what it writes of it and how far it has read become valid together, by transactions",
  },
  instances: { kind: "integer", min: 1, max: 10_000, default: 1, example: "3", summary: "how many of it run" },
  restartTime: { kind: "quantity", dimension: "seconds", default: 30, example: "30s", summary: "how long an instance takes to restart" },
  outage: {
    kind: "quantity",
    dimension: "seconds",
    default: DAY_S,
    example: "3d",
    summary: "the longest that it may be down without losing anything",
  },
  retryAfter: {
    kind: "quantities",
    dimension: "seconds",
    example: "[10s, 5min]",
    summary: "pauses before a failed record is tried again, by a retry topic each; its order is lost then",
  },
  deadLetters: { kind: "flag", default: true, example: "true", summary: "what cannot be handled goes to a topic of its own" },
} as const satisfies FieldSpecs;

/** What stands at the top of a design file beside its parts. */
export const systemSpecs = {
  system: { kind: "name", example: "shop", summary: "the name of the whole; topics for retries and dead letters begin with it" },
  naming: {
    kind: "text",
    optional: true,
    example: "^[a-z][a-z0-9-]*([.][a-z][a-z0-9-]*){2,}$",
    summary: "the pattern that names of events must match; domain.entity.event in small letters if nothing is said",
  },
} as const satisfies FieldSpecs;

/** Three words or more with points between: domain, entity, event. */
export const NAMING_DEFAULT = "^[a-z][a-z0-9-]*([.][a-z][a-z0-9-]*){2,}$";

/** How much a peak is where only a rate is given, and a largest record where only a size is. */
export const PEAK_FACTOR = 3;
export const MAX_SIZE_FACTOR = 10;
/** The time in which a person's data has to be gone where nothing is said. */
export const FORGET_WITHIN_S = 30 * DAY_S;
/** Less than this is no time for a retry topic: the consumer waits in place. */
export const RETRY_LEAST_S = 1;
export const RETRY_MOST_S = 24 * 60 * MINUTE_S;

export type DomainCluster = FieldValues<typeof clusterSpecs>;
export type EventFields = FieldValues<typeof eventSpecs>;
export type ServiceFields = FieldValues<typeof serviceSpecs>;
