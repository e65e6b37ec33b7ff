import { parseConfig } from "@ottla/base";
import type { ConnectHeader, ConnectRecord, Converter, ConverterPlugin, PredicatePlugin, Transform, TransformPlugin } from "@ottla/connect";
import { converterEntries } from "../../../packages/connect/src/converters/entries.ts";
import { configKeysOf, type ConfigShape } from "../../../packages/connect/src/plugin/config-shape.ts";
import { transformEntries } from "../../../packages/connect/src/transforms/entries.ts";
import type { CaseRecord, ConnectAnswer, ConnectCase } from "./case.ts";
import { schemaJson, schemaOf, valueJson, valueOf } from "./case-values.ts";

type Plugin = TransformPlugin | PredicatePlugin | ConverterPlugin;
const plugins = new Map<string, Plugin>();
for (const entry of [...transformEntries, ...converterEntries]) plugins.set(entry.aliases![0]!, await entry.load());

/** A plugin's settings from texts, as a connector's properties have them. */
export function settingsOf(shape: ConfigShape, properties: Readonly<Record<string, string>>): never {
  const settings = configKeysOf(shape).map((key) => {
    const text = properties[key.name] ?? key.default;
    if (text === undefined) throw new Error(`${key.name} must be set`);
    return [key.name, text === null ? undefined : parseConfig(key, text).value];
  });
  return Object.fromEntries(settings) as never;
}

export async function askOurs(asked: ConnectCase): Promise<ConnectAnswer> {
  try {
    return await answer(asked);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(asked: ConnectCase): Promise<ConnectAnswer> {
  switch (asked.kind) {
    case "transform": {
      let record: ConnectRecord | undefined = recordOf(asked.record);
      for (const step of asked.steps) {
        record = openTransform(step).apply(record);
        if (record === undefined) return { dropped: true };
      }
      return { record: recordJson(record) };
    }
    case "predicate": {
      const plugin = plugins.get(asked.class) as PredicatePlugin;
      return { truth: plugin.open(settingsOf(plugin.config, asked.config)).test(recordOf(asked.record)) };
    }
    case "write": {
      const schema = schemaOf(asked.schema);
      const bytes = await (await openConverter(asked)).fromConnect("t", { schema, value: valueOf(schema, asked.value) }, []);
      return { bytes: bytes === null ? null : Buffer.from(bytes).toString("base64") };
    }
    case "read": {
      const read = await (await openConverter(asked)).toConnect("t", asked.bytes === null ? null : Buffer.from(asked.bytes, "base64"), []);
      return { schema: schemaJson(read.schema), value: valueJson(read.schema, read.value) };
    }
    case "write-header": {
      const schema = schemaOf(asked.schema);
      const bytes = await (await openConverter(asked)).fromConnect("t", { schema, value: valueOf(schema, asked.value) }, []);
      return { bytes: bytes === null ? null : Buffer.from(bytes).toString("base64") };
    }
    case "read-header": {
      const read = await (await openConverter(asked)).toConnect("t", Buffer.from(asked.bytes, "base64"), []);
      return { schema: schemaJson(read.schema), value: valueJson(read.schema, read.value) };
    }
  }
}

export function openTransform(step: { readonly class: string; readonly config: Readonly<Record<string, string>> }): Transform {
  const plugin = plugins.get(step.class) as TransformPlugin;
  return plugin.open(settingsOf(plugin.config, step.config));
}

export async function openConverter(asked: {
  readonly class: string;
  readonly config: Readonly<Record<string, string>>;
}): Promise<Converter> {
  const plugin = plugins.get(asked.class) as ConverterPlugin;
  return plugin.open(settingsOf(plugin.config, asked.config), { part: "value" });
}

export function recordOf(json: CaseRecord): ConnectRecord {
  const keySchema = schemaOf(json.keySchema);
  const valueSchema = schemaOf(json.valueSchema);
  const headers = json.headers.map(([key, schemaText, value]): ConnectHeader => {
    const schema = schemaOf(schemaText);
    return { key, schema, value: valueOf(schema, value) };
  });
  return {
    topic: json.topic,
    partition: json.partition ?? undefined,
    keySchema,
    key: valueOf(keySchema, json.key),
    valueSchema,
    value: valueOf(valueSchema, json.value),
    headers,
    timestampMs: json.timestampMs ?? undefined,
    ...(json.offset === null ? {} : { offset: BigInt(json.offset) }),
  };
}

function recordJson(record: ConnectRecord): NonNullable<ConnectAnswer["record"]> {
  return {
    topic: record.topic,
    partition: record.partition ?? null,
    keySchema: schemaJson(record.keySchema),
    key: valueJson(record.keySchema, record.key),
    valueSchema: schemaJson(record.valueSchema),
    value: valueJson(record.valueSchema, record.value),
    headers: record.headers.map(({ key, schema, value }) => [key, schemaJson(schema), valueJson(schema, value)] as const),
    timestampMs: record.timestampMs ?? null,
  };
}
