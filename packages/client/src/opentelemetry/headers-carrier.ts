import { type Context, propagation, ROOT_CONTEXT, type TextMapGetter } from "@opentelemetry/api";
import type { RecordHeader } from "../consumer/consumer-types.ts";
import type { HeaderInput, ProducerRecord } from "../producer/record-types.ts";

/** The record with the context in its headers; its own headers of these names are replaced. */
export function withContext(record: ProducerRecord, from: Context): ProducerRecord {
  const carrier: Record<string, string> = {};
  propagation.inject(from, carrier);
  const names = Object.keys(carrier);
  if (names.length === 0) return record;
  const { headers = [] } = record;
  const given = Array.isArray(headers)
    ? (headers as readonly HeaderInput[])
    : Object.entries(headers).map(([key, value]) => ({ key, value }));
  const injected = names.map((key) => ({ key, value: carrier[key]! }));
  return { ...record, headers: [...given.filter(({ key }) => !names.includes(key)), ...injected] };
}

const getter: TextMapGetter<readonly RecordHeader[]> = {
  keys: (headers) => headers.map(({ key }) => key),
  get: (headers, name) => headers.findLast(({ key }) => key === name)?.value?.toString(),
};

/** The context that the record's sender put into its headers. */
export function contextIn(headers: readonly RecordHeader[]): Context {
  return headers.length === 0 ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers, getter);
}
