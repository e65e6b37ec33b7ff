import { jsonWriter, plainJson } from "../../../converters/json/json-writer.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import { PerSchema } from "../../../data/per-schema.ts";
import type { HttpSinkSettings } from "./http-sink-config.ts";
import { urlTemplate } from "./url-template.ts";

/** What is to be sent of a record. */
export interface RecordRequest {
  readonly record: SinkRecord;
  readonly method: string;
  readonly url: URL;
  readonly contentType: string | undefined;
  readonly body: Uint8Array | undefined;
}

/**
 * Makes requests of records; undefined: nothing is to be sent. Values with fields become JSON, texts and bytes stay what they are.
 * @throws ConnectError CONNECT_CONFIG; what it gives throws DataError
 */
export function requestMaker(settings: HttpSinkSettings): (record: SinkRecord) => RecordRequest | undefined {
  const urlOf = urlTemplate(settings["http.url"] || settings["http.api.url"]);
  const form = { decimals: settings["decimal.format"], replaceNullWithDefault: true } as const;
  const writers = new PerSchema((schema) => jsonWriter(schema, form));
  const isBatched = settings["batching.enabled"];
  return (record) => {
    const { value, valueSchema } = record;
    if (value === null || value === undefined) {
      if (settings["behavior.on.null.values"] === "ignore") return undefined;
      if (settings["behavior.on.null.values"] === "fail")
        throw new DataError("the record has no value; behavior.on.null.values=delete makes it a DELETE, ignore leaves it out");
      return { record, method: "DELETE", url: urlOf(record), contentType: undefined, body: undefined };
    }
    const raw = value instanceof Uint8Array || typeof value === "string";
    const type =
      !raw || isBatched ? "application/json" : typeof value === "string" ? "text/plain; charset=utf-8" : "application/octet-stream";
    const body = raw
      ? Buffer.from(value as string)
      : Buffer.from(valueSchema === undefined ? plainJson(value) : writers.of(valueSchema)(value));
    return {
      record,
      method: settings["request.method"].toUpperCase(),
      url: urlOf(record),
      contentType: settings["http.headers.content.type"] ?? type,
      body,
    };
  };
}
