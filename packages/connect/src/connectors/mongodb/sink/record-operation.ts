import { calculateObjectSize } from "bson";
import type { AnyBulkWriteOperation } from "mongodb";
import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import type { BsonDocument } from "../bson-value.ts";
import { className, type MongodbSinkSettings } from "../mongodb-config.ts";
import { changeHandler } from "./change-handler.ts";
import { idStrategy } from "./document-id.ts";
import { projected, projection } from "./projection.ts";
import { documentOf } from "./record-document.ts";
import { deleteById, isInsert, writeStrategy } from "./write-strategy.ts";

/** What a document may take at most, as MongoDB has it. */
const DOCUMENT_BYTES_MAX = 16 * 2 ** 20;

/** What is asked of MongoDB for a record. */
export interface RecordOperation {
  readonly operation: AnyBulkWriteOperation;
  /** A document that is there already is this very record's, which has come before. */
  readonly isWrittenOnce: boolean;
}

/** Undefined: nothing is asked. Throws `DataError`. */
export type OperationMaker = (record: SinkRecord) => RecordOperation | undefined;

/** @throws ConnectError CONNECT_CONFIG for settings that contradict each other */
export function operationMaker(settings: MongodbSinkSettings): OperationMaker {
  if (settings.database === "") throw new ConnectError("CONNECT_CONFIG", "database is the name of a database.");
  const ofChange = changeHandler(settings["change.data.capture.handler"]);
  if (ofChange !== undefined) return (record) => bounded(ofChange(record), false);
  const strategy = settings["writemodel.strategy"];
  const id = idStrategy(settings);
  const write = writeStrategy(strategy);
  if (/BusinessKey/.test(className(strategy)) && !className(settings["document.id.strategy"]).startsWith("Partial"))
    throw new ConnectError(
      "CONNECT_CONFIG",
      `writemodel.strategy=${strategy} finds documents by a business key, which document.id.strategy=PartialValueStrategy or PartialKeyStrategy says.`,
    );
  if (settings["delete.on.null.values"] && !id.isOfKey)
    throw new ConnectError(
      "CONNECT_CONFIG",
      "delete.on.null.values=true finds documents by the key: document.id.strategy is FullKeyStrategy, ProvidedInKeyStrategy or PartialKeyStrategy.",
    );
  const fields = projection("value.projection", settings);
  const replacesId = settings["document.id.strategy.overwrite.existing"];
  const isInserted = isInsert(strategy);
  return (record) => {
    if (record.value === null || record.value === undefined) {
      if (!settings["delete.on.null.values"])
        throw new DataError("the record has no value: delete.on.null.values=true deletes, the predicate RecordIsTombstone filters it");
      return bounded(deleteById(new Map([["_id", id.of(record, undefined)]])), false);
    }
    const given = documentOf(record.valueSchema, record.value, "value");
    const value = projected(given, fields);
    const keepsId = !replacesId && value.has("_id");
    const document: BsonDocument = new Map([["_id", keepsId ? value.get("_id") : id.of(record, given)]]);
    for (const [name, item] of value) if (name !== "_id") document.set(name, item);
    return bounded(write(document), isInserted && id.isOfPlace && !keepsId);
  };
}

/** The driver refuses all of a request for the sake of one document. */
function bounded(operation: AnyBulkWriteOperation | undefined, isWrittenOnce: boolean): RecordOperation | undefined {
  if (operation === undefined) return undefined;
  const [what] = Object.values(operation) as [{ document?: object; replacement?: object; update?: object }];
  const document = what.document ?? what.replacement ?? what.update;
  const bytes = document === undefined ? 0 : calculateObjectSize(document);
  if (bytes > DOCUMENT_BYTES_MAX) throw new DataError(`the document has ${bytes} bytes, and MongoDB takes ${DOCUMENT_BYTES_MAX}`);
  return { operation, isWrittenOnce };
}
