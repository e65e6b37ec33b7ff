/** A column of a table of values. */
export interface Column {
  readonly name: string;
  /** Every value that is there is a number. */
  readonly isNumeric: boolean;
}

/** What bytes were taken for; see `ShownBytes`. */
interface ShownValue {
  readonly format: string;
  readonly text: string;
  readonly isCut: boolean;
}

/** More fields are not columns. */
const COLUMNS_MAX = 12;
const JSON_FORMATS: ReadonlySet<string> = new Set(["json", "msgpack", "cbor"]);

/** The fields of a value that is an object; undefined of others. A map: a field may be called `__proto__`. */
export function fieldsOf({ format, text, isCut }: ShownValue): ReadonlyMap<string, unknown> | undefined {
  if (!JSON_FORMATS.has(format) || isCut) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** Fields in the order in which they first stand. None, unless most values have fields. */
export function columnsOf(rows: readonly (ReadonlyMap<string, unknown> | undefined)[]): readonly Column[] {
  const known = rows.filter((fields) => fields !== undefined);
  if (known.length * 2 <= rows.length) return [];
  const numeric = new Map<string, boolean>();
  for (const fields of known)
    for (const [name, value] of fields) {
      if (!numeric.has(name) && numeric.size >= COLUMNS_MAX) continue;
      numeric.set(name, (numeric.get(name) ?? true) && typeof value === "number");
    }
  return [...numeric].map(([name, isNumeric]) => ({ name, isNumeric }));
}

/** Numbers by size, all else as text; what is not there comes first. */
export function compareCells(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
