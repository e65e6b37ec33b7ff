import { bool } from "../../plugin/config-shape.ts";
import { defineConverter } from "../../plugin/define.ts";
import { DataError } from "../../data/data-error.ts";
import { loadRegistered } from "../registry/load-registered.ts";
import { RegistryConverter, type RegistryFormat } from "../registry/registry-converter.ts";
import { registryConfig, serdeOptions } from "../registry/registry-settings.ts";
import type { ConnectForm } from "./leaf-forms.ts";
import { protoOfConnect } from "./proto-of-connect.ts";

/** Protobuf under a Schema Registry, as Confluent's `ProtobufConverter` is documented; but null is not 0 unless one asks for it. */
export const protobufConverter = defineConverter({
  name: "protobuf",
  aliases: ["io.confluent.connect.protobuf.ProtobufConverter"],
  version: "1.0.0",
  config: {
    ...registryConfig,
    "connect.meta.data": bool()
      .default(true)
      .doc("Whether the schema carries what Protobuf has no word for, in (confluent.field_meta) and (confluent.message_meta)."),
    "optional.for.nullables": bool()
      .default(true)
      .doc(
        "Whether an optional field is optional in proto3 as well. false, as Confluent's converter has it by default, makes 0, false or an empty text of null.",
      ),
    "scrub.invalid.names": bool()
      .default(false)
      .doc("Whether fields whose names Protobuf does not have get others, which are given back when they are read."),
    "generate.index.for.unions": bool().default(true).doc("Whether the field that a oneof is read as ends in its number: choice_0."),
    "enhanced.protobuf.schema.support": bool()
      .default(false)
      .doc("Whether structs have the full names of messages that others wrote, with their package."),
    "int.for.enums": bool().default(false).doc("Whether enums are read as their numbers."),
    "wrapper.for.nullables": bool().default(false).doc("Whether google.protobuf.StringValue and its like are read as optional scalars."),
  },
  async open(settings, { part }) {
    const [{ protobuf }, { parseProtobufSource }, { ConnectOfProto }, options] = await Promise.all([
      import("@ottla/serdes"),
      import("@ottla/registry/formats/protobuf"),
      import("./connect-of-proto.ts"),
      serdeOptions(settings, part),
    ]);
    const { registry } = options;
    const unionIndex = settings["generate.index.for.unions"];
    const writing = {
      meta: settings["connect.meta.data"],
      optionals: settings["optional.for.nullables"],
      scrub: settings["scrub.invalid.names"],
      unionIndex,
    };
    const reading = {
      fullNames: settings["enhanced.protobuf.schema.support"],
      intForEnums: settings["int.for.enums"],
      wrappersAsNullables: settings["wrapper.for.nullables"],
      unionIndex,
    };
    const format: RegistryFormat = {
      name: "Protobuf",
      serde: protobuf({ registry, readAs: "writer" }),
      writer(schema) {
        const { text, write } = protoOfConnect(schema, writing);
        return { serde: protobuf({ ...options, schema: text }) as never, toFormat: write };
      },
      async reader(id) {
        const { registered, resolved } = await loadRegistered(registry, id);
        const references = resolved.map((each) => ({ ...each, isStored: true }));
        const { descriptors } = parseProtobufSource({ schema: registered.schema, isStored: true, resolved: references });
        const maker = new ConnectOfProto(descriptors, reading);
        // Each payload says which message of the file it is.
        const forms = new Map<string, ConnectForm>();
        return {
          toConnect(value) {
            const { $typeName: name } = value as { readonly $typeName: string };
            let form = forms.get(name);
            if (form === undefined) {
              const message = descriptors.getMessage(name);
              if (message === undefined) throw new DataError(`the schema ${id} has no message ${name}`);
              form = maker.root(message);
              forms.set(name, form);
            }
            return { schema: form.schema, value: form.read(value) };
          },
        };
      },
      close: () => registry.close(),
    };
    return new RegistryConverter(format, { field: part === "key" ? "key" : "value", readersMax: settings["schemas.cache.config"] });
  },
});
