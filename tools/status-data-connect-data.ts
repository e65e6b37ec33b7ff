import { area, type Feature, partial, works } from "./status-page.ts";

/** What docs/status.md lists of Connect's data, converters and transforms. */
export const connectDataFeatures: readonly Feature[] = area("Connect: data, converters, transforms", [
  works(
    "Connect's data model: schemas, values held against them with the path to what is wrong, decimals, dates, times, projection to a later schema",
    [
      "a value of its schema is taken, and of any other the path to what is wrong is told",
      "decimals of any digits come back from text and bytes",
      "a value becomes one of a later schema: wider numbers, fields that went and that came with a default",
    ],
  ),
  works(
    "converters for JSON with and without schema, texts, bytes, numbers and headers, byte for byte Apache Connect's; differences that are meant are listed in conformance/src/connect/known-differences.ts",
    [
      "an envelope has the schema and the value, byte for byte as Apache Connect writes it",
      "schemas that records bring are kept up to a bound, and one more makes room",
      "a header's text is the smallest type that it can be, and a text else",
      "npm run test:differential",
    ],
  ),
  works("the sixteen transforms and three predicates of Apache Connect, `$Key` and `$Value`, judged beside its jars record for record", [
    "fields are cast, extracted, hoisted, masked, renamed, flattened, and schemas follow",
    "what is known of a record becomes fields, headers, key and topic",
    "what a transform cannot do names the field, and what its settings cannot mean is told before a record comes",
    "npm run test:differential",
  ]),
  partial(
    "SimpleDateFormat's patterns in transforms, in UTC and English",
    [
      "a pattern writes a time as Java's SimpleDateFormat does",
      "a text is read as far as it fits, days go on in the next month, and two digits are a year near today",
    ],
    "w, W and Y, which count weeks, are refused by name; of zones' names UTC and GMT are read",
  ),
  partial(
    "Avro under a Schema Registry: the first record of a schema waits, every other one is synchronous; Connect's names, versions, parameters and logical types kept as Confluent documents it",
    [
      "values of every type come back from Avro with their schema, and the second record waits for nobody",
      "Avro's schema carries what it has no word for, as Confluent documents it",
      "what cannot be written or read is CONNECT_DATA, and a registry that does not answer is asked again later",
    ],
    "unions of more than one type and null, and records that stand in themselves, are refused by name; enums become texts (no enhanced.avro.schema.support); held against the documentation, not against Confluent's converter",
  ),
  partial(
    "Protobuf under a Schema Registry: every schema of Connect's data model comes back as it was (random schemas, seed printed), oneofs and enums are what they were, null is not 0; messages that others wrote are read",
    [
      "every schema of Connect's data model comes back from Protobuf, with its values",
      "a schema of Connect's becomes a .proto whose message is the first, and what Protobuf has no word for stands in confluent's options",
      "messages that others wrote are read: enums, oneofs, unsigned numbers, wrappers, and any message of the file",
      "what Protobuf cannot have is CONNECT_DATA with its field and the way out, and null is 0 for who asks for it",
    ],
    "messages that stand in themselves are refused by name; structs become messages of the file, not messages in messages; a registry of ours takes 10,000 declarations a file, which are some 1,400 fields with options; optional.for.nullables is true by default, where Confluent's is false; wrapper.for.raw.primitives, generate.struct.for.nulls and flatten.unions are not there; held against the documentation, not against Confluent's converter",
  ),
  partial(
    "JSON Schema under a Schema Registry: every schema of Connect's data model comes back as it was (random schemas, seed printed), decimals as bytes or exact numbers; schemas that others wrote are read, with references, unions and enums",
    [
      "every schema of Connect's data model comes back from JSON Schema, with its values and decimals as numbers",
      "the schema and the bytes are as Confluent documents them",
      "a schema that others wrote is read: references, enums, unions, types in lists; what may be anything is refused by its path",
      "what is no value is CONNECT_DATA with its path",
    ],
    "what may be anything (no type, objects whose properties are not said) and what stands in itself is refused by its path; not, if/then/else and dependencies say nothing here; a decimal as a number under a schema with rules is refused; held against the documentation, not against Confluent's converter",
  ),
  partial(
    "Debezium's ExtractNewRecordState: what becomes of deletions and tombstones, fields and headers of the change, the topic out of the row, unchanged fields left out",
    [
      "a change becomes its row, with what was asked for of the change as fields and headers",
      "deletions and tombstones go, stay or are rewritten as the mode says",
      "fields that a change left as they were are left out of its row, and of its key where one says so",
    ],
    "equal to Debezium's own class but for one thing that is meant and listed, in two cases (`npm run test:connect -- --only transforms`): a deletion that becomes a tombstone has no schema",
  ),
  partial(
    "Debezium's outbox EventRouter and ByLogicalTableRouter",
    [
      "a row of an outbox is the event that it is: topic, key, header, time and payload",
      "columns go where they are placed, JSON is expanded, and an empty payload may be a tombstone",
      "tables that are parts of one go into one topic, their keys told apart",
    ],
    "equal to Debezium's own classes in 170 cases but for eleven that are meant and listed (`npm run test:connect -- --only transforms`); an update of the outbox is told in no log; no tracing, no schema.name.adjustment.mode",
  ),
  partial(
    "checks that any connector's author runs (`@ottla/connect/testing`): offsets go on after a stop and a kill with nothing lost and nothing twice, what was flushed survives, it ends in time, reads no further than it is asked, secrets are not shown, errors say something; nineteen broken connectors are caught",
    [
      "a source that does what it must passes all checks, and so do those that come along",
      "a source that makes things up is checked up to its end",
      "a sink that does what it must passes all checks, and so do those that come along",
      "the guide's connector passes the guide's tests, and its dry run prints records",
      "npm run test:connect -- --only kit",
    ],
    "run on the file source and sink, datagen, the JDBC source and sink (SQLite, PostgreSQL, MariaDB), both CDC sources, the S3 sink, HTTP, MQTT (mosquitto), Redis's lists, streams and pub/sub (which loses what nobody heard: of it less is asked), the folder sources, Elasticsearch and OpenSearch, HDFS (the tests' own server), MongoDB (FerretDB, mongo-java-server). A kill is an abandoned task in the same process, not a process that dies; reading ahead is seen where the system can tell what it handed out",
  ),
  works(
    "the guide from a table to a lake: PostgreSQL to Parquet by Debezium's and Confluent's names, its files, commands and statements run as they stand",
    ["npm run test:connect"],
  ),
]);
