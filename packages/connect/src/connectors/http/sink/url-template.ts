import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import { isPlainObject } from "../../../data/check-value.ts";
import { decimalText, isDecimal } from "../../../data/decimal.ts";
import { fieldOf } from "../../../data/struct-value.ts";
import { httpUrl } from "../exchange/http-authorization.ts";

const PLACE = /\$\{([^}]*)\}/g;

/**
 * The URL of a record by a text with `${topic}`, `${key.id}`, `${value.a.b}`; what stands for them is encoded, so that a record never changes the host or the path around it.
 * @throws ConnectError CONNECT_CONFIG for a text that is none
 */
export function urlTemplate(text: string): (record: SinkRecord) => URL {
  const parts: (string | ((record: SinkRecord) => string))[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    parts.push(text.slice(end, match.index), placeOf(match[1] ?? ""));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  const beginning = parts[0] as string;
  if (parts.length > 1 && !/^https?:\/\/[^/?#]+[/?#]/.test(beginning))
    throw new ConnectError("CONNECT_CONFIG", "http.url names its host itself; ${…} stands in the path or behind it.");
  const url = httpUrl("http.url", text.replaceAll(PLACE, "x"));
  if (parts.length === 1) return () => url;
  return (record) => new URL(parts.map((part) => (typeof part === "string" ? part : encodedPart(part(record)))).join(""));
}

/** A lone dot is a step of the path however it is written. */
function encodedPart(text: string): string {
  if (text !== "." && text !== "..") return encodeURIComponent(text.toWellFormed());
  throw new DataError(`"${text}" cannot stand in a URL's path`);
}

function placeOf(name: string): (record: SinkRecord) => string {
  const [root = "", ...path] = name.split(".");
  switch (root) {
    case "topic":
      return ({ topic }) => topic;
    case "partition":
      return ({ originalPartition }) => String(originalPartition);
    case "offset":
      return ({ originalOffset }) => String(originalOffset);
    case "key":
    case "value":
      return (record) => textAt(record[root], path, name);
    default:
      throw new ConnectError(
        "CONNECT_CONFIG",
        `http.url: \${${name}} stands for nothing; there are topic, partition, offset, key, key.FIELD and value.FIELD.`,
      );
  }
}

function textAt(whole: unknown, path: readonly string[], name: string): string {
  let value = whole;
  for (const step of path) value = isPlainObject(value) && !isDecimal(value) ? fieldOf(value, step) : undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (isDecimal(value)) return decimalText(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  throw new DataError(`the record has no text or number for the \${${name}} of http.url`, name);
}
