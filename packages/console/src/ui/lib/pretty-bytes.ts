import type { ShownBytes } from "./shown-record.ts";

/** Formats whose text is JSON. */
const JSON_FORMATS: ReadonlySet<string> = new Set(["json", "msgpack", "cbor", "kafka"]);

/** As a person reads it, JSON over several lines. */
export function pretty({ format, text, isCut }: ShownBytes): string {
  if (!JSON_FORMATS.has(format) || isCut) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
