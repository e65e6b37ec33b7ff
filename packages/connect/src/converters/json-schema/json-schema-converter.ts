import { DataError } from "../../data/data-error.ts";
import { bool, oneOf } from "../../plugin/config-shape.ts";
import { defineConverter } from "../../plugin/define.ts";
import { TextNeeded } from "../json/json-reader.ts";
import { readJson } from "../json/read-json.ts";
import { loadRegistered } from "../registry/load-registered.ts";
import { type FormatReader, RegistryConverter, type RegistryFormat } from "../registry/registry-converter.ts";
import { registryConfig, serdeOptions } from "../registry/registry-settings.ts";
import { textOfBytes } from "../utf8.ts";
import { type ConnectForm, connectOfJsonSchema } from "./connect-of-json-schema.ts";
import { JsonSchemaTexts } from "./json-schema-texts.ts";
import { jsonSchemaOfConnect } from "./json-schema-of-connect.ts";

/** JSON under a Schema Registry, as Confluent's `JsonSchemaConverter` is documented. */
export const jsonSchemaConverter = defineConverter({
  name: "json-schema",
  aliases: ["io.confluent.connect.json.JsonSchemaConverter"],
  version: "1.0.0",
  config: {
    ...registryConfig,
    "decimal.format": oneOf("BASE64", "NUMERIC")
      .default("BASE64")
      .with({ validator: { kind: "oneOf", values: ["BASE64", "NUMERIC"], ignoreCase: true } })
      .doc("How a Decimal is written: the bytes of its digits, or a number. Both are read."),
    "object.additional.properties": bool().default(true).doc("Whether objects may have properties that their schema does not know."),
    "use.optional.for.nonrequired": bool().default(false).doc("Whether a property that a schema does not require is optional."),
    "json.fail.invalid.schema": bool().default(false).doc("Whether records are held against their JSON Schema as well, written and read."),
  },
  async open(settings, { part }) {
    const [{ jsonSchema }, options] = await Promise.all([import("@ottla/serdes"), serdeOptions(settings, part)]);
    const { registry } = options;
    const isChecked = settings["json.fail.invalid.schema"];
    const checks = { validateOnSend: isChecked, validateOnRead: isChecked };
    const choices = {
      decimals: settings["decimal.format"].toUpperCase() === "NUMERIC" ? ("NUMERIC" as const) : ("BASE64" as const),
      isOpen: settings["object.additional.properties"],
    };
    const format: RegistryFormat = {
      name: "JSON Schema",
      serde: jsonSchema({ registry, readAs: "writer", ...checks }),
      writer(schema) {
        const { json, write } = jsonSchemaOfConnect(schema, choices);
        return { serde: jsonSchema({ ...options, ...checks, schema: JSON.stringify(json) }), toFormat: write };
      },
      async reader(id) {
        const { registered, resolved } = await loadRegistered(registry, id);
        const texts = new JsonSchemaTexts(registered.schema, resolved);
        const form = connectOfJsonSchema(texts, { nonRequiredIsOptional: settings["use.optional.for.nonrequired"] });
        return readerOf(form, (registered.ruleSet ?? undefined) !== undefined);
      },
      close: () => registry.close(),
    };
    return new RegistryConverter(format, { field: part === "key" ? "key" : "value", readersMax: settings["schemas.cache.config"] });
  },
});

/** A decimal that stands there as a number is read from the text: 5.00 and 5 are two decimals and one number. */
function readerOf({ schema, read }: ConnectForm, hasRules: boolean): FormatReader {
  let isText = false;
  const fromText = (payload: Buffer, dataAt: number): unknown => {
    if (hasRules)
      throw new DataError("a decimal under a schema with rules is read exactly where it is written with decimal.format=BASE64 only");
    return read(readJson(textOfBytes(payload.subarray(dataAt)), "all"));
  };
  return {
    toConnect(value, payload, dataAt) {
      if (isText) return { schema, value: fromText(payload, dataAt) };
      try {
        return { schema, value: read(value) };
      } catch (error) {
        if (!(error instanceof TextNeeded)) throw error;
        isText = true;
        return { schema, value: fromText(payload, dataAt) };
      }
    },
  };
}
