import { absent, area, type Feature, works } from "./status-page.ts";

/** What docs/status.md lists of `@ottla/serdes`. */
export const serdesFeatures: readonly Feature[] = area("Serdes", [
  works("a client of any Schema Registry: several URLs, logins, TLS, time limits, retries; each schema asked for once, bounded caches", [
    "what fails on the way is tried at the next URL, what is refused is told at once",
    "a schema is asked for once, however many wait",
  ]),
  works(
    "Avro under a registry's schemas: the first record of a schema waits, every other one is synchronous; for typed topics and topologies",
    [
      "the first record waits for the registry, the second one is synchronous, on both ways",
      "prepare and prefetch do the waiting beforehand, for topologies too",
    ],
  ),
  works("Avro: int64, decimals, dates, unions without loss; defaults; schema evolution by the rules of the compatibility check", [
    "values of every type come back as they were, and their bytes are the specification's",
    "a reader's schema resolves what was written with another one",
    "bytes are those of avsc, and each reads the other's, for any record",
  ]),
  works("ids in the payload, or GUIDs in a header; subject names; autoRegister, latest, latest with metadata; references", [
    "the header form: a GUID beside the data, read by any serde",
    "subjects are named after topic, record, both, or by a function; keys have their own",
    "autoRegister false, useLatestVersion, useLatestWithMetadata and a schema that would break readers",
    "references: a schema that uses another subject's, written and read",
  ]),
  works("subjects in contexts of the registry: ids, references and migration rules are looked up in the context that the name says", [
    "${format}: what was written in a context is read by that context's schemas, also beside others with the same id",
    "references and migration rules are those of the context",
  ]),
  works("errors with topic, field, subject, id, place, first bytes and a guess at what they are; hostile bytes end in one error", [
    "bytes that are no payload, of an unknown id, cut off, or too long are told with a guess",
    "what cannot be written names topic, field, subject, id and the place; the serde goes on",
    "hostile bytes end in one error and cost little",
    "a payload that is cut off anywhere, in any format and framing, is one SerdeError or a value, and harms no other payload",
    "ids are what one client's registry says for as long as the client lives: behind a registry that was replaced, a new client reads what the new one means",
    "any bytes are read or refused, and what was read is written as a reader takes it",
  ]),
  works(
    "JSON Schema of all drafts, held against values on both ways; whole numbers beyond 2^53 without loss; references; patterns in bounded time",
    [
      "JSON is written behind the id, held against its schema on both ways, and synchronous after the first",
      "whole numbers beyond 2^53 keep every digit; dates and what is undefined are as their text has them",
      "schemas of all drafts, references by name and beside an $id",
      "hostile patterns cost what the text is long, and what cannot be bounded is refused",
      "uniqueItems costs what a list is long: each element is compared once, by JSON's equality",
    ],
  ),
  works(
    "types of zod, arktype and valibot become JSON Schemas with closed content models, registered and refused where they would break readers",
    [
      "a zod type becomes a schema that is registered; what is read is the type's output",
      "arktype and valibot types do the same; a type without a JSON Schema is told what to take",
    ],
  ),
  works(
    "types of zod, arktype and valibot become Avro, with int64, dates, decimals, enums, defaults, unions; what Avro cannot say is told with its path",
    [
      "a zod type becomes an Avro schema, with exact whole numbers, dates, decimals, enums, defaults and what may be left out",
      "a later version of a type is resolved to this one, and a change that breaks is refused with its reason",
      "arktype and valibot types become Avro too",
      "what Avro cannot say is one error with its path, before anything is registered",
    ],
  ),
  works("the same types become Protobuf messages, whose numbers come from the versions that the subject has and are never given twice", [
    "a zod type becomes a Protobuf message, and its values come back as the type has them",
    "numbers stay with their names whatever comes, goes, moves or comes back, and none is given twice",
    "a change that breaks is refused by the registry, and two programs that take one number at once are told",
    "what Protobuf cannot say is one error with its path, before anything is registered; arktype's types do as zod's",
  ]),
  works(
    "Protobuf by descriptors out of `.proto` texts or generated code: message indexes, nested messages, references, int64 as bigint; unknown properties refused",
    [
      "messages are written behind id and indexes, and come back; int64 is a bigint",
      "message indexes: any message of a file, nested ones too, and those of other writers",
      "versions, references, a descriptor in base64, and what a generator made",
      "what is no message is told with its place",
    ],
  ),
  works(
    "the bytes of @confluentinc/schemaregistry, and of @kafkajs/confluent-schema-registry for Avro and JSON; each reads what the others write",
    ["npm run test:registry-clients"],
  ),
  works("the package installs alone and works on Node 22, 24 and 26", ["npm run test:serdes-package"]),
  works(
    "rules of data contracts in all formats: CEL conditions and transforms of values and of tagged fields, bounded; actions of both ways",
    [
      "a rule of a type that is not known is refused on its ways, in every format; one that is disabled is not",
      "conditions and transforms of CEL: whole values and fields by their tags, actions of both ways",
      "an expression that is none, or whose cost has no bound, is refused before anything is written",
      "rules of Protobuf see a message by its text's names, and what they leave alone comes back whole: maps, oneofs, wrappers, unsigned numbers",
    ],
  ),
  works("tagged fields encrypted at the client: data keys wrapped by a provider, rotation, bound to subject, schema and place", [
    "tagged fields travel encrypted, and come back by any serde with the key; what is rotated stays readable",
    "what would go out in the clear is refused: fields that cannot be sealed, keys that cannot be had, contracts that say too little",
  ]),
  works("migration rules of data contracts (CEL), up and down through every version between; what cannot be carried out is refused", [
    "migration rules bring values up and down through every version between, and a contract's other subjects are read as without",
    "migration rules that cannot be carried out are refused before a value is read, and disabled ones are not",
  ]),
  works("what an expression costs is counted while it runs, so that none holds the loop for 50 ms", [
    "what an evaluation costs is counted while it runs, and ends at its bound",
    "expressions that are asked for one value's fields share one bound",
  ]),
  absent("encoding rules of data contracts, and JSONata", "both are refused, never passed over"),
]);
