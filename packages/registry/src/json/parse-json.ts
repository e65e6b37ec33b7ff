import { JsonNumber, type JsonValue } from "./json-value.ts";

/** As deep as arrays and objects may nest: ten times what the deepest schema of the field needs, and far from the end of the stack. */
export const MAX_JSON_DEPTH = 500;
/** What is made of a number's digits takes the square of their count. Java's parsers have the same bound. */
const MAX_NUMBER_LENGTH = 1_000;

/** Text that is no JSON (RFC 8259), with its place. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
  readonly line: number;
  readonly column: number;

  constructor(problem: string, text: string, at: number) {
    const before = text.slice(0, at).split("\n");
    const line = before.length;
    const column = (before.at(-1) as string).length + 1;
    super(`${problem} at line ${line}, column ${column}`);
    this.line = line;
    this.column = column;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Quick to its end: everything but quotes, backslashes and control characters.
const PLAIN = /[^"\\\u0000-\u001f]*/y;
// Whatever keeps a string's text from being its value.
const SPECIAL = /[\\\u0000-\u001f]/;
const BACKSLASH = 0x5c;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const WORDS = [["true", true] as const, ["false", false] as const, ["null", null] as const];

/**
 * Reads JSON text strictly, keeping what `JSON.parse` loses: order of keys, text of numbers. Of a key that comes twice the last value counts, as in Java's parsers.
 * @throws JsonSyntaxError for what is no JSON, what nests deeper than {@link MAX_JSON_DEPTH} or has more values than it may, and what comes after the value.
 */
export function parseJson(text: string, { maxValues = Number.POSITIVE_INFINITY }: { readonly maxValues?: number } = {}): JsonValue {
  return new JsonReader(text, maxValues).readWhole();
}

class JsonReader {
  readonly #text: string;
  readonly #maxValues: number;
  #values = 0;
  #at = 0;

  constructor(text: string, maxValues: number) {
    this.#text = text;
    this.#maxValues = maxValues;
  }

  readWhole(): JsonValue {
    const value = this.#value(0);
    if (this.#next() !== undefined) this.#fail("something comes after the value");
    return value;
  }

  #value(depth: number): JsonValue {
    if (++this.#values > this.#maxValues) return this.#fail(`more than ${this.#maxValues} values`);
    const char = this.#next();
    if (char === '"') return this.#string();
    if (char === "{" || char === "[") {
      if (depth === MAX_JSON_DEPTH) return this.#fail(`more than ${MAX_JSON_DEPTH} arrays and objects inside each other`);
      return char === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const number = this.#match(NUMBER);
    if (number.length > MAX_NUMBER_LENGTH) return this.#fail(`a number of more than ${MAX_NUMBER_LENGTH} characters`);
    return number === "" ? this.#fail(char === undefined ? "the text ends too early" : "no JSON value") : new JsonNumber(number);
  }

  #array(depth: number): JsonValue {
    this.#at++;
    const values: JsonValue[] = [];
    if (this.#next() === "]") this.#at++;
    else {
      do values.push(this.#value(depth));
      while (this.#goesOn("]"));
    }
    return values;
  }

  #object(depth: number): JsonValue {
    this.#at++;
    const members = new Map<string, JsonValue>();
    if (this.#next() === "}") this.#at++;
    else {
      do {
        if (this.#next() !== '"') return this.#fail("a key in double quotes is missing");
        const key = this.#string();
        if (this.#next() !== ":") return this.#fail('":" is missing');
        this.#at++;
        members.set(key, this.#value(depth));
      } while (this.#goesOn("}"));
    }
    return members;
  }

  /** Whether a comma comes; else it must be the end. */
  #goesOn(end: string): boolean {
    const char = this.#next();
    if (char !== "," && char !== end) return this.#fail(`"," or "${end}" is missing`);
    this.#at++;
    return char === ",";
  }

  #string(): string {
    const from = this.#at + 1;
    const quick = this.#text.indexOf('"', from);
    const between = this.#text.slice(from, quick === -1 ? from : quick);
    if (quick !== -1 && !SPECIAL.test(between)) {
      this.#at = quick + 1;
      return between;
    }
    this.#at = from;
    const end = this.#endOfString(from);
    try {
      if (end !== -1) {
        const parsed = JSON.parse(this.#text.slice(from - 1, end + 1)) as string;
        this.#at = end + 1;
        return parsed;
      }
    } catch {
      // What is wrong with it, and where, is found below.
    }
    return this.#stringByParts();
  }

  /** Where the quote is that no backslash takes away. */
  #endOfString(from: number): number {
    for (let at = this.#text.indexOf('"', from); at !== -1; at = this.#text.indexOf('"', at + 1)) {
      let backslashes = 0;
      while (at - backslashes - 1 >= from && this.#text.charCodeAt(at - backslashes - 1) === BACKSLASH) backslashes++;
      if (backslashes % 2 === 0) return at;
    }
    return -1;
  }

  #stringByParts(): string {
    let parsed = "";
    for (;;) {
      parsed += this.#match(PLAIN);
      const char = this.#text[this.#at];
      if (char === undefined) return this.#fail("a string that does not end");
      if (char === '"') break;
      if (char !== "\\") return this.#fail("a control character inside of a string");
      parsed += this.#escape(this.#text[this.#at + 1] ?? "");
    }
    this.#at++;
    return parsed;
  }

  #escape(letter: string): string {
    if (letter === "u") {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[\da-fA-F]{4}$/.test(hex)) return this.#fail("a \\u without four hexadecimal digits");
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const char = ESCAPES.get(letter);
    if (char === undefined) return this.#fail("an unknown escape");
    this.#at += 2;
    return char;
  }

  #next(): string | undefined {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return this.#text[this.#at];
      this.#at++;
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #fail(problem: string): never {
    throw new JsonSyntaxError(problem, this.#text, this.#at);
  }
}
