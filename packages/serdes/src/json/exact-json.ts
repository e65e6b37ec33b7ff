import { isUtf8 } from "node:buffer";
import { ValueProblem } from "../serde/format-engine.ts";

/** Sixteen digits are the fewest that a whole number beyond 2^53 has. */
const MANY_DIGITS = /\d{16}/;
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
  const data = from === 0 ? bytes : bytes.subarray(from);
  const text = data.toString();
  if (text.includes("\ufffd") && !isUtf8(data)) throw new ValueProblem("", `${data.length} bytes are no UTF-8`);
  const plain = parse(text);
  if (!MANY_DIGITS.test(text)) return { plain, exact: plain };
  const exact = exactly.parse(text, (_key, value, { source }) =>
    typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && WHOLE.test(source) ? BigInt(source) : value,
  );
  return { plain, exact };
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
