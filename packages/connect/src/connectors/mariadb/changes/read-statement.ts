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
  /** Changes rows, and stands there in place of them. `target` undefined: it is not to be seen. */
  | { readonly kind: "dml"; readonly target: NamedTable | undefined }
  /** DDL, accounts, and what else changes no row. */
  | { readonly kind: "other" };

/** Comments before a word; those for the server alone (`/*!`) are its text. */
const SPACE = /^(?:\s+|--[\s][^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?!!|M!)[\s\S]*?\*\/)+/;
const SERVER_COMMENT = /^\/\*M?!\d*\s*([\s\S]*?)\*\//;
const NAME = String.raw`(?:\`((?:[^\`]|\`\`)+)\`|([\w$\u0080-\uFFFF]+))`;
const TARGET = new RegExp(String.raw`^${NAME}(?:\s*\.\s*${NAME})?`);
/** No statement needs more of its text to be told what it is. */
const LOOKED_AT = 65_536;

/** Looks at the beginning of a statement. */
export function readStatement(sql: string): Statement {
  const text = afterSpace(sql.slice(0, LOOKED_AT).replace(SERVER_COMMENT, "$1"));
  const [first = "", second = ""] = text
    .slice(0, 40)
    .toUpperCase()
    .split(/[^A-Z]+/);
  switch (first) {
    case "BEGIN":
      return { kind: "begin" };
    case "START":
      return { kind: second === "TRANSACTION" ? "begin" : "other" };
    case "COMMIT":
      return { kind: "commit" };
    case "ROLLBACK":
      return { kind: "rollback" };
    case "SAVEPOINT":
    case "RELEASE":
      return { kind: "savepoint" };
    case "XA":
      return { kind: second === "START" || second === "BEGIN" ? "xaStart" : second === "END" ? "xaEnd" : "other" };
    case "TRUNCATE": {
      const target = targetOf(text, /^TRUNCATE(?:\s+TABLE)?/i);
      return target === undefined ? { kind: "other" } : { kind: "truncate", target };
    }
    case "INSERT":
    case "REPLACE":
      return {
        kind: "dml",
        target: targetOf(text, /^(?:INSERT|REPLACE)(?:\s+(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE))*(?:\s+INTO)?/i),
      };
    case "UPDATE":
      return { kind: "dml", target: targetOf(text, /^UPDATE(?:\s+(?:LOW_PRIORITY|IGNORE))*/i) };
    case "DELETE":
      return { kind: "dml", target: targetOf(text, /^DELETE(?:\s+(?:LOW_PRIORITY|QUICK|IGNORE))*\s+FROM/i) };
    case "LOAD":
      return { kind: "dml", target: targetOf(text, /^LOAD\s[\s\S]*?\bINTO\s+TABLE/i) };
    default:
      return { kind: "other" };
  }
}

const afterSpace = (text: string): string => text.replace(SPACE, "");

function targetOf(text: string, words: RegExp): NamedTable | undefined {
  const found = words.exec(text);
  if (found === null) return undefined;
  const [, quoted1, plain1, quoted2, plain2] = TARGET.exec(afterSpace(text.slice(found[0].length))) ?? [];
  const first = nameOf(quoted1, plain1);
  const second = nameOf(quoted2, plain2);
  if (first === undefined) return undefined;
  return second === undefined ? { database: undefined, table: first } : { database: first, table: second };
}

const nameOf = (quoted: string | undefined, plain: string | undefined): string | undefined => quoted?.replaceAll("``", "`") ?? plain;
