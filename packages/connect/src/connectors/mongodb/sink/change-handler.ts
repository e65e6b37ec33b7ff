import type { AnyBulkWriteOperation } from "mongodb";
import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import type { BsonDocument } from "../bson-value.ts";
import { className } from "../mongodb-config.ts";
import { documentOf } from "./record-document.ts";
import { byId, deleteById, replaceOne } from "./write-strategy.ts";

/** What a record that tells a change does; undefined: nothing. Throws `DataError` where it tells none. */
export type ChangeHandler = (record: SinkRecord) => AnyBulkWriteOperation | undefined;

/** Undefined: values are documents. @throws ConnectError CONNECT_CONFIG */
export function changeHandler(setting: string): ChangeHandler | undefined {
  const name = className(setting);
  switch (name) {
    case "":
      return undefined;
    case "PostgresHandler":
    case "MysqlHandler":
    case "RdbmsHandler":
      return relationalChange;
    case "ChangeStreamHandler":
      return streamedChange;
    default:
      throw new ConnectError(
        "CONNECT_CONFIG",
        `change.data.capture.handler: ${name} is not known; there are PostgresHandler, MysqlHandler, RdbmsHandler and ChangeStreamHandler.`,
      );
  }
}

/** Debezium's envelope of a table's row: the row's key is the _id. */
function relationalChange(record: SinkRecord): AnyBulkWriteOperation | undefined {
  // Behind a deletion: its own record has done it.
  if (record.value === null || record.value === undefined) return undefined;
  const value = documentOf(record.valueSchema, record.value, "value");
  const op = value.get("op");
  const id = (): BsonDocument => {
    if (record.key === null || record.key === undefined)
      throw new DataError("the record has no key: a table without a primary key cannot be written by its changes");
    return documentOf(record.keySchema, record.key, "key");
  };
  switch (op) {
    case "c":
    case "r":
    case "u": {
      const after = value.get("after");
      if (!(after instanceof Map)) throw new DataError(`a change with op ${shown(op)} has the row in after, and this one has not`);
      const document: BsonDocument = new Map([["_id", id()], ...(after as BsonDocument)]);
      if (after.has("_id")) throw new DataError("the row has a column _id, which the document's own _id would hide");
      return replaceOne(byId(document), document);
    }
    case "d":
      return deleteById(new Map([["_id", id()]]));
    case "t":
    case "m":
      return undefined;
    default:
      throw new DataError(`a change says in op what happened (c, r, u, d), and this one says ${shown(op)}`);
  }
}

/** An event of a change stream. */
function streamedChange(record: SinkRecord): AnyBulkWriteOperation | undefined {
  if (record.value === null || record.value === undefined) return undefined;
  const event = documentOf(record.valueSchema, record.value, "value");
  const type = event.get("operationType");
  const key = event.get("documentKey");
  const document = (): BsonDocument => {
    if (!(key instanceof Map) || !key.has("_id"))
      throw new DataError(`a change of kind ${shown(type)} has a documentKey, and this one has not`);
    return new Map([["_id", (key as BsonDocument).get("_id")]]);
  };
  switch (type) {
    case "insert":
    case "replace": {
      const full = event.get("fullDocument");
      if (!(full instanceof Map)) throw new DataError(`a change of kind ${shown(type)} has a fullDocument, and this one has not`);
      return replaceOne(byId(document()), full as BsonDocument);
    }
    case "update":
      return streamedUpdate(document(), event);
    case "delete":
      return deleteById(document());
    default:
      // Of collections and databases, not of documents.
      return undefined;
  }
}

function streamedUpdate(document: BsonDocument, event: BsonDocument): AnyBulkWriteOperation | undefined {
  const described = event.get("updateDescription");
  const full = event.get("fullDocument");
  const [updated, removed, truncated] = ["updatedFields", "removedFields", "truncatedArrays"].map((name) =>
    described instanceof Map ? (described as BsonDocument).get(name) : undefined,
  );
  const isWhole = updated instanceof Map && !(Array.isArray(truncated) && truncated.length > 0);
  if (!isWhole) {
    if (full instanceof Map) return replaceOne(byId(document), full as BsonDocument);
    throw new DataError(
      "an update has its updatedFields or the fullDocument, and this one has neither: change.stream.full.document=updateLookup brings it",
    );
  }
  const unset = Array.isArray(removed) ? removed.map(String) : [];
  const update = {
    ...(updated.size > 0 && { $set: updated }),
    ...(unset.length > 0 && { $unset: new Map(unset.map((name) => [name, ""])) }),
  };
  if (Object.keys(update).length === 0) return undefined;
  return { updateOne: { filter: byId(document), update: update, upsert: true } };
}
