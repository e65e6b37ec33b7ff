import type { Dimension } from "./dimension.ts";

/** Between the digits of a whole number, where three follow, or six, and so on. */
const THOUSANDS = /(?<=\d)(?=(?:\d{3})+$)/g;

const SECOND_UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];

/** 9_000 → "2 h 30 min": two units at most, seconds and less with up to three digits. */
export function printSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never";
  for (const [i, [unit, size]] of SECOND_UNITS.entries()) {
    if (seconds < size) continue;
    const [lesserUnit, lesserSize] = SECOND_UNITS[i + 1] ?? ["s", 1];
    const lesser = Math.round((seconds % size) / lesserSize);
    // 119.9 s are 2 min, not 1 min 60 s.
    if (lesser * lesserSize >= size) return printSeconds((Math.floor(seconds / size) + 1) * size);
    return lesser === 0 ? `${Math.floor(seconds / size)} ${unit}` : `${Math.floor(seconds / size)} ${unit} ${lesser} ${lesserUnit}`;
  }
  return seconds >= 1 || seconds === 0 ? `${round(seconds)} s` : `${round(seconds * 1000)} ms`;
}

/** 12_345.678 → "12,346": three digits that mean something, thousands apart. */
export function printNumber(value: number): string {
  if (!Number.isFinite(value)) return "unbounded";
  const text = String(round(value));
  // Not by Intl, whose first use costs the start of every command some milliseconds.
  return text.includes("e") ? text : text.replace(/^(-?\d+)/, (whole) => whole.replace(THOUSANDS, ","));
}

/** 1_234_567 → "1.23 MB": decimal units, as disks and networks are sold. */
export function printBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${printNumber(value)} ${units[unit]}`;
}

/** Three significant digits, or all those before the point. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A value of any dimension, with its unit. */
export function printQuantity(value: number, dimension: Dimension): string {
  switch (dimension) {
    case "bytes":
      return printBytes(value);
    case "bytesPerS":
      return `${printBytes(value)}/s`;
    case "seconds":
      return printSeconds(value);
    case "recordsPerS":
      return `${printNumber(value)}/s`;
    case "ratio":
      return `${printNumber(value * 100)} %`;
    case "count":
    case "records":
    case "money":
      return printNumber(value);
  }
}
