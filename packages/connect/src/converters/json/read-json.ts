import { DataError } from "../../data/data-error.ts";

/** A number of JSON that JavaScript's would not keep: the text says it. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Of Node 22, and not yet in TypeScript's library. */
const exactly = JSON as unknown as { parse(text: string, reviver: Reviver): unknown };

/** So many digits in a row, or none: what is shorter is kept by a number. */
const MANY_DIGITS = /\d{16}/;
const WHOLE = /^-?\d+$/;

/**
 * A text of JSON. Whole numbers beyond 2^53 are bigint; with `fractions: "text"` numbers with a point or an exponent are {@link NumberText}.
 * @throws ConnectError CONNECT_DATA
 */
export function readJson(text: string, fractions: "number" | "text" = "number"): unknown {
  try {
    if (fractions === "number" && !MANY_DIGITS.test(text)) return JSON.parse(text);
    return exactly.parse(text, fractions === "number" ? wholeNumbers : allNumbers);
  } catch (cause) {
    throw new DataError(`it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`, "", cause);
  }
}

function wholeNumbers(this: unknown, _key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined || !WHOLE.test(source)) return value;
  return BigInt(source);
}

function allNumbers(this: unknown, _key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  if (!WHOLE.test(source)) return new NumberText(source);
  return Number.isSafeInteger(value) ? value : BigInt(source);
}
