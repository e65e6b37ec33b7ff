import { systemClock } from "@ottla/base/node";
import type { AnyBulkWriteOperation } from "mongodb";
import { ConnectError } from "../../../connect-error.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import { type BsonDocument, bsonType } from "../bson-value.ts";
import { className } from "../mongodb-config.ts";

/** How a document with its _id is written; made anew with each call. */
export type WriteStrategy = (document: BsonDocument) => AnyBulkWriteOperation;

const NAMES = [
  "DefaultWriteModelStrategy",
  "ReplaceOneDefaultStrategy",
  "InsertOneDefaultStrategy",
  "UpdateOneDefaultStrategy",
  "UpdateOneTimestampsStrategy",
  "ReplaceOneBusinessKeyStrategy",
  "UpdateOneBusinessKeyTimestampStrategy",
  "DeleteOneDefaultStrategy",
  "DeleteOneBusinessKeyStrategy",
];

/** @throws ConnectError CONNECT_CONFIG */
export function writeStrategy(setting: string): WriteStrategy {
  const name = className(setting);
  switch (name) {
    case "DefaultWriteModelStrategy":
    case "ReplaceOneDefaultStrategy":
      return (document) => replaceOne(byId(document), document);
    case "InsertOneDefaultStrategy":
      return (document) => ({ insertOne: { document: plain(checkedNames(document)) } });
    case "UpdateOneDefaultStrategy":
      return (document) => updateOne(byId(document), { $set: settable(document) });
    case "UpdateOneTimestampsStrategy":
      return (document) => updateOne(byId(document), { $set: settable(document), ...timestamps() });
    case "ReplaceOneBusinessKeyStrategy":
      return (document) => replaceOne(byBusinessKey(document), withoutId(document));
    case "UpdateOneBusinessKeyTimestampStrategy":
      return (document) => updateOne(byBusinessKey(document), { $set: settable(document), ...timestamps() });
    case "DeleteOneDefaultStrategy":
      return deleteById;
    case "DeleteOneBusinessKeyStrategy":
      return (document) => ({ deleteOne: { filter: byBusinessKey(document) } });
    default:
      throw new ConnectError("CONNECT_CONFIG", `writemodel.strategy: ${name} is not known; there are ${NAMES.join(", ")}.`);
  }
}

/** Whether a strategy writes a document anew for each record. */
export function isInsert(setting: string): boolean {
  return className(setting) === "InsertOneDefaultStrategy";
}

/** The document of an _id goes. */
export const deleteById: WriteStrategy = (document) => ({ deleteOne: { filter: byId(document) } });

/** A document in the place of the one that a filter finds. */
export function replaceOne(filter: Filter, document: BsonDocument): AnyBulkWriteOperation {
  return { replaceOne: { filter, replacement: plain(checkedNames(document)), upsert: true } };
}

type Filter = Record<string, unknown>;

export function byId(document: BsonDocument): Filter {
  return { _id: exactly(document.get("_id")) };
}

/** A document is compared, never taken for operators, and a pattern never for what it finds. */
function exactly(value: unknown): unknown {
  return value instanceof Map || bsonType(value) === "BSONRegExp" ? { $eq: value } : value;
}

function byBusinessKey(document: BsonDocument): Filter {
  const key = document.get("_id");
  if (!(key instanceof Map))
    throw new DataError(
      "a business key is a document of fields, and the _id is none: document.id.strategy is PartialValueStrategy or PartialKeyStrategy",
    );
  // Without a prototype, so that every name is one.
  const filter = Object.create(null) as Filter;
  for (const [name, value] of key as BsonDocument) {
    checkName(name);
    filter[name] = exactly(value);
  }
  return filter;
}

function updateOne(filter: Filter, update: Readonly<Record<string, unknown>>): AnyBulkWriteOperation {
  return { updateOne: { filter, update, upsert: true } };
}

function timestamps(): Readonly<Record<string, unknown>> {
  const now = new Date(systemClock.nowMs());
  return { $setOnInsert: { _insertedTS: now }, $currentDate: { _modifiedTS: true } };
}

function withoutId(document: BsonDocument): BsonDocument {
  const rest = new Map(document);
  rest.delete("_id");
  return rest;
}

function settable(document: BsonDocument): BsonDocument {
  const fields = withoutId(document);
  for (const name of fields.keys()) {
    checkName(name);
    if (name.includes(".")) throw new DataError(`the field ${shown(name)} has a point in its name, which an update takes for a path`);
  }
  if (fields.size === 0) throw new DataError("an update needs at least one field beside the _id");
  return fields;
}

function checkedNames(document: BsonDocument): BsonDocument {
  for (const name of document.keys()) checkName(name);
  return document;
}

/** At the beginning of a document such a name would be an order to the server. */
function checkName(name: string): void {
  if (name.startsWith("$")) throw new DataError(`the field ${shown(name)} begins with $, which is kept for MongoDB's operators`);
}

/** The driver writes maps, and its types do not say so. */
function plain(document: BsonDocument): Record<string, unknown> {
  return document as unknown as Record<string, unknown>;
}
