import { isUtf8 } from "node:buffer";
import { ValueProblem } from "../serde/format-engine.ts";

/** The fewest that a whole number beyond 2^53 has. */
const MANY_DIGITS = 16;
const WHOLE = /^-?\d+$/;

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Of Node 22, and not yet in TypeScript's library. */
const exactly = JSON as unknown as { parse(text: string, reviver: Reviver): unknown; rawJSON(text: string): unknown };

/** A text of JSON as it is usually read, and as it was meant: whole numbers beyond 2^53 are a bigint there. Both are one thing where there are none. */
export interface ReadJson {
  readonly plain: unknown;
  readonly exact: unknown;
}

export function readJson(bytes: Buffer, from: number): ReadJson {
  const text = bytes.toString("utf8", from);
  if (text.includes("\ufffd") && !isUtf8(bytes.subarray(from))) throw new ValueProblem("", `${bytes.length - from} bytes are no UTF-8`);
  const plain = parse(text);
  if (!hasManyDigits(bytes, from)) return { plain, exact: plain };
  const exact = exactly.parse(text, (_key, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && WHOLE.test(source) ? BigInt(source) : value,
  );
  return { plain, exact };
}

/** Whether so many digits stand in a row: only every sixteenth byte is looked at, and what is around those that are digits. */
function hasManyDigits(bytes: Buffer, from: number): boolean {
  const { length } = bytes;
  for (let at = from + MANY_DIGITS - 1; at < length; at += MANY_DIGITS) {
    if (!isDigit(bytes[at]!)) continue;
    let [first, last] = [at, at];
    while (first > from && isDigit(bytes[first - 1]!)) first--;
    while (last + 1 < length && isDigit(bytes[last + 1]!)) last++;
    if (last - first + 1 >= MANY_DIGITS) return true;
    // A row is looked at once, however long it is.
    at = last;
  }
  return false;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ValueProblem("", `it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}

/** The text of a value; a bigint is a number of as many digits as it has. `isPlain`: what was given is what stands in the text. */
export function writeJson(value: unknown): { readonly text: string; readonly isPlain: boolean } {
  let text: string | undefined;
  let isPlain = true;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    if (!(cause instanceof TypeError) || !/BigInt/.test(cause.message))
      throw new ValueProblem("", `it has no JSON text (${cause instanceof Error ? cause.message : String(cause)})`, cause);
    isPlain = false;
    text = JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? exactly.rawJSON(part.toString()) : part));
  }
  if (text === undefined) throw new ValueProblem("", "it has no JSON text");
  return { text, isPlain };
}
