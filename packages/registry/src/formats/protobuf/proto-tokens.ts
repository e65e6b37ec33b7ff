import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { ProtoScanner } from "./scan-proto.ts";

/** As many declarations, options and values as a file may have, so that reading and comparing it holds nobody up. */
export const MAX_DECLARATIONS = 10_000;

/** A whole name has at most as many characters and parts: each is looked up in each scope around it. */
export const MAX_NAME_LENGTH = 512;
const MAX_NAME_PARTS = 32;

/** What of a `.proto` text is asked for again and again. Each method takes what it names, or says what stands there instead. */
export class ProtoTokens extends ProtoScanner {
  #declarations = 0;

  /** @throws TooManyDeclarations */
  count(): void {
    if (++this.#declarations > MAX_DECLARATIONS) throw new TooManyDeclarations(this.at);
  }

  error(message: string): ProtoSyntaxError {
    return new ProtoSyntaxError(this.at, message);
  }

  shown(): string {
    if (this.kind === "end") return "the end of the text";
    const text = this.text.length > 40 ? `${this.text.slice(0, 39)}…` : this.text;
    return this.kind === "string" ? `the string "${text}"` : `"${text}"`;
  }

  isSign(sign: string): boolean {
    return this.kind === "sign" && this.text === sign;
  }

  isWord(word: string): boolean {
    return this.kind === "word" && this.text === word;
  }

  take(): string {
    const { text } = this;
    this.advance();
    return text;
  }

  accept(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.advance();
    return true;
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.advance();
    return true;
  }

  expect(sign: string): void {
    if (!this.accept(sign)) throw this.error(`expected "${sign}", found ${this.shown()}`);
  }

  /** Takes the ";"; gives the comment before the statement with that behind it in its line. */
  endStatement(leading: readonly string[]): readonly string[] {
    return this.#expectDocumented(";", leading);
  }

  /** Takes the "{"; gives the comment before the declaration with that behind the brace in its line. */
  beginBraces(leading: readonly string[]): readonly string[] {
    return this.#expectDocumented("{", leading);
  }

  #expectDocumented(sign: string, leading: readonly string[]): readonly string[] {
    this.expect(sign);
    const { trailing } = this;
    return trailing.length === 0 ? leading : [...leading, ...trailing];
  }

  name(what: string): string {
    if (this.kind !== "word") throw this.error(`expected ${what}, found ${this.shown()}`);
    if (this.text.length > MAX_NAME_LENGTH) throw this.error(`a name has ${this.text.length} characters; it may have ${MAX_NAME_LENGTH}`);
    return this.take();
  }

  /** `a.b.C` or `.a.b.C`. */
  typeName(): string {
    let name = this.accept(".") ? "." : "";
    name += this.name("a name");
    for (let parts = 2; this.accept("."); parts++) {
      name += `.${this.name("a name")}`;
      if (parts > MAX_NAME_PARTS || name.length > MAX_NAME_LENGTH) {
        throw this.error(`a name has more than ${MAX_NAME_PARTS} parts or ${MAX_NAME_LENGTH} characters`);
      }
    }
    return name;
  }

  /** A string; those behind each other are one. */
  string(what: string): string {
    if (this.kind !== "string") throw this.error(`expected ${what}, found ${this.shown()}`);
    let value = "";
    while (this.kind === "string") value += this.take();
    return value;
  }

  /** A whole number, also in hexadecimal and octal. */
  integer(what: string): number {
    const { at } = this;
    const sign = this.accept("-") ? -1 : 1;
    if (this.kind !== "number" || !/^(?:0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*)$/.test(this.text)) {
      throw this.error(`expected ${what}, a whole number; found ${this.shown()}`);
    }
    const text = this.take();
    const value = sign * (text.length > 1 && text.startsWith("0") && !/^0[xX]/.test(text) ? Number.parseInt(text, 8) : Number(text));
    if (value < -0x8000_0000 || value > 0x7fff_ffff) throw new ProtoSyntaxError(at, `${text} is too large for ${what}`);
    return value === 0 ? 0 : value;
  }
}

/** A file with more declarations than {@link MAX_DECLARATIONS}. */
export class TooManyDeclarations extends ProtoSyntaxError {
  constructor(at: number) {
    super(at, `a file has at most ${MAX_DECLARATIONS} declarations, options and values; split it and refer to the parts`);
  }
}
