/** A piece of a statement: a word as it is written there, a name in quotes without them, or a sign. Texts in quotes are none of these, and told apart from signs by `text`. */
export interface StatementWord {
  readonly kind: "word" | "name" | "text" | "sign";
  readonly text: string;
}

const SPACE = /(?:\s+|--[\s][^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?!!|M!)[\s\S]*?\*\/|\/\*M?!\d{0,6}|\*\/)+/y;
const WORD = /[\w$\u0080-\uFFFF]+/y;
const BACK_QUOTED = /`((?:[^`]|``)+)`/y;
const DOUBLE_QUOTED = /"((?:[^"\\]|""|\\[\s\S])*)"/y;
const ANSI_QUOTED = /"((?:[^"]|"")+)"/y;
const QUOTED = /'(?:[^'\\]|''|\\[\s\S])*'/y;

/** The pieces of a statement, one behind the other. Comments are space; those for the server alone (`/*!`) are its text. */
export class StatementWords {
  readonly #text: string;
  /** `sql_mode` has ANSI_QUOTES: names may stand in double quotes, and texts do not. */
  readonly #hasAnsiQuotes: boolean;
  #at = 0;

  constructor(text: string, hasAnsiQuotes: boolean) {
    this.#text = text;
    this.#hasAnsiQuotes = hasAnsiQuotes;
  }

  /** Undefined: there is no other. */
  next(): StatementWord | undefined {
    this.#match(SPACE);
    if (this.#at >= this.#text.length) return undefined;
    const word = this.#match(WORD);
    if (word !== undefined) return { kind: "word", text: word[0] };
    const name = this.#match(BACK_QUOTED);
    if (name !== undefined) return { kind: "name", text: name[1]!.replaceAll("``", "`") };
    const quoted = this.#match(this.#hasAnsiQuotes ? ANSI_QUOTED : DOUBLE_QUOTED);
    if (quoted !== undefined) return { kind: this.#hasAnsiQuotes ? "name" : "text", text: quoted[1]!.replaceAll('""', '"') };
    const text = this.#match(QUOTED);
    if (text !== undefined) return { kind: "text", text: text[0] };
    return { kind: "sign", text: this.#text[this.#at++]! };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }
}
