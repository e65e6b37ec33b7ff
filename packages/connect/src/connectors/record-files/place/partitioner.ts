import { ConnectError } from "../../../connect-error.ts";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import { valueText } from "../../../data/value-text.ts";
import type { FileChoices } from "../file-choices.ts";
import type { FilesSettings } from "../files-config.ts";
import { fieldAt } from "./field-at.ts";
import { pathFormat } from "./path-format.ts";

/**
 * The folders of a record below its topic's: `partition=3`, `country=FR/year=2026`.
 * What it returns throws ConnectError CONNECT_DATA for a record that has no place.
 */
export function partitioner(
  settings: FilesSettings,
  choices: FileChoices,
  timeOf: (record: SinkRecord) => number,
): (record: SinkRecord) => string {
  const delim = settings["directory.delim"];
  switch (choices.partitioner) {
    case "default":
      return ({ originalPartition }) => `partition=${originalPartition}`;
    case "field": {
      const fields = settings["partition.field.name"];
      return ({ value }) => fields.map((field) => `${field}=${folderOf(fieldAt(value, field), field)}`).join(delim);
    }
    case "daily":
      return timed(`'year'=YYYY${delim}'month'=MM${delim}'day'=dd`, 86_400_000);
    case "hourly":
      return timed(`'year'=YYYY${delim}'month'=MM${delim}'day'=dd${delim}'hour'=HH`, 3_600_000);
    case "time":
      return timed(settings["path.format"], settings["partition.duration.ms"]);
  }

  function timed(pattern: string, durationMs: number): (record: SinkRecord) => string {
    const format = pathFormat(pattern, settings.locale);
    const offsetOf = zoneOffset(settings.timezone);
    let known = { begin: Number.NaN, text: "" };
    return (record) => {
      const ms = timeOf(record);
      // In the zone's own time: its days begin at its midnight, also where the clocks are changed.
      const begin = Math.floor((ms + offsetOf(ms)) / durationMs) * durationMs;
      if (known.begin !== begin) known = { begin, text: format(begin) };
      return known.text;
    };
  }
}

/** Milliseconds that a zone is ahead of UTC at a moment. */
function zoneOffset(timezone: string): (ms: number) => number {
  if (timezone === "UTC" || timezone === "GMT") return () => 0;
  const format = zoneFormat(timezone);
  let known = { quarter: Number.NaN, offset: 0 };
  return (ms) => {
    // Zones change their offset at whole quarters of an hour.
    const quarter = Math.floor(ms / 900_000);
    if (known.quarter === quarter) return known.offset;
    const parts = Object.fromEntries(format.formatToParts(quarter * 900_000).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    known = { quarter, offset: Date.UTC(year, month - 1, day, hour, minute, second) - quarter * 900_000 };
    return known.offset;
  };
}

function zoneFormat(timezone: string): Intl.DateTimeFormat {
  const number = "numeric";
  const parts = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const;
  try {
    return new Intl.DateTimeFormat("en-US", { ...parts, timeZone: timezone, hourCycle: "h23" });
  } catch (error) {
    throw new ConnectError("CONNECT_CONFIG", `timezone ${timezone} is none that is known here.`, { cause: error });
  }
}

function folderOf(value: unknown, field: string): string {
  switch (typeof value) {
    case "string":
      if (value !== "") return value;
      break;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      if (value instanceof Date) return valueText(undefined, value);
      break;
    case "undefined":
    case "symbol":
    case "function":
  }
  throw new DataError(
    `a folder is made of a text, a number, a time or a boolean, not ${value === "" ? "an empty text" : shown(value)}`,
    field,
  );
}
