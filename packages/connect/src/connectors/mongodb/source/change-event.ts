import { type Document, serialize } from "bson";
import type { SourcePlace } from "../../../data/connect-record.ts";
import { plain } from "../../../data/make-schema.ts";
import type { SourceEvent } from "../../../plugin/source-plugin.ts";
import type { MongodbSourceSettings } from "../mongodb-config.ts";
import { jsonFormatter } from "./bson-json.ts";
import { type ChangePlace, offsetOf } from "./change-place.ts";
import { type Namespace, topicOfNamespace } from "./topic-of-namespace.ts";

/** A change as the driver brings it, numbers as BSON's own; a pipeline may have taken anything away but the _id. */
export interface Change {
  readonly _id: Document;
  readonly operationType?: string | undefined;
  readonly ns?: Namespace | undefined;
  readonly documentKey?: Document | undefined;
  readonly fullDocument?: Document | null | undefined;
  readonly wallTime?: Date | undefined;
}

const BYTES = plain("bytes");
const TEXT = plain("string");
const NO_TEXT = plain("string", true);

/** Makes records of changes; undefined: nothing is told of it. @throws ConnectError CONNECT_CONFIG for settings that cannot be */
export function eventMaker(
  settings: MongodbSourceSettings,
  partition: SourcePlace,
): (change: Change, place: ChangePlace) => SourceEvent | undefined {
  const topicOf = topicOfNamespace(settings);
  const format = jsonFormatter(settings["output.json.formatter"]);
  const watched: Namespace = { db: settings.database, coll: settings.collection === "" ? undefined : settings.collection };
  const isDocument = settings["publish.full.document.only"];
  const written = (document: Document, kind: "json" | "bson"): { value: unknown; schema: typeof TEXT } =>
    kind === "json" ? { value: format(document), schema: TEXT } : { value: Buffer.from(serialize(document)), schema: BYTES };
  return (change, place) => {
    const document = isDocument ? change.fullDocument : change;
    const isTombstone = isDocument && change.operationType === "delete" && settings["publish.full.document.only.tombstone.on.delete"];
    if ((document === null || document === undefined) && !isTombstone) return undefined;
    const ofKey = settings["change.stream.document.key.as.key"] ? (change.documentKey ?? { _id: change._id }) : { _id: change._id };
    const key = written(ofKey, settings["output.format.key"]);
    const value = document == null ? { value: null, schema: NO_TEXT } : written(document, settings["output.format.value"]);
    return {
      topic: topicOf(change.ns ?? watched),
      key: key.value,
      keySchema: key.schema,
      value: value.value,
      valueSchema: value.schema,
      timestampMs: change.wallTime instanceof Date ? change.wallTime.getTime() : undefined,
      partition,
      offset: offsetOf(place),
    };
  };
}

/** A document that was there before, as the change that would have brought it. */
export function copiedChange({ db, coll }: Namespace, document: Document): Change {
  const key = { _id: document["_id"] as unknown };
  return { _id: { ...key, copyingData: true }, operationType: "insert", documentKey: key, fullDocument: document, ns: { db, coll } };
}
