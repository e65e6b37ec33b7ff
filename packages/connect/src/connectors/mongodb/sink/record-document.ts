import { deserialize, EJSON } from "bson";
import { DataError, shown } from "../../../data/data-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { type BsonDocument, bsonDocument, bsonValue } from "../bson-value.ts";

/** A text longer than this is no document: MongoDB takes 16 MB, and extended JSON is longer than its BSON. */
const TEXT_MAX = 64 * 2 ** 20;

/** A key or a value as a document: a struct, a map or an object as it is, a text as extended JSON, bytes as BSON. Throws `DataError` where it is none. */
export function documentOf(schema: ConnectSchema | undefined, value: unknown, what: "key" | "value"): BsonDocument {
  if (typeof value === "string") return parsedText(value, what);
  if (value instanceof Uint8Array) return parsedBytes(value, what);
  const document = bsonDocument(schema, value);
  if (document !== undefined) return document;
  throw new DataError(
    `the ${what} is no document but ${shown(value)}: a struct, a map, a text of JSON or bytes of BSON is one, and so is what HoistField makes of it`,
  );
}

/** A key as an _id: a document, or one value as it is. */
export function idOfKey(schema: ConnectSchema | undefined, key: unknown): unknown {
  if (key === null || key === undefined) throw new DataError("the record has no key, which its document's _id is made of");
  if (typeof key === "string") return /^\s*\{/.test(key) ? parsedText(key, "key") : key;
  return bsonValue(schema, key);
}

/** What a driver's value holds, as maps. */
function asMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return new Map(Object.entries(value).map(([name, item]) => [name, asMaps(item)]));
}

function parsedText(text: string, what: string): BsonDocument {
  if (text.length > TEXT_MAX) throw new DataError(`the ${what} is a text of ${text.length} characters, too long for a document`);
  let parsed: unknown;
  try {
    parsed = EJSON.parse(text, { relaxed: false });
  } catch (cause) {
    throw new DataError(`the ${what} is no document: ${shown(text)} is no extended JSON`, "", cause);
  }
  const document = asMaps(parsed);
  if (!(document instanceof Map)) throw new DataError(`the ${what} is no document but ${shown(parsed)}`);
  return document as BsonDocument;
}

function parsedBytes(bytes: Uint8Array, what: string): BsonDocument {
  try {
    return asMaps(deserialize(bytes, { promoteValues: false, bsonRegExp: true })) as BsonDocument;
  } catch (cause) {
    throw new DataError(`the ${what} is no document: its ${bytes.length} bytes are no BSON`, "", cause);
  }
}
