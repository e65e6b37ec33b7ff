import { ConnectError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { jsonText } from "../json-text.ts";
import type { RedisSinkSettings } from "./redis-config.ts";

/** A command and its arguments. */
export type RedisCommand = readonly (string | Buffer)[];

const PLACES = /\$\{(\w*)\}/g;

/** @throws ConnectError CONNECT_CONFIG */
export function checkKeyTemplate(template: string): void {
  for (const [whole, name = ""] of template.matchAll(PLACES))
    if (!["topic", "key", "partition"].includes(name))
      throw new ConnectError("CONNECT_CONFIG", `redis.key: ${whole} is not known; there are \${topic}, \${key} and \${partition}.`);
}

/** What is said to Redis for a record; undefined: nothing. Throws `DataError` where it has no form there. */
export function commandOfRecord(record: SinkRecord, settings: RedisSinkSettings): RedisCommand | undefined {
  const type = settings["redis.type"];
  const isKeyed = type === "STRING" || type === "HASH";
  const key = keyOf(record, settings["redis.key"] ?? (isKeyed ? "${topic}:${key}" : "${topic}"));
  const { value, valueSchema } = record;
  const isNull = value === null || value === undefined;
  if (isNull && isKeyed) return ["DEL", key];
  if (type === "SET" || type === "ZSET") return setCommand(record, settings, key, type);
  if (isNull) return type === "STREAM" ? ["XADD", key, "*", "key", scalar(record.keySchema, record.key)] : undefined;
  switch (type) {
    case "STRING":
      return ["SET", key, scalar(valueSchema, value)];
    case "LIST":
      return ["RPUSH", key, scalar(valueSchema, value)];
    case "PUBSUB":
      return ["PUBLISH", key, scalar(valueSchema, value)];
    case "HASH": {
      const fields = fieldsOf(valueSchema, value);
      if (fields === undefined)
        throw new DataError("a hash is made of a struct, a map or an object, and this value is none (redis.type=STRING takes any value)");
      if (fields.length === 0) throw new DataError("a hash has at least one field, and every field of this value is null");
      return ["HSET", key, ...fields];
    }
    case "STREAM": {
      const fields = fieldsOf(valueSchema, value) ?? ["value", scalar(valueSchema, value)];
      return ["XADD", key, "*", ...(fields.length === 0 ? ["value", ""] : fields)];
    }
  }
}

/** A member comes, moves to another score, or goes with a record without a value. */
function setCommand(record: SinkRecord, settings: RedisSinkSettings, key: string, type: "SET" | "ZSET"): RedisCommand | undefined {
  const isNull = record.value === null || record.value === undefined;
  const hasKey = record.key !== null && record.key !== undefined;
  if (isNull) return hasKey && settings["redis.member"] === "" ? [type === "SET" ? "SREM" : "ZREM", key, keyScalar(record)] : undefined;
  const member = memberOf(record, settings["redis.member"], hasKey, type);
  return type === "SET" ? ["SADD", key, member] : ["ZADD", key, scoreOf(record, settings["redis.score"]), member];
}

function memberOf(record: SinkRecord, field: string, hasKey: boolean, type: "SET" | "ZSET"): string | Buffer {
  if (field !== "") {
    const { schema, value } = fieldAt(record, field);
    if (value === null || value === undefined) throw new DataError("the member, which redis.member names, is null", field);
    return scalar(schema, value);
  }
  if (hasKey) return keyScalar(record);
  if (type === "SET") return scalar(record.valueSchema, record.value);
  throw new DataError("the record has no key, which is the member of a sorted set; name a field with redis.member");
}

function scoreOf(record: SinkRecord, field: string): string {
  if (field === "") {
    if (record.timestampMs === undefined)
      throw new DataError("the record has no timestamp, which is the score; name a field with redis.score");
    return String(record.timestampMs);
  }
  const { schema, value } = fieldAt(record, field);
  if (value instanceof Date) return String(value.getTime());
  const text = scalar(schema, value ?? null).toString();
  const score = Number(text);
  if (text === "" || value === null || typeof value === "boolean" || Number.isNaN(score))
    throw new DataError("the score, which redis.score names, is no number", field);
  // A score is a double.
  if (typeof value === "bigint" && BigInt(score) !== value) throw new DataError(`${value} has more digits than a score of Redis's`, field);
  return text;
}

function fieldAt(record: SinkRecord, name: string): { readonly schema: ConnectSchema | undefined; readonly value: unknown } {
  const { value, valueSchema } = record;
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array || value instanceof Date)
    throw new DataError(`the value has no fields, and "${name}" is to be one of it`);
  const own = value instanceof Map ? value.get(name) : Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  const schema = valueSchema?.type === "map" ? valueSchema.valueSchema : valueSchema?.fields?.find((field) => field.name === name)?.schema;
  return { schema, value: own };
}

function keyScalar({ keySchema, key }: SinkRecord): string | Buffer {
  return scalar(keySchema, key);
}

function keyOf(record: SinkRecord, template: string): string {
  const key = template.replaceAll(PLACES, (_, name: string) => {
    if (name === "topic") return record.topic;
    if (name === "partition") return String(record.partition);
    if (record.key === null || record.key === undefined) throw new DataError("the record has no key, and redis.key names one");
    return scalar(record.keySchema, record.key).toString();
  });
  if (key === "") throw new DataError("redis.key gives an empty key");
  return key;
}

function scalar(schema: ConnectSchema | undefined, value: unknown): string | Buffer {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : jsonText(schema, value ?? null);
}

/** Names and values by turns, null left out; undefined: it has no fields. */
function fieldsOf(schema: ConnectSchema | undefined, value: unknown): (string | Buffer)[] | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array || value instanceof Date)
    return undefined;
  if (schema !== undefined && schema.type !== "struct" && schema.type !== "map") return undefined;
  const entries = value instanceof Map ? [...value].map(([name, item]) => [String(name), item] as const) : Object.entries(value);
  return entries.flatMap(([name, item]) => {
    if (item === null || item === undefined) return [];
    const own = schema?.type === "map" ? schema.valueSchema : schema?.fields?.find((field) => field.name === name)?.schema;
    return [name, scalar(own, item)];
  });
}
