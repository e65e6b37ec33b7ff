import { type ConfigValues, int, list, long, oneOf, secret, str } from "../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;
const anyCase = <const V extends string>(...values: readonly V[]) =>
  oneOf(...values).with({ validator: { kind: "oneOf", values, ignoreCase: true } });

/** The settings of the Elasticsearch and OpenSearch sink, by the names that people's files have; those of our own begin with `ottla.`. */
export const elasticsearchSinkConfig = {
  "connection.url": list().with(high).doc("Nodes, http://host:9200; the next one is asked when one is away."),
  "connection.username": str().optional().doc("The user; left out: none."),
  "connection.password": secret().optional().doc("The password."),
  "ottla.api.key": secret().optional().doc("A key in place of user and password."),
  "ottla.tls.ca.file": str().optional().with(low).doc("PEM of the authorities that are trusted; left out: those of the system."),
  "ottla.index.format": str().default("${topic}").doc("The index of a topic's records; letters become small."),
  "batch.size": int().default(2000).range(1, 100_000).doc("The most records of a request."),
  "bulk.size.bytes": int().default(5_242_880).range(1024).with(low).doc("The most bytes of a request, as far as one record is not larger."),
  "key.ignore": oneOf("true", "false")
    .default("false")
    .with(high)
    .doc("true: a document's id is its record's place, topic+partition+offset; false: its key."),
  "write.method": anyCase("INSERT", "UPSERT")
    .default("INSERT")
    .doc("INSERT: the document becomes what the record is; UPSERT: the record's fields change, others stay."),
  "behavior.on.null.values": anyCase("FAIL", "IGNORE", "DELETE")
    .default("FAIL")
    .doc("Of records without a value; DELETE: the document of their key goes."),
  "behavior.on.malformed.documents": anyCase("FAIL", "IGNORE", "WARN")
    .default("FAIL")
    .doc(
      "Of documents that the index refuses. FAIL: the record is bad and goes where errors.tolerance says; WARN: it is logged and left out.",
    ),
  "data.stream.type": anyCase("NONE", "LOGS", "METRICS").default("NONE").doc("Records are added to data streams, TYPE-DATASET-TOPIC."),
  "data.stream.dataset": str().default("").doc("The data stream's dataset."),
  "data.stream.timestamp.field": list()
    .default([])
    .doc("Fields that may have @timestamp; the first that is there; none: the record's time."),
  "retry.backoff.ms": long()
    .default(100)
    .range(0)
    .with(low)
    .doc("The first pause; each further one is twice as long, up to a minute. Retry-After goes before."),
  "read.timeout.ms": int().default(30_000).range(1).with(low).doc("The longest time of a request."),
};

/** The settings, typed. */
export type ElasticsearchSettings = ConfigValues<typeof elasticsearchSinkConfig>;
