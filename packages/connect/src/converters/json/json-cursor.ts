/** Deeper, JSON.parse reads, which says so itself. */
const DEPTH_MAX = 100;
/** What has fewer digits is kept by a number. */
const SURE_DIGITS = 15;

/** Text that is read otherwise: spaces, other names or another order, what is no JSON. Never leaves this folder. */
class Unexpected extends Error {
  override readonly name = "Unexpected";
}

export const unexpected: Error = new Unexpected();

/** A text of JSON, read from left to right by those who know what comes. Throws {@link unexpected}. */
export class JsonCursor {
  text = "";
  at = 0;

  begin(text: string): void {
    this.text = text;
    this.at = 0;
  }

  get isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  expect(what: string): void {
    const { at, text } = this;
    const { length } = what;
    for (let index = 0; index < length; index++) if (text.charCodeAt(at + index) !== what.charCodeAt(index)) throw unexpected;
    this.at = at + length;
  }

  isNull(): boolean {
    if (this.text.charCodeAt(this.at) !== 0x6e) return false;
    this.expect("null");
    return true;
  }

  boolean(): boolean {
    const isTrue = this.text.charCodeAt(this.at) === 0x74;
    this.expect(isTrue ? "true" : "false");
    return isTrue;
  }

  string(): string {
    const { at, text } = this;
    if (text.charCodeAt(at) !== 0x22) throw unexpected;
    let end = at + 1;
    for (; ; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) return this.#escaped(end);
      // NaN behind the end of the text.
      if (!(code >= 0x20)) throw unexpected;
    }
    this.at = end + 1;
    return text.slice(at + 1, end);
  }

  #escaped(from: number): string {
    const { at, text } = this;
    let end = from;
    for (; ; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x22) break;
      if (code === 0x5c) end++;
      else if (!(code >= 0x20)) throw unexpected;
    }
    this.at = end + 1;
    try {
      return JSON.parse(text.slice(at, end + 1)) as string;
    } catch {
      throw unexpected;
    }
  }

  /** A whole number: a number, or a bigint where that would not keep it. */
  whole(): number | bigint {
    const { at: first, text } = this;
    let at = first;
    const isNegative = text.charCodeAt(at) === 0x2d;
    if (isNegative) at++;
    const start = at;
    let value = 0;
    let code = text.charCodeAt(at);
    for (; code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at)) value = value * 10 + (code - 0x30);
    const digits = at - start;
    if (digits === 0 || (digits > 1 && text.charCodeAt(start) === 0x30) || code === 0x2e || code === 0x65 || code === 0x45)
      throw unexpected;
    this.at = at;
    if (digits <= SURE_DIGITS) return isNegative ? -value : value;
    const source = text.slice(first, at);
    const number = Number(source);
    return Number.isSafeInteger(number) ? number : BigInt(source);
  }

  /** Any number; a whole one that no number keeps is a bigint. */
  number(): number | bigint {
    const { at: first, text } = this;
    let at = first;
    if (text.charCodeAt(at) === 0x2d) at++;
    const start = at;
    at = this.#skipDigits(at);
    let code = text.charCodeAt(at);
    if (code !== 0x2e && code !== 0x65 && code !== 0x45) return this.whole();
    if (at > start + 1 && text.charCodeAt(start) === 0x30) throw unexpected;
    if (code === 0x2e) {
      at = this.#skipDigits(at + 1);
      code = text.charCodeAt(at);
    }
    if (code === 0x65 || code === 0x45) {
      const sign = text.charCodeAt(at + 1);
      at = this.#skipDigits(at + (sign === 0x2b || sign === 0x2d ? 2 : 1));
    }
    this.at = at;
    return Number(text.slice(first, at));
  }

  /** At least one. */
  #skipDigits(from: number): number {
    const { text } = this;
    let at = from;
    for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at));
    if (at === from) throw unexpected;
    return at;
  }

  /** Any value, written without spaces. */
  any(depth = 0): unknown {
    switch (this.text.charCodeAt(this.at)) {
      case 0x22:
        return this.string();
      case 0x7b:
        return this.#object(depth);
      case 0x5b:
        return this.#array(depth);
      case 0x74:
      case 0x66:
        return this.boolean();
      case 0x6e:
        this.expect("null");
        return null;
      default:
        return this.number();
    }
  }

  #object(depth: number): unknown {
    if (depth >= DEPTH_MAX) throw unexpected;
    const made: Record<string, unknown> = {};
    if (this.#isNext("{", "}")) return made;
    do {
      this.at++;
      const name = this.string();
      if (name === "__proto__") throw unexpected;
      this.expect(":");
      made[name] = this.any(depth + 1);
    } while (this.text.charCodeAt(this.at) === 0x2c);
    this.expect("}");
    return made;
  }

  #array(depth: number): unknown {
    if (depth >= DEPTH_MAX) throw unexpected;
    const made: unknown[] = [];
    if (this.#isNext("[", "]")) return made;
    do {
      this.at++;
      made.push(this.any(depth + 1));
    } while (this.text.charCodeAt(this.at) === 0x2c);
    this.expect("]");
    return made;
  }

  /** Whether nothing is in between: then it is behind it, else in front. */
  #isNext(open: string, close: string): boolean {
    if (this.text.charCodeAt(this.at + 1) !== close.charCodeAt(0)) return false;
    this.expect(open);
    this.expect(close);
    return true;
  }
}
