import { type StatementWord, StatementWords } from "./statement-words.ts";

/** A table as a statement names it. */
export interface NamedTable {
  /** Undefined: the session's. */
  readonly database: string | undefined;
  readonly table: string;
}

/** What a statement of the binlog is, as far as changes of rows need it. */
export type Statement =
  | { readonly kind: "begin" | "commit" | "rollback" | "savepoint" | "xaStart" | "xaEnd" }
  | { readonly kind: "truncate"; readonly target: NamedTable }
  /** Changes rows, and stands there in place of them. `target` undefined: it may be any table. `altersTables`: it makes one too. */
  | { readonly kind: "dml"; readonly target: NamedTable | undefined; readonly altersTables?: true }
  /** DDL, accounts, and what else changes no row. */
  | { readonly kind: "other" };

/** No statement needs more of its text to be told what it is. */
const LOOKED_AT = 65_536;
/** What may stand between the verb and the table. */
const MODIFIERS = new Set(["LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "QUICK", "INTO"]);
const OTHER: Statement = { kind: "other" };
const ANY_TABLE: Statement = { kind: "dml", target: undefined };

/** Looks at the beginning of a statement. */
export function readStatement(sql: string, hasAnsiQuotes = false): Statement {
  const words = new Upcoming(new StatementWords(sql.slice(0, LOOKED_AT), hasAnsiQuotes));
  const verb = words.take();
  switch (verb) {
    case "BEGIN":
      return { kind: "begin" };
    case "START":
      return words.word === "TRANSACTION" ? { kind: "begin" } : OTHER;
    case "COMMIT":
      return { kind: "commit" };
    case "ROLLBACK":
      return { kind: "rollback" };
    case "SAVEPOINT":
    case "RELEASE":
      return { kind: "savepoint" };
    case "XA":
      return { kind: words.word === "START" || words.word === "BEGIN" ? "xaStart" : words.word === "END" ? "xaEnd" : "other" };
    case "TRUNCATE":
      return truncateOf(words);
    case "CREATE":
      return createOf(words);
    case "SET":
      // A variable, or all that may stand behind `SET STATEMENT … FOR`.
      return words.word === "STATEMENT" ? ANY_TABLE : OTHER;
    case "ANALYZE":
      return words.word === "TABLE" || words.word === "TABLES" || words.word === "LOCAL" || words.word === "NO_WRITE_TO_BINLOG"
        ? OTHER
        : ANY_TABLE;
    // The last ones call functions, which change what they like.
    case "WITH":
    case "CALL":
    case "SELECT":
    case "VALUES":
    case "DO":
      return ANY_TABLE;
    default:
      return changeOf(verb, words);
  }
}

/** The pieces that are still to come, and the next of them. */
class Upcoming {
  readonly #words: StatementWords;
  #next: StatementWord | undefined;

  constructor(words: StatementWords) {
    this.#words = words;
    this.#next = words.next();
  }

  get isAtEnd(): boolean {
    return this.#next === undefined;
  }

  /** The next one in capitals where it is a word, or as it is where it is a sign. */
  get word(): string {
    const { kind, text } = this.#next ?? { kind: "sign", text: "" };
    return kind === "word" ? text.toUpperCase() : kind === "sign" ? text : "";
  }

  take(): string {
    const { word } = this;
    this.#next = this.#words.next();
    return word;
  }

  /** Goes behind the next one where it is `word`. */
  takes(word: string): boolean {
    if (this.word !== word) return false;
    this.take();
    return true;
  }

  /** A table's name; undefined: none is next. */
  table(): NamedTable | undefined {
    const first = this.#name();
    if (first === undefined) return undefined;
    if (!this.takes(".")) return { database: undefined, table: first };
    const second = this.#name();
    return second === undefined ? undefined : { database: first, table: second };
  }

  #name(): string | undefined {
    const next = this.#next;
    if (next?.kind !== "word" && next?.kind !== "name") return undefined;
    this.take();
    return next.text;
  }
}

function truncateOf(words: Upcoming): Statement {
  words.takes("TABLE");
  const target = words.table();
  return target === undefined ? OTHER : { kind: "truncate", target };
}

/** A table that is made with rows stands there as one statement only where rows do not come as rows. */
function createOf(words: Upcoming): Statement {
  if (words.takes("OR")) words.takes("REPLACE");
  if (!words.takes("TABLE")) return OTHER;
  if (words.takes("IF")) for (const word of ["NOT", "EXISTS"]) words.takes(word);
  const target = words.table();
  while (!words.isAtEnd) if (words.take() === "SELECT") return { kind: "dml", target, altersTables: true };
  return OTHER;
}

/** One table, where it is sure that it is the only one. */
function changeOf(verb: string, words: Upcoming): Statement {
  const isMany = verb === "UPDATE" || verb === "DELETE";
  if (verb === "LOAD") {
    while (!words.isAtEnd) if (words.take() === "INTO" && words.takes("TABLE")) break;
  } else if (isMany || verb === "INSERT" || verb === "REPLACE") {
    while (MODIFIERS.has(words.word)) words.take();
    if (verb === "DELETE" && !words.takes("FROM")) return ANY_TABLE;
  } else return OTHER;
  const target = words.table();
  // Behind a comma, JOIN or USING there are others.
  if (isMany && !isAlone(verb, words)) return ANY_TABLE;
  return { kind: "dml", target };
}

function isAlone(verb: string, words: Upcoming): boolean {
  if (verb === "UPDATE") {
    words.takes("AS");
    // Another name for the table.
    if (words.word !== "SET" && words.word !== ",") words.take();
    return words.word === "SET";
  }
  return words.isAtEnd || ["WHERE", "ORDER", "LIMIT", "RETURNING", "FOR", "PARTITION", ";"].includes(words.word);
}
