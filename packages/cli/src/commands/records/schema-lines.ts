import { OttlaError } from "@ottla/base";
import type { HeaderInput } from "@ottla/client";
import { avro, jsonSchema, protobuf, type RegistryClient, type SchemaSerde } from "@ottla/serdes";
import type { LineRecord } from "./record-lines.ts";

/** Writes the JSON values of lines by the latest schema of a subject. */
export interface LineSerializer {
  /** Throws `BAD_LINE` for what is no JSON, and what the serde says of a value. */
  serialize(record: LineRecord): Promise<LineRecord>;
  /** Lets the registry go. */
  close(): void;
}

/** Errors: what the registry's client says of the subject. */
export async function lineSerializer(registry: RegistryClient, topic: string, subject: string): Promise<LineSerializer> {
  const { schemaType } = await registry.version(subject, "latest");
  const options = { registry, useLatestVersion: true, subject: () => subject } as const;
  const serde: SchemaSerde<unknown> =
    schemaType === "AVRO" ? avro<unknown>(options) : schemaType === "JSON" ? jsonSchema<unknown>(options) : protobuf<object>(options);
  const context = { topic, field: "value" } as const;
  await serde.prepare(context);
  return {
    close: () => void registry[Symbol.asyncDispose](),
    async serialize(record) {
      // A tombstone has no schema.
      if (record.value === null || record.value === undefined) return record;
      const headers: HeaderInput[] = [...(record.headers ?? [])];
      const set = (key: string, value: Buffer): void => void headers.push({ key, value });
      const value = await serde.serialize(parsedValue(Buffer.from(record.value).toString()), context, { set });
      return { ...record, value, headers };
    },
  };
}

/** Whole numbers beyond 2^53 keep their digits. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, { source }: { readonly source?: string } = {}) =>
      typeof value === "number" && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value,
    );
  } catch (cause) {
    throw new OttlaError("BAD_LINE", `The line's value is no JSON: ${(cause as Error).message}.`, { cause });
  }
}
