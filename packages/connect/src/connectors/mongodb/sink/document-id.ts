import { createHash } from "node:crypto";
import { ObjectId } from "bson";
import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import type { BsonDocument } from "../bson-value.ts";
import { className, type MongodbSinkSettings } from "../mongodb-config.ts";
import { projected, projection } from "./projection.ts";
import { documentOf, idOfKey } from "./record-document.ts";

/** What a record's document has as its _id. Throws `DataError` where the record has nothing to make it of. `value` is undefined for a record without a value. */
export interface IdStrategy {
  /** Whether it is made of the key alone, so that a record without a value has one. */
  readonly isOfKey: boolean;
  /** Whether two records never have the same. */
  readonly isOfPlace: boolean;
  of(record: SinkRecord, value: BsonDocument | undefined): unknown;
}

const ofPlace = (of: (record: SinkRecord) => unknown): IdStrategy => ({ isOfKey: false, isOfPlace: true, of });

/** @throws ConnectError CONNECT_CONFIG */
export function idStrategy(settings: MongodbSinkSettings): IdStrategy {
  const name = className(settings["document.id.strategy"]);
  switch (name) {
    case "BsonOidStrategy":
      return ofPlace(placeObjectId);
    case "UuidStrategy":
      return ofPlace(placeUuid);
    case "KafkaMetaDataStrategy":
      return ofPlace(({ originalTopic, originalPartition, originalOffset }) => `${originalTopic}#${originalPartition}#${originalOffset}`);
    case "FullKeyStrategy":
      return { isOfKey: true, isOfPlace: false, of: ({ keySchema, key }) => idOfKey(keySchema, key) };
    case "ProvidedInKeyStrategy":
      return { isOfKey: true, isOfPlace: false, of: ({ keySchema, key }) => provided(documentOf(keySchema, key, "key"), "key") };
    case "ProvidedInValueStrategy":
      return { isOfKey: false, isOfPlace: false, of: (_record, value) => provided(value, "value") };
    case "PartialKeyStrategy": {
      const fields = projection("document.id.strategy.partial.key.projection", settings);
      return {
        isOfKey: true,
        isOfPlace: false,
        of: ({ keySchema, key }) => part(projected(documentOf(keySchema, key, "key"), fields), "key"),
      };
    }
    case "PartialValueStrategy": {
      const fields = projection("document.id.strategy.partial.value.projection", settings);
      return { isOfKey: false, isOfPlace: false, of: (_record, value) => part(value && projected(value, fields), "value") };
    }
    default:
      throw new ConnectError(
        "CONNECT_CONFIG",
        `document.id.strategy: ${name} is not known; there are BsonOidStrategy, UuidStrategy, KafkaMetaDataStrategy, FullKeyStrategy, ProvidedInKeyStrategy, ProvidedInValueStrategy, PartialKeyStrategy and PartialValueStrategy.`,
      );
  }
}

function provided(document: BsonDocument | undefined, what: string): unknown {
  const id = document?.get("_id");
  if (id === undefined || id === null) throw new DataError(`the ${what} has no _id, which document.id.strategy takes from there`);
  return id;
}

function part(document: BsonDocument | undefined, what: string): BsonDocument {
  if (document === undefined || document.size === 0)
    throw new DataError(`the ${what} has none of the fields that document.id.strategy makes the _id of`);
  return document;
}

/** Four bytes tell topic and partition apart, eight are the offset. */
function placeObjectId({ originalTopic, originalPartition, originalOffset }: SinkRecord): ObjectId {
  const bytes = Buffer.alloc(12);
  createHash("sha256").update(`${originalTopic}/${originalPartition}`).digest().copy(bytes, 0, 0, 4);
  bytes.writeBigInt64BE(originalOffset, 4);
  return new ObjectId(bytes);
}

/** Of version 8: what its bits are is the maker's own affair. */
function placeUuid({ originalTopic, originalPartition, originalOffset }: SinkRecord): string {
  const bytes = createHash("sha256").update(`${originalTopic}/${originalPartition}/${originalOffset}`).digest().subarray(0, 16);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6);
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
