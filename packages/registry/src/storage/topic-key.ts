import { JsonNumber, isJsonObject, type JsonValue } from "../json/json-value.ts";
import { parseJson } from "../json/parse-json.ts";
import type { RegistryRecord } from "../subjects/registry-record.ts";

/** What a record of the topic is about; `OTHER` for what registries of others keep there and this one does not know. */
export type TopicKey =
  | { readonly type: "SCHEMA"; readonly subject: string; readonly version: number }
  | { readonly type: "CONFIG" | "MODE"; readonly subject: string | null }
  | { readonly type: "DELETE_SUBJECT" | "CLEAR_SUBJECT"; readonly subject: string }
  | { readonly type: "NOOP" }
  | { readonly type: "OTHER"; readonly keytype: string };

/** The key of a record, its properties in the order that all registries write: compaction compares bytes. */
export function writeKey(key: Exclude<TopicKey, { readonly type: "OTHER" }>): string {
  switch (key.type) {
    case "SCHEMA":
      return JSON.stringify({ keytype: "SCHEMA", subject: key.subject, version: key.version, magic: 1 });
    case "NOOP":
      return JSON.stringify({ keytype: "NOOP", magic: 0 });
    case "CONFIG":
    case "MODE":
    case "DELETE_SUBJECT":
    case "CLEAR_SUBJECT":
      return JSON.stringify({ keytype: key.type, subject: key.subject, magic: 0 });
  }
}

/** The key of a change. */
export function keyOf(record: RegistryRecord): Exclude<TopicKey, { readonly type: "OTHER" }> {
  if (record.type === "SCHEMA") return { type: "SCHEMA", subject: record.subject, version: record.version };
  return record.type === "CONFIG" || record.type === "MODE"
    ? { type: record.type, subject: record.subject }
    : { type: record.type, subject: record.subject };
}

/** The key of a schema as all registries write it, with a subject that needs no escapes. */
const USUAL_SCHEMA_KEY = /^\{"keytype":"SCHEMA","subject":"([^"\\\u0000-\u001f]*)","version":([1-9]\d{0,8}),"magic":1\}$/;

/**
 * The key of a schema, when it is written as {@link writeKey} would; undefined for any other. Nearly all keys of a topic are such, and a topic may have a hundred thousand.
 */
export function readUsualKey(text: string): TopicKey | undefined {
  const [, subject, version] = USUAL_SCHEMA_KEY.exec(text) ?? [];
  return subject === undefined ? undefined : { type: "SCHEMA", subject, version: Number(version) };
}

/**
 * Reads a key, whatever the order of its properties.
 * @throws Error with what is wrong with it
 */
export function readKey(text: string): TopicKey {
  const key = parseJson(text);
  if (!isJsonObject(key)) throw new Error("the key is no JSON object");
  const keytype = key.get("keytype");
  if (typeof keytype !== "string") throw new Error('the key has no "keytype"');
  const subject = key.get("subject") ?? null;
  if (keytype === "SCHEMA") return { type: keytype, subject: requireText(subject), version: requireVersion(key.get("version")) };
  if (keytype === "CONFIG" || keytype === "MODE") return { type: keytype, subject: subject === null ? null : requireText(subject) };
  if (keytype === "DELETE_SUBJECT" || keytype === "CLEAR_SUBJECT") return { type: keytype, subject: requireText(subject) };
  return keytype === "NOOP" ? { type: keytype } : { type: "OTHER", keytype };
}

function requireText(value: JsonValue): string {
  if (typeof value === "string") return value;
  throw new Error('"subject" is no text');
}

/** @throws Error for what is no version of a subject */
export function requireVersion(value: JsonValue | undefined): number {
  const version = value instanceof JsonNumber ? Number(value.integer ?? 0n) : 0;
  if (version >= 1 && version <= 0x7fff_ffff) return version;
  throw new Error('"version" is no whole number from 1 to 2^31 - 1');
}
