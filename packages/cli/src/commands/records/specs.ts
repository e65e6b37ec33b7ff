import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec, OptionSpec } from "../../command.ts";
import { REGISTRY_OPTIONS } from "../../registry/registry-options.ts";

const COMPRESSIONS = ["none", "gzip", "snappy", "lz4", "zstd"];

const PROPERTY_OPTION: OptionSpec = {
  name: "property",
  kind: "text",
  repeatable: true,
  placeholder: "NAME=VALUE",
  summary: "a client property in Kafka's name; goes before --command-config",
};

export const recordCommands: readonly CommandSpec[] = [
  {
    path: ["produce"],
    summary: "write records, one per line of input",
    description:
      "Lines come from standard input or a file, as bytes: a line feed ends a line, everything else is kept, a carriage return too. A line that cannot be read or is refused is reported with its number; the others are written all the same and the exit status is 1. With --input json, lines are objects with key, value, headers, partition, timestamp.",
    arguments: [{ name: "topic", summary: "where to write" }],
    options: [
      { name: "file", short: "f", kind: "text", placeholder: "FILE", summary: "read lines from a file", defaultText: "standard input" },
      { name: "input", kind: "text", placeholder: "KIND", summary: "what a line is", choices: ["text", "json"], defaultText: "text" },
      { name: "key-separator", short: "K", kind: "text", placeholder: "TEXT", summary: "what stands between key and value (\\t is a tab)" },
      { name: "key", short: "k", kind: "text", placeholder: "KEY", mayBeEmpty: true, summary: "the key of every record" },
      { name: "header", short: "H", kind: "text", repeatable: true, placeholder: "NAME=VALUE", summary: "a header of every record" },
      { name: "partition", short: "p", kind: "number", placeholder: "N", summary: "the partition of every record", defaultText: "by key" },
      { name: "null-marker", kind: "text", mayBeEmpty: true, placeholder: "TEXT", summary: "text that stands for null: a tombstone" },
      {
        name: "acks",
        kind: "text",
        placeholder: "ACKS",
        summary: "who must have a record",
        choices: ["all", "1", "0", "-1"],
        defaultText: "all",
      },
      {
        name: "compression",
        short: "z",
        kind: "text",
        placeholder: "CODEC",
        summary: "how batches are packed",
        choices: COMPRESSIONS,
        defaultText: "none",
      },
      PROPERTY_OPTION,
      { name: "json", kind: "flag", summary: "print the outcome as JSON, for programs" },
      {
        name: "schema-subject",
        kind: "text",
        placeholder: "SUBJECT",
        summary: "values are JSON, and are written by the latest schema of this subject",
      },
      ...CLUSTER_OPTIONS,
      ...REGISTRY_OPTIONS,
    ],
    examples: [
      { command: "echo hello | ottla produce greetings", does: "one record without a key" },
      { command: "ottla produce users -K : --null-marker NULL < users.txt", does: "key:value lines, where user7:NULL deletes" },
      { command: "ottla produce orders --schema-subject orders-value < orders.jsonl", does: "a JSON value a line, written as Avro" },
      {
        command: "ottla consume orders -e --json | ottla produce orders-copy --input json",
        does: "copy a topic with keys, headers and times",
      },
    ],
    load: async () => (await import("./produce.ts")).produce,
  },
  {
    path: ["consume"],
    summary: "print the records of topics",
    description:
      "Prints values only, one per line, unless --format or --json says more; null values (tombstones) are printed as null. Without a group it reads all partitions and leaves no trace. Ctrl-C ends it with status 0; --max-messages not reached before --timeout-ms is status 1.\n\n--format: %t topic, %p partition, %o offset, %k key, %v value, %h headers, %T time in ms, %D time in ISO 8601, %% a per cent sign.\n\nWith --deserialize a value is shown as JSON: whole numbers with all their digits, bytes in base64, times in ISO 8601. One that cannot be read is shown with the reason, and the rest goes on; the status is 1 then.",
    arguments: [{ name: "topic", summary: "what to read", variadic: true }],
    options: [
      { name: "from-beginning", kind: "flag", summary: "start at the first record; with a group, where it has no offset" },
      {
        name: "offset",
        short: "o",
        kind: "text",
        placeholder: "OFFSET",
        summary: "start at: earliest, latest, a number, -N for the last N, or a time (2026-01-31T12:00Z)",
        defaultText: "latest, with --exit-at-end earliest",
      },
      {
        name: "partition",
        short: "p",
        kind: "number",
        repeatable: true,
        placeholder: "N",
        summary: "only this partition",
        defaultText: "all",
      },
      {
        name: "group",
        short: "g",
        kind: "text",
        placeholder: "GROUP",
        summary: "read as a member of this group and commit what was printed",
      },
      {
        name: "share-group",
        kind: "text",
        placeholder: "GROUP",
        summary: "read as a member of this share group (a queue, Apache Kafka 4.2 and later) and accept what was printed",
      },
      { name: "max-messages", short: "n", kind: "number", placeholder: "N", summary: "end after so many records" },
      { name: "timeout-ms", kind: "number", placeholder: "MS", summary: "end when nothing came for so long" },
      { name: "exit-at-end", short: "e", kind: "flag", summary: "end when all that is there was printed" },
      {
        name: "format",
        kind: "text",
        mayBeEmpty: true,
        placeholder: "FORMAT",
        summary: "what to print of a record (see above)",
        defaultText: "%v",
      },
      { name: "delimiter", kind: "text", mayBeEmpty: true, placeholder: "TEXT", summary: "printed after each record", defaultText: "\\n" },
      { name: "null-marker", kind: "text", mayBeEmpty: true, placeholder: "TEXT", summary: "printed for null", defaultText: "null" },
      { name: "deserialize", kind: "flag", summary: "show values as their schemas in the registry say: Avro, JSON Schema, Protobuf" },
      { name: "deserialize-key", kind: "flag", summary: "keys, too" },
      { name: "json", kind: "flag", summary: "print one JSON object per line, for programs" },
      {
        name: "isolation-level",
        kind: "text",
        placeholder: "LEVEL",
        summary: "whether records of open transactions are shown",
        choices: ["read_uncommitted", "read_committed"],
        defaultText: "read_uncommitted",
      },
      PROPERTY_OPTION,
      ...CLUSTER_OPTIONS,
      ...REGISTRY_OPTIONS,
    ],
    examples: [
      { command: "ottla consume orders --from-beginning", does: "everything so far, then what comes" },
      { command: "ottla consume orders -o -10 -e", does: "the last ten records of each partition" },
      { command: "ottla consume orders -e --from-beginning --format '%D %p@%o %k: %v'", does: "with time, place and key" },
      { command: "ottla consume orders -g billing -n 100 --json", does: "a hundred records for a group, as JSON" },
      { command: "ottla consume flights -n 5 --from-beginning --deserialize", does: "Avro as JSON" },
      { command: "ottla consume mails --share-group mailers -n 1", does: "the next record of a queue, for nobody else" },
    ],
    kind: "stream",
    load: async () => (await import("./consume.ts")).consume,
  },
];
