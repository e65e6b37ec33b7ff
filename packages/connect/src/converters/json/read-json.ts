import { DataError } from "../../data/data-error.ts";

/** A number of JSON that JavaScript's would not keep: the text says it. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Which numbers stay texts. */
export type NumberTexts = "none" | "all";

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Of Node 22, and not yet in TypeScript's library. */
const exactly = JSON as unknown as { parse(text: string, reviver: Reviver): unknown };

/** So many digits in a row, or none: what is shorter is kept by a number. */
const MANY_DIGITS = /\d{16}/;
const WHOLE = /^-?\d+$/;
/** Texts, in which nothing is looked for, and what may be a long number. */
const TEXTS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;
/** Stands before the digits of a long number while the text is parsed. */
const MARK = "\uf8ff#";
const ESCAPED_MARK = /\\u[fF]8[fF]{2}/;

/**
 * A text of JSON. Whole numbers beyond 2^53 are bigint; with `texts: "all"` every number is a {@link NumberText}.
 * @throws ConnectError CONNECT_DATA
 */
export function readJson(text: string, texts: NumberTexts = "none"): unknown {
  try {
    if (texts === "all") return exactly.parse(text, allTexts);
    if (!MANY_DIGITS.test(text)) return JSON.parse(text);
    // A reviver is asked for every value; this looks at each only where there is a long number, and is several times as fast.
    if (text.includes(MARK) || ESCAPED_MARK.test(text)) return exactly.parse(text, wholeNumbers);
    return unmarked(JSON.parse(text.replace(TEXTS_AND_LONG_NUMBERS, marked)));
  } catch (cause) {
    throw new DataError(`it is no JSON (${cause instanceof Error ? cause.message : String(cause)})`, "", cause);
  }
}

function marked(found: string): string {
  return found.charCodeAt(0) !== 0x22 && WHOLE.test(found) && !/^-?0/.test(found) ? `"${MARK}${found}"` : found;
}

/** Changes what was just parsed, which nobody else has. */
function unmarked(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith(MARK) ? wholeOf(value.slice(MARK.length)) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = unmarked(value[index]);
    return value;
  }
  const own = value as Record<string, unknown>;
  for (const name of Object.keys(own)) {
    const part = own[name];
    if (typeof part === "string" ? part.startsWith(MARK) : typeof part === "object" && part !== null) own[name] = unmarked(part);
  }
  return own;
}

function wholeOf(source: string): number | bigint {
  const number = Number(source);
  return Number.isSafeInteger(number) ? number : BigInt(source);
}

function wholeNumbers(this: unknown, _key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined || !WHOLE.test(source)) return value;
  return BigInt(source);
}

function allTexts(this: unknown, _key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === "number" && source !== undefined ? new NumberText(source) : value;
}
