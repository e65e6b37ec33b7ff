import { type Context, propagation, ROOT_CONTEXT, type TextMapGetter } from "@opentelemetry/api";
import type { Headers } from "../record.ts";

const getter: TextMapGetter<Headers> = {
  keys: (headers) => headers.map(({ key }) => key),
  get: (headers, name) => headers.findLast(({ key }) => key === name)?.value?.toString(),
};

/** What the sender of a record put into its headers. */
export function contextIn(headers: Headers): Context {
  return headers.length === 0 ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, headers, getter);
}

/** The headers with the context in the place of the one they had. */
export function withContext(headers: Headers, from: Context): Headers {
  const carrier: Record<string, string> = {};
  propagation.inject(from, carrier);
  const names = Object.keys(carrier);
  if (names.length === 0) return headers;
  const injected = names.map((key) => ({ key, value: Buffer.from(carrier[key]!) }));
  return [...headers.filter(({ key }) => !names.includes(key)), ...injected];
}
