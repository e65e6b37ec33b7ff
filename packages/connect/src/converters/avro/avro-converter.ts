import { bool } from "../../plugin/config-shape.ts";
import { defineConverter } from "../../plugin/define.ts";
import { loadRegistered } from "../registry/load-registered.ts";
import { RegistryConverter, type RegistryFormat } from "../registry/registry-converter.ts";
import { registryConfig, serdeOptions } from "../registry/registry-settings.ts";
import { avroOfConnect, avroText } from "./avro-of-connect.ts";
import { connectOfAvro } from "./connect-of-avro.ts";

/** Avro under a Schema Registry, as Confluent's `AvroConverter` is documented. */
export const avroConverter = defineConverter({
  name: "avro",
  aliases: ["io.confluent.connect.avro.AvroConverter"],
  version: "1.0.0",
  config: {
    ...registryConfig,
    "connect.meta.data": bool()
      .default(true)
      .doc("Whether Avro's schema carries what it has no word for: connect.name, connect.version, connect.parameters."),
  },
  async open(settings, { part }) {
    const [{ avro }, { parseAvroSource }, options] = await Promise.all([
      import("@ottla/serdes"),
      import("@ottla/registry/formats/avro"),
      serdeOptions(settings, part),
    ]);
    const { registry } = options;
    const format: RegistryFormat = {
      name: "Avro",
      serde: avro({ registry, readAs: "writer", logicalTypes: false }),
      writer(schema) {
        const { json, write } = avroOfConnect(schema, settings["connect.meta.data"]);
        return { serde: avro({ ...options, schema: avroText(json), logicalTypes: false }), toFormat: write };
      },
      async reader(id) {
        const { registered, resolved } = await loadRegistered(registry, id);
        const { root } = parseAvroSource({ schema: registered.schema, resolved });
        const { schema, read } = connectOfAvro(root);
        return { toConnect: (value) => ({ schema, value: read(value) }) };
      },
      close: () => registry.close(),
    };
    return new RegistryConverter(format, { field: part === "key" ? "key" : "value", readersMax: settings["schemas.cache.config"] });
  },
});
