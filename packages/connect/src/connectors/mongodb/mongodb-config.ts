import { bool, type ConfigValues, int, list, oneOf, secret, str } from "../../plugin/config-shape.ts";

const high = { importance: "high" } as const;
const low = { importance: "low" } as const;

const sharedConfig = {
  "connection.uri": secret()
    .default("mongodb://localhost:27017/")
    .with(high)
    .doc(
      "mongodb:// or mongodb+srv:// with login, replica set, TLS and what else the driver knows. It is a secret: it may hold a password.",
    ),
  "ottla.reconnect.max.ms": int()
    .default(30_000)
    .range(0)
    .with(low)
    .doc("The longest pause before a lost server is tried again; it begins at 250 ms and doubles."),
};

const PROJECTION = oneOf("none", "allowlist", "blocklist").default("none");

/** Settings of the sink, by the names that MongoDB's own connector has. */
export const mongodbSinkConfig = {
  ...sharedConfig,
  database: str().with(high).doc("Where documents go."),
  collection: str().optional().with(high).doc("Where documents go; left out: the topic's name."),
  "document.id.strategy": str()
    .default("BsonOidStrategy")
    .with(high)
    .doc(
      "What _id becomes, by the class's name with its package or without. BsonOidStrategy and UuidStrategy make it of topic, partition and offset, so that a record that comes again is the same document.",
    ),
  "document.id.strategy.overwrite.existing": bool().default(false).doc("Whether an _id that the value has is replaced."),
  "document.id.strategy.partial.key.projection.type": PROJECTION.doc("PartialKeyStrategy: which fields of the key are the _id."),
  "document.id.strategy.partial.key.projection.list": list().default([]).doc("Those fields' names."),
  "document.id.strategy.partial.value.projection.type": PROJECTION.doc("PartialValueStrategy: which fields of the value are the _id."),
  "document.id.strategy.partial.value.projection.list": list().default([]).doc("Those fields' names."),
  "writemodel.strategy": str()
    .default("DefaultWriteModelStrategy")
    .with(high)
    .doc("How a document is written, by the class's name with its package or without."),
  "delete.on.null.values": bool()
    .default(false)
    .doc("A record without a value deletes the document of its key; else it cannot be written."),
  "value.projection.type": PROJECTION.doc("Which fields of the value are written."),
  "value.projection.list": list().default([]).doc("Those fields' names; a.b is the field b within a."),
  "change.data.capture.handler": str()
    .default("")
    .doc(
      "Values are changes: of Debezium's connectors for relational databases (PostgresHandler, MysqlHandler, RdbmsHandler) or of a change stream of MongoDB (ChangeStreamHandler).",
    ),
  "max.batch.size": int().default(0).range(0).with(low).doc("The most documents of one request; 0: those that came together."),
  "bulk.write.ordered": bool()
    .default(true)
    .with(low)
    .doc("Documents are written in order; else those of one request in any order, which is quicker on shards."),
};

/** Settings of the source, by the names that MongoDB's own connector has. */
export const mongodbSourceConfig = {
  ...sharedConfig,
  database: str().default("").with(high).doc("What is watched; empty: all of them."),
  collection: str().default("").with(high).doc("What is watched; empty: all of the database."),
  pipeline: str().default("[]").doc("Stages of an aggregation that changes go through, as a list in extended JSON."),
  "change.stream.full.document": oneOf("default", "updateLookup", "whenAvailable", "required")
    .default("default")
    .with(high)
    .doc("Whether the change of a document brings the document as it is when it is looked up, or as it was then."),
  "change.stream.full.document.before.change": oneOf("default", "off", "whenAvailable", "required")
    .default("default")
    .doc("Whether a change brings the document as it was before."),
  "change.stream.document.key.as.key": bool().default(true).doc("Keys are the documents' keys; else the changes' own ids."),
  "publish.full.document.only": bool().default(false).with(high).doc("Values are documents in place of changes; updates are looked up."),
  "publish.full.document.only.tombstone.on.delete": bool()
    .default(false)
    .doc("Where values are documents: a deletion is a record without a value."),
  "startup.mode": oneOf("latest", "timestamp", "copy_existing")
    .default("latest")
    .with(high)
    .doc("Where a source without an offset begins: with what changes from now on, from a time on, or with all documents that are there."),
  "startup.mode.timestamp.start.at.operation.time": str()
    .default("")
    .doc("startup.mode=timestamp: seconds since 1970, a time in ISO 8601, or a timestamp in extended JSON."),
  "startup.mode.copy.existing.namespace.regex": str().default("").doc("startup.mode=copy_existing: database.collection has to match it."),
  "topic.prefix": str().default("").with(high).doc("Topics are prefix.database.collection.suffix."),
  "topic.suffix": str().default("").doc("Topics are prefix.database.collection.suffix."),
  "topic.separator": str().default(".").with(low).doc("What stands between the parts of a topic's name."),
  "topic.namespace.map": str()
    .default("")
    .doc('Other topics for namespaces, in JSON: {"shop.orders": "orders", "shop": "rest-of-shop", "*": "all"}.'),
  "output.format.key": oneOf("json", "bson").default("json").doc("Keys as a text of JSON or as bytes of BSON."),
  "output.format.value": oneOf("json", "bson").default("json").doc("Values as a text of JSON or as bytes of BSON."),
  "output.json.formatter": str()
    .default("DefaultJson")
    .doc("How types that JSON lacks are written: DefaultJson, ExtendedJson or SimplifiedJson, with the class's package or without."),
  "poll.max.batch.size": int().default(1000).range(1, 100_000).with(low).doc("The most changes that are given on together."),
  "poll.await.time.ms": int()
    .default(5000)
    .range(1)
    .with(low)
    .doc("So long the server waits for a change before it says that there is none."),
  "offset.partition.name": str().default("").with(low).doc("Under which offsets are kept; empty: the servers and what is watched."),
};

export type MongodbSettings = ConfigValues<typeof sharedConfig>;
export type MongodbSinkSettings = ConfigValues<typeof mongodbSinkConfig>;
export type MongodbSourceSettings = ConfigValues<typeof mongodbSourceConfig>;

/** A class of Java's by its name alone: `com.mongodb.….FullKeyStrategy` is FullKeyStrategy. */
export function className(text: string): string {
  return text.slice(text.lastIndexOf(".") + 1).trim();
}
