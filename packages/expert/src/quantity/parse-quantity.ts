import { OttlaError } from "@ottla/base";
import { type Dimension, EXAMPLES } from "./dimension.ts";

const DECIMAL = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
const BINARY = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4, PiB: 1024 ** 5 };
const BITS = { "kb/s": 1e3 / 8, "Mb/s": 1e6 / 8, "Gb/s": 1e9 / 8, "kbit/s": 1e3 / 8, "Mbit/s": 1e6 / 8, "Gbit/s": 1e9 / 8 };
const BYTES: Readonly<Record<string, number>> = { ...DECIMAL, ...BINARY };
const NO_UNIT: Readonly<Record<string, number>> = { "": 1 };

/** Factors to the base unit. A dimension without the empty unit needs one: 100 of what would be a guess. */
const UNITS: Readonly<Record<Dimension, Readonly<Record<string, number>>>> = {
  bytes: BYTES,
  bytesPerS: { ...Object.fromEntries(Object.entries(BYTES).map(([unit, factor]) => [`${unit}/s`, factor])), ...BITS },
  seconds: { ms: 0.001, s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 },
  records: NO_UNIT,
  recordsPerS: { "": 1, "/s": 1, "/min": 1 / 60, "/h": 1 / 3600, "/d": 1 / 86_400 },
  count: NO_UNIT,
  ratio: { "": 1, "%": 0.01 },
  money: NO_UNIT,
};

/**
 * A number with its unit, such as `100MB/s`, in the base unit of its dimension. Big letters B are bytes, small ones bits. Errors: `INVALID_QUANTITY` with how it is to be written.
 */
export function parseQuantity(text: string, dimension: Dimension): number {
  const [, digits = "", unit = ""] = /^\s*((?:\d+(?:_\d+)*)?(?:\.\d+)?(?:e\d+)?)\s*(\D*?)\s*$/i.exec(text) ?? [];
  const factor = UNITS[dimension][unit];
  const value = digits === "" ? Number.NaN : decimal(Number(digits.replaceAll("_", "")) * (factor ?? Number.NaN));
  if (Number.isFinite(value)) return value;
  const units = Object.keys(UNITS[dimension]).filter((each) => each !== "");
  const wanted = units.length > 0 && factor === undefined ? `; its unit is one of ${units.join(", ")}` : "";
  throw new OttlaError("INVALID_QUANTITY", `"${text}" is no quantity of this kind${wanted} (as in ${EXAMPLES[dimension]}).`);
}

/** 70 × 0.01 is 0.7 to a person. */
function decimal(value: number): number {
  return Number(value.toPrecision(15));
}
