import { printableJson } from "@ottla/base";
import type { ConsumerRecord, RecordHeader } from "@ottla/client";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import type { SchemaFormatName } from "../schema-types.ts";
import type { SchemaSerde } from "../serde/schema-serde-types.ts";
import { SerdeError } from "../serdes-error.ts";

/** A key or value as its schema says it, or why it cannot be read. */
export type Deserialized = { readonly value: unknown } | { readonly error: string };

/** A record with what could be made of its parts; undefined of those that are null or were not asked for. */
export interface DeserializedRecord {
  readonly record: ConsumerRecord;
  readonly key: Deserialized | undefined;
  readonly value: Deserialized | undefined;
}

type Field = "key" | "value";

/** Reads records under a registry's schemas, whatever formats they are of. What cannot be read is told of that record alone; a registry that does not answer ends it. */
export class RecordDeserializer {
  readonly #registry: RegistryClient;
  readonly #fields: readonly Field[];
  readonly #serdes: Readonly<Record<SchemaFormatName, SchemaSerde<unknown>>>;
  /** By id or GUID; ids never change their meaning. */
  readonly #formats = new Map<number | string, SchemaFormatName>();

  constructor(registry: RegistryClient, fields: readonly Field[]) {
    this.#registry = registry;
    this.#fields = fields;
    this.#serdes = { AVRO: avro({ registry }), JSON: jsonSchema({ registry }), PROTOBUF: protobuf({ registry }) };
  }

  /** Errors: what the registry's client says when no registry answers. */
  async read(record: ConsumerRecord): Promise<DeserializedRecord> {
    const read = (field: Field): Promise<Deserialized | undefined> | undefined =>
      this.#fields.includes(field) ? this.#read(record, field) : undefined;
    return { record, key: await read("key"), value: await read("value") };
  }

  async #read(record: ConsumerRecord, field: Field): Promise<Deserialized | undefined> {
    const bytes = record[field];
    if (bytes === null) return undefined;
    try {
      const serde = this.#serdes[await this.#format(bytes, field, record.headers)];
      return { value: await serde.deserialize(bytes, { topic: record.topic, field }, record.headers) };
    } catch (error) {
      // Of a registry that does not answer, or refuses who asks, every record would say the same.
      if (error instanceof RegistryClientError && !error.isNotFound) throw error;
      if (!(error instanceof SerdeError) && !(error instanceof RegistryClientError)) throw error;
      return { error: error.message };
    }
  }

  /** The format of what bytes were written with. Of bytes without an id any serde says so, with a guess at what they are. */
  async #format(bytes: Buffer, field: Field, headers: readonly RecordHeader[]): Promise<SchemaFormatName> {
    const id = schemaIdOf(bytes, field, headers);
    if (id === undefined) return "AVRO";
    const known = this.#formats.get(id);
    if (known !== undefined) return known;
    const { schemaType } = await (typeof id === "number" ? this.#registry.schemaById(id) : this.#registry.schemaByGuid(id));
    this.#formats.set(id, schemaType);
    return schemaType;
  }
}

/** The id before the data, or the GUID in the header that newer serialisers write. */
function schemaIdOf(bytes: Buffer, field: Field, headers: readonly RecordHeader[]): number | string | undefined {
  const inHeader = headers.findLast(({ key }) => key === `__${field}_schema_id`)?.value;
  if (inHeader?.length === 17 && inHeader[0] === 1) {
    const hex = inHeader.toString("hex", 1);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
  return bytes.length >= 5 && bytes[0] === 0 ? bytes.readInt32BE(1) : undefined;
}

const DEPTH_MAX = 500;

/** A value as JSON: whole numbers of any size as their digits, bytes in base64, times as ISO 8601; what Protobuf's messages say of themselves is left out. Control characters are escaped. */
export function jsonOf(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) return '"…"';
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value !== "object" || value === null) return printableJson(value);
  if (value instanceof Uint8Array) return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")}"`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "null" : `"${value.toISOString()}"`;
  if (Array.isArray(value)) return `[${value.map((each: unknown) => jsonOf(each, depth + 1)).join(",")}]`;
  const members = Object.entries(value).filter(([name, each]) => name !== "$typeName" && name !== "$unknown" && each !== undefined);
  return `{${members.map(([name, each]) => `${printableJson(name)}:${jsonOf(each, depth + 1)}`).join(",")}}`;
}
