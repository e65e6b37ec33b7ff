import { ConnectError } from "../../connect-error.ts";
import { jsonWriter, plainJson } from "../../converters/json/json-writer.ts";
import { readJson } from "../../converters/json/read-json.ts";
import { isPlainObject } from "../../data/check-value.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { isDecimal } from "../../data/decimal.ts";
import { PerSchema } from "../../data/per-schema.ts";
import { fieldOf } from "../../data/struct-value.ts";
import type { ElasticsearchSettings } from "./elasticsearch-sink-config.ts";

/** What becomes of a record in `_bulk`. */
export interface BulkAction {
  readonly record: SinkRecord;
  readonly kind: "index" | "create" | "update" | "delete";
  /** The document, by index and id. */
  readonly document: string;
  /** The action's line and the document's, each with its end. */
  readonly lines: Buffer;
}

const ID_BYTES_MAX = 512;
const INDEX_NAME = /^(?![-_+.])[^\\/*?"<>|, #:A-Z]{1,255}$/u;

/**
 * Makes actions of records; undefined: nothing is to be done.
 *
 * A document has its record's offset as external version: what comes again is refused by the index as it is, and an older one never takes the place of a newer one.
 * @throws ConnectError CONNECT_CONFIG; what it gives throws DataError
 */
export function actionMaker(settings: ElasticsearchSettings): (record: SinkRecord) => BulkAction | undefined {
  const nulls = settings["behavior.on.null.values"].toUpperCase();
  const isUpsert = settings["write.method"].toUpperCase() === "UPSERT";
  const byPlace = settings["key.ignore"] === "true";
  const stream = settings["data.stream.type"].toLowerCase();
  const isStream = stream !== "none";
  if (isStream && settings["data.stream.dataset"] === "")
    throw new ConnectError("CONNECT_CONFIG", "data.stream.type needs data.stream.dataset.");
  if (isStream && (isUpsert || nulls === "DELETE"))
    throw new ConnectError(
      "CONNECT_CONFIG",
      "A data stream only takes what is new; write.method=UPSERT and behavior.on.null.values=DELETE need an index.",
    );
  if (byPlace && nulls === "DELETE")
    throw new ConnectError("CONNECT_CONFIG", "behavior.on.null.values=DELETE deletes the document of a key, and key.ignore=true has none.");
  const documentOf = documentMaker(settings, isStream);
  return (record) => {
    const isNull = record.value === null || record.value === undefined;
    if (isNull && nulls === "IGNORE") return undefined;
    if (isNull && nulls === "FAIL")
      throw new DataError("the record has no value; behavior.on.null.values=DELETE deletes its document, IGNORE leaves it out");
    const place = {
      _index: isStream ? `${stream}-${settings["data.stream.dataset"]}-${record.topic}`.toLowerCase() : indexOf(record, settings),
    };
    const own = `${record.originalTopic}+${record.originalPartition}+${record.originalOffset}`;
    const id = byPlace || isStream ? own : idOf(record);
    const document = `${place._index} ${id}`;
    const versioned = { ...place, _id: id, version: Number(record.originalOffset), version_type: "external" };
    if (isNull) return { record, kind: "delete", document, lines: lines({ delete: versioned }) };
    const source = documentOf(record);
    if (isStream) return { record, kind: "create", document, lines: lines({ create: { ...place, _id: id } }, source) };
    if (isUpsert)
      return {
        record,
        kind: "update",
        document,
        lines: lines({ update: { ...place, _id: id, retry_on_conflict: 3 } }, `{"doc":${source},"doc_as_upsert":true}`),
      };
    return { record, kind: "index", document, lines: lines({ index: byPlace ? { ...place, _id: id } : versioned }, source) };
  };
}

function lines(action: object, document?: string): Buffer {
  return Buffer.from(`${JSON.stringify(action)}\n${document === undefined ? "" : `${document}\n`}`);
}

function indexOf({ topic }: SinkRecord, settings: ElasticsearchSettings): string {
  const name = settings["ottla.index.format"].replaceAll("${topic}", topic).toLowerCase();
  if (INDEX_NAME.test(name)) return name;
  throw new DataError(`"${name}" is no name of an index; set ottla.index.format, or RegexRouter`);
}

function idOf({ key }: SinkRecord): string {
  const id =
    typeof key === "string"
      ? key
      : typeof key === "number" || typeof key === "bigint" || typeof key === "boolean"
        ? String(key)
        : undefined;
  if (id === undefined || id === "")
    throw new DataError(
      `a document's id is a text or a number, not ${shown(key)}; ExtractField$Key takes one out of the key, key.ignore=true takes the record's place`,
    );
  if (Buffer.byteLength(id) > ID_BYTES_MAX)
    throw new DataError(`an id has at most ${ID_BYTES_MAX} bytes, and the record's key has ${Buffer.byteLength(id)}`);
  return id;
}

function documentMaker(settings: ElasticsearchSettings, isStream: boolean): (record: SinkRecord) => string {
  const writers = new PerSchema((schema) => jsonWriter(schema, { decimals: "NUMERIC", replaceNullWithDefault: true }));
  return (record) => {
    const { value, valueSchema } = record;
    const given = typeof value === "string" ? readJson(value) : value;
    if (!isPlainObject(given) || isDecimal(given))
      throw new DataError(`a document has fields, and the value is ${shown(value)}; HoistField makes a field of it`);
    const text = valueSchema === undefined || typeof value === "string" ? plainJson(given) : writers.of(valueSchema)(given);
    if (!isStream || Object.hasOwn(given, "@timestamp")) return text;
    const times = settings["data.stream.timestamp.field"]
      .map((name) => fieldOf(given, name))
      .filter((time) => time !== null && time !== undefined);
    const [time = record.timestampMs ?? 0] = times;
    const written = time instanceof Date ? time.toISOString() : time;
    return `{"@timestamp":${plainJson(written)}${text === "{}" ? "" : ","}${text.slice(1)}`;
  };
}
