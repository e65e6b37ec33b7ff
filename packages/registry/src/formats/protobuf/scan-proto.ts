import { ProtoSyntaxError } from "./proto-syntax-error.ts";

export type ProtoToken = "word" | "number" | "string" | "sign" | "end";

const NUMBER = /(?:0[xX][0-9A-Fa-f]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fF]?/y;
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "?": 63, "'": 39, '"': 34, "\\": 92 };

/** Never written to. */
const NONE: string[] = [];

/** Walks over the tokens of a `.proto` text; `kind`, `text` and `at` are of the token that comes next. */
export class ProtoScanner {
  kind: ProtoToken = "end";
  /** Of a string: its content, escaped in one way. */
  text = "";
  at = 0;
  /** The comment before the token that comes next. */
  leading: readonly string[] = [];
  /** The comment behind the token before, in its line. */
  trailing: readonly string[] = [];
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
    if (source.startsWith("\uFEFF")) this.#position = 1;
    this.advance();
  }

  advance(): void {
    this.#skip();
    const source = this.#source;
    this.at = this.#position;
    if (this.at >= source.length) {
      this.kind = "end";
      this.text = "";
      return;
    }
    const code = source.charCodeAt(this.at);
    if (code === 34 || code === 39) {
      this.kind = "string";
      this.text = this.#string(code);
      return;
    }
    const following = source.charCodeAt(this.at + 1);
    if (isLetter(code)) {
      this.kind = "word";
      this.#takeName();
    } else if (isDigit(code) || (code === 46 && isDigit(following))) {
      this.kind = "number";
      this.#takeNumber();
      const behind = source.charCodeAt(this.#position);
      if (isDigit(behind) || isLetter(behind)) throw new ProtoSyntaxError(this.at, "a number and a name need a space between them");
    } else if (code < 32 || code > 126) {
      const shown = String.fromCodePoint(source.codePointAt(this.at) ?? 0);
      throw new ProtoSyntaxError(this.at, `${JSON.stringify(shown)} stands outside of a string or a comment`);
    } else {
      this.kind = "sign";
      this.text = source.charAt(this.at);
      this.#position++;
    }
  }

  #takeName(): void {
    let end = this.at + 1;
    for (let code = this.#source.charCodeAt(end); isLetter(code) || isDigit(code); code = this.#source.charCodeAt(end)) end++;
    this.#takeTo(end);
  }

  #takeNumber(): void {
    NUMBER.lastIndex = this.at;
    NUMBER.test(this.#source);
    this.#takeTo(NUMBER.lastIndex);
  }

  #takeTo(end: number): void {
    this.text = this.#source.slice(this.at, end);
    this.#position = end;
  }

  /** Over space and comments. A comment belongs to the token before when it stands in its line and the line ends with it, else to the token that follows it without an empty line. */
  #skip(): void {
    const source = this.#source;
    let newLines = 0;
    let pending: string[] = NONE;
    let isBehind = this.#position > 0;
    this.trailing = NONE;
    while (this.#position < source.length) {
      const code = source.charCodeAt(this.#position);
      if (code === 10) {
        this.#position++;
        if (++newLines > 1) pending = NONE;
        if (isBehind) {
          this.trailing = pending;
          pending = NONE;
        }
        isBehind = false;
      } else if (code === 32 || code === 9 || code === 13 || code === 12 || code === 11) {
        this.#position++;
      } else if (code === 47 && source.charCodeAt(this.#position + 1) === 47) {
        if (pending === NONE) pending = [];
        const end = source.indexOf("\n", this.#position);
        const stop = end < 0 ? source.length : end;
        pending.push(commentLine(source.slice(this.#position + 2, stop)));
        this.#position = stop;
        newLines = 0;
      } else if (code === 47 && source.charCodeAt(this.#position + 1) === 42) {
        const end = source.indexOf("*/", this.#position + 2);
        if (end < 0) throw new ProtoSyntaxError(this.#position, "the comment that begins here has no end; close it with */");
        if (pending === NONE) pending = [];
        for (const line of blockLines(source.slice(this.#position + 2, end))) pending.push(line);
        this.#position = end + 2;
        newLines = 0;
      } else break;
    }
    if (isBehind && this.#position >= source.length) {
      this.trailing = pending;
      pending = NONE;
    }
    this.leading = pending;
  }

  #string(quote: number): string {
    const source = this.#source;
    let position = this.at + 1;
    let escaped = "";
    let from = position;
    for (;;) {
      const code = source.charCodeAt(position);
      if (Number.isNaN(code) || code === 10) throw new ProtoSyntaxError(this.at, "the string that begins here has no end in its line");
      if (code === quote) break;
      if (code === 92) {
        escaped += source.slice(from, position);
        const unit = this.#escape(position + 1);
        escaped += unit.text;
        position = unit.end;
        from = position;
      } else if (code === 34 || code < 32) {
        escaped += source.slice(from, position) + escapeByte(code);
        from = ++position;
      } else position++;
    }
    this.#position = position + 1;
    return escaped + source.slice(from, position);
  }

  #escape(at: number): { readonly text: string; readonly end: number } {
    const source = this.#source;
    const letter = source.charAt(at);
    const simple = ESCAPES[letter];
    if (simple !== undefined) return { text: escapeByte(simple), end: at + 1 };
    const digits = /[0-7]{1,3}|[xX][0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{4}|U00[01][0-9A-Fa-f]{5}/y;
    digits.lastIndex = at;
    const found = digits.exec(source)?.[0];
    if (found === undefined) throw new ProtoSyntaxError(at - 1, `\\${letter} means nothing in a string`);
    const end = at + found.length;
    if (/^[0-7]/.test(found)) return { text: escapeByte(Number.parseInt(found, 8) & 255), end };
    const number = Number.parseInt(found.slice(1), 16);
    if (number > 0x10ffff) throw new ProtoSyntaxError(at - 1, `\\${found} is no character`);
    return { text: number < 128 || /^x/i.test(found) ? escapeByte(number) : String.fromCodePoint(number), end };
  }
}

/** A byte as it stands in a string. */
export function escapeByte(byte: number): string {
  if (byte === 34) return '\\"';
  if (byte === 92) return "\\\\";
  if (byte === 10) return "\\n";
  if (byte === 13) return "\\r";
  if (byte === 9) return "\\t";
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

function commentLine(text: string): string {
  return (text.startsWith(" ") ? text.slice(1) : text).trimEnd();
}

function blockLines(text: string): readonly string[] {
  const lines = text.split("\n").map((line, index) => (index === 0 ? line.replace(/^\*/, "") : line.replace(/^\s*\*?/, "")));
  const cleaned = lines.map(commentLine);
  const first = cleaned.findIndex((line) => line !== "");
  return first < 0 ? [] : cleaned.slice(first, cleaned.findLastIndex((line) => line !== "") + 1);
}
