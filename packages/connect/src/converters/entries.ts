import type { PluginEntry } from "../plugin/plugin-entry.ts";

const java = (name: string): readonly string[] => [`org.apache.kafka.connect.converters.${name}`];
const number = (name: string, javaName: string): PluginEntry<"converter"> => ({
  kind: "converter",
  name,
  aliases: java(javaName),
  version: "1.0.0",
  load: async () => (await import("./number-converters.ts")).numberConverters.find((converter) => converter.name === name)!,
});

/** The converters that come along. */
export const converterEntries: readonly PluginEntry<"converter">[] = [
  {
    kind: "converter",
    name: "json",
    aliases: ["org.apache.kafka.connect.json.JsonConverter"],
    version: "1.0.0",
    load: async () => (await import("./json/json-converter.ts")).jsonConverter,
  },
  {
    kind: "converter",
    name: "string",
    aliases: ["org.apache.kafka.connect.storage.StringConverter"],
    version: "1.0.0",
    load: async () => (await import("./string-converter.ts")).stringConverter,
  },
  {
    kind: "converter",
    name: "bytes",
    aliases: java("ByteArrayConverter"),
    version: "1.0.0",
    load: async () => (await import("./bytes-converter.ts")).bytesConverter,
  },
  {
    kind: "converter",
    name: "simple-header",
    aliases: ["org.apache.kafka.connect.storage.SimpleHeaderConverter"],
    version: "1.0.0",
    load: async () => (await import("./simple-header-converter.ts")).simpleHeaderConverter,
  },
  {
    kind: "converter",
    name: "avro",
    aliases: ["io.confluent.connect.avro.AvroConverter"],
    version: "1.0.0",
    load: async () => (await import("./avro/avro-converter.ts")).avroConverter,
  },
  {
    kind: "converter",
    name: "json-schema",
    aliases: ["io.confluent.connect.json.JsonSchemaConverter"],
    version: "1.0.0",
    load: async () => (await import("./json-schema/json-schema-converter.ts")).jsonSchemaConverter,
  },
  {
    kind: "converter",
    name: "protobuf",
    aliases: ["io.confluent.connect.protobuf.ProtobufConverter"],
    version: "1.0.0",
    load: async () => (await import("./protobuf/protobuf-converter.ts")).protobufConverter,
  },
  number("short", "ShortConverter"),
  number("integer", "IntegerConverter"),
  number("long", "LongConverter"),
  number("float", "FloatConverter"),
  number("double", "DoubleConverter"),
  number("boolean", "BooleanConverter"),
];
