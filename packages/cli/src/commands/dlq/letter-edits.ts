import { readFileSync } from "node:fs";
import type { HeaderInput } from "@ottla/client";
import { type LetterEdit, placeOf } from "@ottla/expert/dead-letters";
import { UsageError } from "../../command.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "topic",
  "partition",
  "offset",
  "timestamp",
  "key",
  "keyBase64",
  "value",
  "valueBase64",
  "headers",
  "failure",
  "skip",
]);

/**
 * Edits from a file: what `show --json` prints, changed by hand; an array, or an object a line. `topic`: the dead letters'.
 * @throws UsageError naming what is wrong and where
 */
export function readEdits(path: string, topic: string): Map<string, LetterEdit> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError(`--edits ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const edits = new Map<string, LetterEdit>();
  for (const [at, given] of objectsIn(text, path)) {
    const edit = editOf(given, topic, `${path}, ${at}`);
    if (edits.has(placeOf(edit)))
      throw new UsageError(`${path}, ${at}: partition ${edit.partition} at offset ${edit.offset} stands there twice.`);
    edits.set(placeOf(edit), edit);
  }
  if (edits.size === 0) throw new UsageError(`--edits ${path} holds no dead letter.`);
  return edits;
}

function objectsIn(text: string, path: string): [at: string, value: unknown][] {
  if (text.trimStart().startsWith("[")) {
    const list = parsed(text, path) as unknown[];
    return list.map((value, at) => [`record ${at + 1}`, value]);
  }
  return text
    .split("\n")
    .map((line, at): [string, string] => [`line ${at + 1}`, line])
    .filter(([, line]) => line.trim() !== "")
    .map(([at, line]) => [at, parsed(line, `${path}, ${at}`)]);
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${where} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function editOf(given: unknown, topic: string, where: string): LetterEdit {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new UsageError(`${where} is no object.`);
  const fields = given as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(fields).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new UsageError(`${where} has "${unknown}", which nobody reads; it may have ${[...KNOWN].join(", ")}.`);
  const { partition, offset, skip = false, headers } = fields;
  if (fields["topic"] !== undefined && fields["topic"] !== topic)
    throw new UsageError(`${where} is a record of ${JSON.stringify(fields["topic"]).slice(0, 249)}, and not of ${topic}.`);
  if (!isPlace(partition) || !isPlace(offset)) throw new UsageError(`${where} has no partition and offset of a dead letter.`);
  if (typeof skip !== "boolean") throw new UsageError(`${where}: skip is true or false.`);
  const key = bytesIn(fields, "key", where);
  const value = bytesIn(fields, "value", where);
  return {
    partition,
    offset,
    isSkipped: skip,
    ...(key !== undefined && { key }),
    ...(value !== undefined && { value }),
    ...(headers !== undefined && { headers: headersIn(headers, where) }),
  };
}

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Text as it is, other JSON as JSON, `…Base64` as bytes; undefined: neither is there. */
function bytesIn(fields: Readonly<Record<string, unknown>>, name: "key" | "value", where: string): Buffer | null | undefined {
  const base64 = fields[`${name}Base64`];
  if (base64 !== undefined) {
    if (typeof base64 !== "string" || Buffer.from(base64, "base64").toString("base64") !== base64)
      throw new UsageError(`${where}: ${name}Base64 is no base64.`);
    return Buffer.from(base64, "base64");
  }
  const value = fields[name];
  if (value === undefined || value === null) return value;
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

function headersIn(headers: unknown, where: string): HeaderInput[] {
  if (!Array.isArray(headers)) throw new UsageError(`${where}: headers are an array of {"key", "value"}.`);
  return headers.map((header: unknown) => {
    const fields = (typeof header === "object" && header !== null ? header : {}) as Readonly<Record<string, unknown>>;
    const { key } = fields;
    if (typeof key !== "string") throw new UsageError(`${where}: a header has no key.`);
    return { key, value: bytesIn(fields, "value", where) ?? null };
  });
}
