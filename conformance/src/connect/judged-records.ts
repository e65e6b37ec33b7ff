// Records of ours and of Debezium's as JSON with schemas, so that they can be compared.
import assert from "node:assert/strict";
import type { SourceItem } from "@ottla/connect";
import { builtinPlugins } from "@ottla/connect/worker";
import { configValues } from "./postgres/source-config.ts";

/** A record as JSON. */
export interface JudgedRecord {
  readonly topic: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: readonly string[];
}

/** Whole numbers of many digits as texts, since JSON's numbers here would round them; times and what `masked` names of the source left out. */
export function parsedJson(text: string, masked: readonly string[]): unknown {
  const value: unknown = JSON.parse(text.replace(/(?<=[:[,])-?\d{16,}(?=[,\]}])/g, '"$&"'));
  const payload = (value as { payload?: Record<string, unknown> } | null)?.payload;
  if (payload === undefined || payload === null || typeof payload !== "object") return value;
  for (const name of ["ts_ms", "ts_us", "ts_ns"]) if (name in payload) payload[name] = "a time";
  const { source } = payload as { source?: Record<string, unknown> };
  for (const name of masked) if (source !== undefined) source[name] = "masked";
  return value;
}

/** Our records through the converter for JSON. */
export async function asJson(items: readonly SourceItem[], masked: readonly string[]): Promise<JudgedRecord[]> {
  const entry = builtinPlugins.find(({ kind, name }) => kind === "converter" && name === "json");
  const plugin = await entry?.load();
  assert.ok(plugin?.kind === "converter");
  const open = (part: "key" | "value") => plugin.open(configValues(plugin.config, {}), { part });
  const [keys, values] = [await open("key"), await open("value")];
  const textOf = (bytes: Uint8Array | null): string => (bytes === null ? "null" : Buffer.from(bytes).toString());
  const records: JudgedRecord[] = [];
  for (const item of items) {
    if (item.topic === undefined) continue;
    const key = await keys.fromConnect(item.topic, { schema: item.keySchema, value: item.key ?? null }, []);
    const value = await values.fromConnect(item.topic, { schema: item.valueSchema, value: item.value }, []);
    records.push({
      topic: item.topic,
      key: parsedJson(textOf(key), masked),
      value: parsedJson(textOf(value), masked),
      headers: (item.headers ?? []).map((header) => header.key),
    });
  }
  return records;
}

export const byTopic = (records: readonly JudgedRecord[]): Map<string, JudgedRecord[]> => Map.groupBy(records, ({ topic }) => topic);
