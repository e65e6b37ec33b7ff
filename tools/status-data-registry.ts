import { absent, area, type Feature, works } from "./status-page.ts";

/** What docs/status.md lists of `@ottla/registry`. */
export const registryFeatures: readonly Feature[] = area("Schema Registry", [
  works(
    "`ottla up` at a secured cluster (SASL_SSL, SCRAM) with the rights that the guide names; instances forward over HTTPS, the caller's rights kept; a right that is missing is named",
    [
      "up logs in at a secured cluster with the rights that the guide names; instances forward over HTTPS with the caller's rights",
      "a login without the rights is told so in every answer",
    ],
  ),
  works(
    "large and hostile schemas are read and compared on a thread of their own, with limits of time and memory: no schema holds or ends the thread that answers",
    [
      "large schemas are read and compared on a thread of their own, on every path, and answered as they would be here",
      "what takes too long or too much memory, or breaks the thread, is refused, and the next is judged by a new one",
      "unions of thousands of names are compared by their names: all pairs of them would fill the memory",
    ],
  ),
  works(
    "compatibility of Avro schemas by Java's rules: all differences, each with place, remedy, both pieces; the levels under which a schema would pass",
    [
      "each change breaks what the table says",
      "npm run test:registry-differential",
      "what does not pass says with which versions, in which direction, and under what it would pass",
    ],
  ),
  works("canonical and normalised text of Avro schemas, references by name, names that are used before they are defined", [
    "printed text keeps docs, defaults, aliases and properties, in Java's order",
    "names of referenced schemas are used and never printed whole",
    "npm run test:registry-differential",
  ]),
  works("topics that take only records with a registered schema (`confluent.value.schema.validation`), told record by record", [
    "a topic may be given any settings of it at any time, only the registry's own may not",
    "100,000 ids are known within a bounded store, and what a registry could never have written changes nothing",
    "a record with a registered schema is taken, also a tombstone; another is refused by name, and nothing of its batch is kept",
    "a header with a GUID or an id goes before what the payload begins with",
    "what a registry registered a moment ago is known, what it deleted is not, and a topic that was made anew begins anew",
    "of a registry's transactions those count that were committed; batches of a producer's transactions are looked at as well",
    "batches that are read in pieces are looked at too, and told in the order in which they came",
  ]),
  works("no request holds the registry's loop: lists of 100,000 subjects, checks against a thousand versions, megabytes of each format", [
    "npm run test:stalls",
    "while a schema is compared with many versions, others are answered, and changes that came later wait for it",
  ]),
  works("ottla dev is ready before the registry's code is loaded, and who connects meanwhile is answered", [
    "who connects before there is a server is answered by it, in whole, and so is who comes later",
    "a registry that cannot begin says why until it can",
  ]),
  works("hostile Avro schemas: deep, endless and doubling ones are refused or cost little", [
    "types that name each other to any depth are compared or refused, never a full stack",
    "defaults that stand for each other twice at each level are looked at once",
    "as deep as is allowed, and not one deeper; a million deep ends at once",
  ]),
  works(
    "Protobuf schemas as protoc reads them: proto2, proto3, editions, references by import path, Google's files built in; `.proto` text or a descriptor in base64; canonical and normalised text",
    [
      "text is printed again in one style, with what explains it",
      "normalised text is one for all freedoms of writing",
      "names are looked up in imports, public ones too, from the innermost scope outwards",
      "a descriptor keeps options of other files, defaults, groups, maps and what is optional",
      "what protoc refuses is refused with its line and column",
      "names that clash in JSON are refused where protoc refuses them, and taken where it only warns",
      "normalised, a text says what its descriptor says: enums among messages, features, options by parts and as a whole, maps in them",
    ],
  ),
  works(
    "compatibility of Protobuf schemas by what is on the wire: all differences, each with place, remedy, both pieces; no endless or hostile schema",
    [
      "each change of a Protobuf schema breaks what the table says",
      "what was written with an older schema is read with each that is told to fit it, and values are equal",
      "hostile schemas end in one error, and none fills the stack",
      "messages that name each other in a long chain are compared or refused, never a full stack",
    ],
  ),
  works(
    "compatibility of JSON Schemas, draft-04 to 2020-12, by the registries' names of differences; open content models explained; LENIENT; references by name",
    [
      "each change of a JSON Schema breaks what the table says",
      "where nothing is told, each value that the writer's validator takes is taken by the reader's",
      "the surprise of open content models is explained, with the remedy",
      "LENIENT takes optional properties in open models, properties taken out, and models that close",
      "other subjects' schemas are used by name and never put in",
      "schemas that refer to each other twice at each level, deep and wide ones are compared once or refused",
    ],
  ),
  works(
    "subjects, versions, ids, soft and hard deletes, references, contexts, configs, modes, IMPORT, aliases, groups, as a core without a server",
    [
      "one content has one id in all subjects, and a version of each subject",
      "ids are never given twice, also when nothing else is left of them in the topic",
      "after any calls a topic that was compacted anywhere gives the same registry, and ids stay what they are",
    ],
  ),
  works(
    "records of `_schemas` as all registries write them; damaged and foreign ones are passed over; a schema that was deleted for ever stays so",
    [
      "every change is written as all registries write it, and read again",
      "what is damaged is passed over with the reason",
      "a schema that was deleted for ever stays so, whatever form its key once had, also after compaction",
      "a dump of another registry gives its ids, and new ones come after them",
      "our dump replayed gives the same registry, keys written again are equal, and who led there is not asked to lead here",
      "foreign, damaged and huge records are passed over, and hold nobody up",
    ],
  ),
  works("a registry over the topic `_schemas`, by the public protocol: one change after another, each answered when it was read back", [
    "what is answered is there after a restart, and ids go on",
    "a topic that would lose schemas or their order is refused with the command that mends it",
    "a log that fails in the middle of a change fails the registry: the change may hold, and no id is given twice",
    "racing changes are decided one after another: one id for each schema, and each answered one is read",
  ]),
  works(
    "the HTTP API: subjects, versions, schemas by id and GUID, compatibility, configs, modes, contexts, with the numbers of errors that clients know",
    [
      "subjects and versions are registered, found, listed and deleted",
      "schemas are found by id, by GUID and in lists",
      "configs are put as compatibility and got as compatibilityLevel",
      "modes are put, got and taken away; IMPORT brings ids",
      "the API is served over the topic, and ends cleanly",
    ],
  ),
  works(
    "every endpoint with every parameter and every number of an error: `format`, tags of Avro and JSON Schemas, rule sets, deletion of contexts, modes taken away with all inside, GUIDs",
    [
      "every endpoint that is routed has vectors, with every parameter, and so has every number of an error",
      "the API answers as registries do",
    ],
    "tags of Protobuf schemas are refused; `force` of a registration is passed over",
  ),
  absent(
    "associations, dek-registry",
    "no client that is tried needs them; data keys of encrypted fields travel with the field, wrapped by a provider",
  ),
  works(
    "a part of `ottla dev` on a thread of its own, also with `--secure`; its topic is made with the first schema; one that failed begins anew",
    [
      "dev --secure serves a registry that logs in, leaves no topic before the first schema, and stops cleanly",
      "a registry's port that was asked for and is taken ends the start; what --only says must make sense",
      "without a topic a registry is empty, and the first change that holds makes it; what another wrote meanwhile counts",
      "a registry that failed is followed by one that begins anew from the topic, however often that takes",
    ],
  ),
  works(
    "@confluentinc/schemaregistry, @kafkajs/confluent-schema-registry, confluent-kafka-python, Go's franz-go with hamba's Avro and Apache Flink's Java serialiser work with it unchanged: what each registered and wrote is read by the others",
    ["npm run test:registry-clients"],
  ),
  works("`ottla up --bootstrap-server`: the registry over an existing cluster, with its ready line, ports and clean end", [
    "up serves a registry over a cluster; of several, each takes writes, also when the one that leads is killed; SIGTERM ends it with 0",
    "what cannot be meant is refused before anything is started",
  ]),
  works("logins (Basic), rights by user and beginning of subjects, HTTPS; users and certificates read again when they change", [
    "who may do what, by user and beginning of subjects; lists show what may be read",
    "logins and HTTPS: users and certificates are read again when their files change",
    "who is wrong waits longer each time, who is right does not; what changed is in force at once",
    "a flood of logins is sent away, and few are compared at a time",
  ]),
  works("the served registry takes Avro, JSON Schema and Protobuf; `compatibilityPolicy` LENIENT", [
    "all three formats are taken; the policy LENIENT takes a property added to an open model",
  ]),
  works(
    "several instances over one topic, on Apache Kafka with one node and three as well: any takes a write, one id for each schema, whoever leads may be lost at any moment",
    [
      "any takes a write, one id for each schema, and losing any loses nothing",
      "racing writes, killed leaders and lost answers: ids mean one schema, and what was answered stays",
      "a leader that is gone is followed by whoever is asked next; a deletion whose answer was lost is told so",
      "what was forwarded is not forwarded again",
      "who meets a registry that failed is answered by the one that follows it, reads and writes alike",
      "a change whose turn does not come in time is told so, and is not carried out when it comes",
      "a cluster that goes away and comes back: reads go on, writes are told to come again in bounded time, and nothing is lost",
      "a topic that another instance made is known by its id, however late the brokers that are asked hear of it",
      "deletions, modes and levels race with registrations and checks at two instances",
      "npm run test:kafka",
    ],
  ),
  works("references in a context that other registries wrote without it mean their own context's subjects", [
    "references that others wrote without a context are of the context of who refers",
  ]),
  works("rights hold when a change is decided: an alias that is set meanwhile gives none", [
    "an alias that is set while a registration waits for its turn gives no right that its target's rules do not",
  ]),
  works(
    "bodies in pieces of a byte, requests sent ahead and tens of thousands of names hold the registry's port for less than 50 ms a turn, on one connection and on hundreds (`npm run test:stalls -- --registry door`); the ports of Connect, console, queries, agents, metrics and faults are read in the same pieces",
    [
      "npm run test:stalls",
      "of many connections that bring much at once no more comes in than a turn has time for",
      "what was read of a connection that was cut off is not parsed any more",
      "every server of HTTP reads its connections piece by piece",
    ],
  ),
  works("`_schemas` that is deleted while a registry runs is made again as it must be, and never by the broker's own defaults", [
    "a topic that is deleted while a registry runs is made again as it must be, and not by the broker",
  ]),
]);
