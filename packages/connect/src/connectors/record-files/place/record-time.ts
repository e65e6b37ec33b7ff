import { DataError, shown } from "../../../data/data-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { fieldAt } from "./field-at.ts";
import type { FilesSettings } from "../files-config.ts";

/**
 * A record's time in milliseconds, as `timestamp.extractor` says.
 * What it returns throws ConnectError CONNECT_DATA for a record that has none.
 */
export function recordTime(settings: FilesSettings, nowMs: () => number): (record: SinkRecord) => number {
  switch (settings["timestamp.extractor"]) {
    case "Wallclock":
      return nowMs;
    case "Record":
      return ({ timestampMs }) => {
        if (timestampMs === undefined || timestampMs < 0)
          throw new DataError("the record has no timestamp, and timestamp.extractor is Record");
        return timestampMs;
      };
    case "RecordField": {
      const field = settings["timestamp.field"];
      return (record) => timeOf(fieldAt(record.value, field), field);
    }
  }
}

function timeOf(value: unknown, field: string): number {
  const ms =
    value instanceof Date
      ? value.getTime()
      : typeof value === "bigint" || typeof value === "number"
        ? Number(value)
        : typeof value === "string"
          ? Date.parse(value)
          : Number.NaN;
  if (Number.isFinite(ms) && Math.abs(ms) <= 8.64e15) return ms;
  throw new DataError(`timestamp.field is milliseconds, a timestamp or a text of ISO 8601, not ${shown(value)}`, field);
}
