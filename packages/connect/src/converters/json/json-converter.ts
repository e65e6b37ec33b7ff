import { DataError } from "../../data/data-error.ts";
import { isPlainObject } from "../../data/check-value.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import { bool, int, oneOf } from "../../plugin/config-shape.ts";
import type { Converter, ConverterPlugin } from "../../plugin/converter-plugin.ts";
import { hasDecimals, jsonReader } from "./json-reader.ts";
import { type JsonForm, jsonWriter, plainJson } from "./json-writer.ts";
import { envelopePrefix, schemaTextIn } from "./json-envelope.ts";
import { schemaOfJson, schemaText } from "./json-schema-text.ts";
import { readJson } from "./read-json.ts";
import { textOfBytes } from "../utf8.ts";

const config = {
  "schemas.enable": bool().default(true).doc("Whether each record carries its schema, in an envelope of schema and payload."),
  "schemas.cache.size": int().default(1000).range(0).doc("How many schemas are kept that records brought along."),
  "decimal.format": oneOf("BASE64", "NUMERIC")
    .default("BASE64")
    .with({ validator: { kind: "oneOf", values: ["BASE64", "NUMERIC"], ignoreCase: true } })
    .doc("How a Decimal is written: the bytes of its digits, or a number. Both are read."),
  "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
} as const;

/** JSON, with or without a schema in each record, as Apache Connect's `JsonConverter`. */
export const jsonConverter: ConverterPlugin<typeof config> = {
  kind: "converter",
  name: "json",
  aliases: ["org.apache.kafka.connect.json.JsonConverter"],
  version: "1.0.0",
  config,
  open: (settings) =>
    new JsonConverter({
      schemas: settings["schemas.enable"],
      cacheSize: settings["schemas.cache.size"],
      decimals: settings["decimal.format"].toUpperCase() === "NUMERIC" ? "NUMERIC" : "BASE64",
      replaceNullWithDefault: settings["replace.null.with.default"],
    }),
};

interface Options extends JsonForm {
  readonly schemas: boolean;
  readonly cacheSize: number;
}

/** What reads the payloads behind one prefix. */
interface Reader {
  readonly prefix: string;
  readonly schema: ConnectSchema | undefined;
  readonly read: (payload: string) => unknown;
}

class JsonConverter implements Converter {
  readonly #options: Options;
  readonly #writers: PerSchema<{ readonly before: string; readonly write: (value: unknown) => string }>;
  /** By the prefix, the one met last at the end. */
  readonly #readers = new Map<string, Reader>();
  #last: Reader | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#writers = new PerSchema((schema) => ({
      before: options.schemas ? `{"schema":${schemaText(schema, (own, value) => jsonWriter(own, options)(value))},"payload":` : "",
      write: jsonWriter(schema, options),
    }));
  }

  fromConnect(_topic: string, { schema, value }: SchemaAndValue): Uint8Array | null {
    if (schema !== undefined) {
      const { before, write } = this.#writers.of(schema);
      const payload = write(value);
      return Buffer.from(this.#options.schemas ? `${before}${payload}}` : payload);
    }
    if (value === null || value === undefined) return null;
    const payload = plainJson(value);
    return Buffer.from(this.#options.schemas ? `{"schema":null,"payload":${payload}}` : payload);
  }

  toConnect(_topic: string, bytes: Uint8Array | null): SchemaAndValue {
    if (bytes === null) return { schema: undefined, value: null };
    const text = textOfBytes(bytes);
    if (!this.#options.schemas) return { schema: undefined, value: readJson(text) };
    const reader = this.#readerOf(text);
    if (reader === undefined) return this.#anyEnvelope(text);
    return { schema: reader.schema, value: reader.read(text.slice(reader.prefix.length, -1)) };
  }

  /** Undefined for a text that is no envelope as converters write it, or that goes on behind its payload. */
  #readerOf(text: string): Reader | undefined {
    if (!text.endsWith("}")) return undefined;
    if (this.#last !== undefined && text.startsWith(this.#last.prefix)) return this.#last;
    const prefix = envelopePrefix(text);
    if (prefix === undefined) return undefined;
    const reader = this.#readers.get(prefix) ?? this.#makeReader(prefix, readJson(schemaTextIn(prefix), "text"));
    this.#last = reader;
    this.#readers.delete(prefix);
    this.#readers.set(prefix, reader);
    if (this.#readers.size > this.#options.cacheSize) this.#readers.delete(this.#readers.keys().next().value!);
    return reader;
  }

  #makeReader(prefix: string, json: unknown): Reader {
    const { replaceNullWithDefault } = this.#options;
    const schema = schemaOfJson(json, (own, defaultJson) => jsonReader(own, replaceNullWithDefault)(defaultJson));
    if (schema === undefined) return { prefix, schema, read: (payload) => readJson(payload) };
    const read = jsonReader(schema, replaceNullWithDefault);
    const fractions = hasDecimals(schema) ? "text" : "number";
    return { prefix, schema, read: (payload) => read(readJson(payload, fractions)) };
  }

  /** Written by others: with spaces, or the payload first. */
  #anyEnvelope(text: string): SchemaAndValue {
    const json = readJson(text, "text");
    if (!isPlainObject(json) || Object.keys(json).length !== 2 || !Object.hasOwn(json, "schema") || !Object.hasOwn(json, "payload"))
      throw new DataError(
        'with schemas.enable=true each record is {"schema":…,"payload":…} and nothing besides; for JSON without a schema set schemas.enable=false',
      );
    const { replaceNullWithDefault } = this.#options;
    const schema = schemaOfJson(json["schema"], (own, defaultJson) => jsonReader(own, replaceNullWithDefault)(defaultJson));
    if (schema === undefined) return { schema, value: (readJson(text) as { readonly payload: unknown }).payload };
    return { schema, value: jsonReader(schema, replaceNullWithDefault)(json["payload"]) };
  }
}
