import { DataError } from "../../data/data-error.ts";
import { isPlainObject } from "../../data/check-value.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import { bool, int, oneOf } from "../../plugin/config-shape.ts";
import type { Converter, ConverterPlugin } from "../../plugin/converter-plugin.ts";
import { jsonReader, TextNeeded } from "./json-reader.ts";
import { compileJsonReader } from "./compile-json-reader.ts";
import { unexpected } from "./json-cursor.ts";
import { QuickJson, QuickShape } from "./quick-json.ts";
import { JsonOutput } from "./json-output.ts";
import { compileJsonWriter, type JsonForm, type JsonWrite, jsonWriter, writePlainJson } from "./json-writer.ts";
import { envelopePrefix, schemaTextIn } from "./json-envelope.ts";
import { schemaOfJson, schemaText } from "./json-schema-text.ts";
import { type NumberTexts, readJson } from "./read-json.ts";
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
  /** Of the prefix. */
  readonly bytes: Buffer;
  readonly schema: ConnectSchema | undefined;
  readonly read: (payload: string) => unknown;
}

/** Every converter's of this thread: writing waits for nothing. */
const output = new JsonOutput();

class JsonConverter implements Converter {
  readonly #options: Options;
  readonly #writers: PerSchema<{ readonly before: Uint8Array; readonly write: JsonWrite }>;
  readonly #shape = new QuickShape();
  /** By the prefix, the one met last at the end. */
  readonly #readers = new Map<string, Reader>();
  #last: Reader | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#writers = new PerSchema((schema) => ({
      before: Buffer.from(
        options.schemas ? `{"schema":${schemaText(schema, (own, value) => jsonWriter(own, options)(value))},"payload":` : "",
      ),
      write: compileJsonWriter(schema, options),
    }));
  }

  fromConnect(_topic: string, { schema, value }: SchemaAndValue): Uint8Array | null {
    if (schema !== undefined) {
      const { before, write } = this.#writers.of(schema);
      output.begin();
      output.raw(before);
      write(output, value);
      if (this.#options.schemas) output.ascii("}");
      return output.take();
    }
    if (value === null || value === undefined) return null;
    output.begin();
    if (this.#options.schemas) output.ascii('{"schema":null,"payload":');
    writePlainJson(output, value);
    if (this.#options.schemas) output.ascii("}");
    return output.take();
  }

  giveBack(bytes: Uint8Array): void {
    output.giveBack(bytes);
  }

  toConnect(_topic: string, bytes: Uint8Array | null): SchemaAndValue {
    if (bytes === null) return { schema: undefined, value: null };
    if (!this.#options.schemas) return { schema: undefined, value: this.#plain(textOfBytes(bytes)) };
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const last = this.#last;
    const reader = last !== undefined && isBehind(last.bytes, buffer) ? last : this.#readerOf(textOfBytes(buffer));
    if (reader === undefined) return this.#anyEnvelope(textOfBytes(buffer));
    try {
      return { schema: reader.schema, value: reader.read(textOfBytes(buffer.subarray(reader.bytes.length, -1))) };
    } catch (error) {
      // Another name may stand behind the payload, or one of the two again, which then is the one that counts.
      if (error instanceof DataError) return this.#anyEnvelope(textOfBytes(buffer));
      throw error;
    }
  }

  #plain(text: string): unknown {
    const quick = this.#shape.read(text);
    if (quick !== unexpected) return quick;
    const value = readJson(text);
    this.#shape.learn(value);
    return value;
  }

  /** Undefined for a text that is no envelope as converters write it, or that goes on behind its payload. */
  #readerOf(text: string): Reader | undefined {
    if (!text.endsWith("}")) return undefined;
    const prefix = envelopePrefix(text);
    if (prefix === undefined) return undefined;
    const reader = this.#readers.get(prefix) ?? this.#makeReader(prefix, readJson(schemaTextIn(prefix), "all"));
    this.#last = reader;
    this.#readers.delete(prefix);
    this.#readers.set(prefix, reader);
    if (this.#readers.size > this.#options.cacheSize) this.#readers.delete(this.#readers.keys().next().value!);
    return reader;
  }

  #makeReader(prefix: string, json: unknown): Reader {
    const { replaceNullWithDefault } = this.#options;
    const schema = schemaOfJson(json, (own, defaultJson) => jsonReader(own, replaceNullWithDefault)(defaultJson));
    if (schema === undefined) return { bytes: Buffer.from(prefix), schema, read: (payload) => readJson(payload) };
    const read = jsonReader(schema, replaceNullWithDefault);
    const quick = new QuickJson(compileJsonReader(schema, replaceNullWithDefault));
    let texts: NumberTexts = "none";
    return {
      bytes: Buffer.from(prefix),
      schema,
      read(payload) {
        const value = quick.read(payload);
        if (value !== unexpected) return value;
        try {
          return read(readJson(payload, texts));
        } catch (error) {
          if (!(error instanceof TextNeeded)) throw error;
          texts = "all";
          return read(readJson(payload, texts));
        }
      },
    };
  }

  /** Written by others: with spaces, or the payload first. */
  #anyEnvelope(text: string): SchemaAndValue {
    const json = readJson(text, "all");
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

const ENDS = 0x7d;

/** Whether a record is an envelope with this prefix; compared as bytes, since the payload alone is decoded then. */
function isBehind(prefix: Buffer, record: Buffer): boolean {
  const { length } = prefix;
  return record.length > length && record[record.length - 1] === ENDS && record.compare(prefix, 0, length, 0, length) === 0;
}
