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
  works("errors with topic, field, subject, id, place, first bytes and a guess at what they are; hostile bytes end in one error", [
    "bytes that are no payload, of an unknown id, cut off, or too long are told with a guess",
    "what cannot be written names topic, field, subject, id and the place; the serde goes on",
    "hostile bytes end in one error and cost little",
    "any bytes are read or refused, and what was read is written as a reader takes it",
  ]),
  absent("JSON Schema, Protobuf, Standard Schema, rules of data contracts", "being built"),
]);
