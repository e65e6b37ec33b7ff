import { ConfigError } from "./config-value.ts";

/** One pair of a properties file, and the line on which it begins, from 1. */
export interface PropertyEntry {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** A properties file with all that its reader throws away. */
export interface JavaProperties {
  readonly entries: readonly PropertyEntry[];
  /** Comments by line, without their sign. */
  readonly comments: ReadonlyMap<number, string>;
}

/**
 * Reads a Java `.properties` file: comments (`#`, `!`), key and value parted by `=`, `:` or white space, a backslash before the
 * line's end goes on in the next line, escapes `\t \n \r \f \\ \uXXXX`. A name given twice has its last value.
 * Only a broken `\u` escape is an error (`INVALID_CONFIG`).
 */
export function parseJavaProperties(text: string): Map<string, string> {
  return new Map(readJavaProperties(text).entries.map(({ name, value }) => [name, value]));
}

/** As {@link parseJavaProperties}, with lines, comments and names that are given twice. */
export function readJavaProperties(text: string): JavaProperties {
  const entries: PropertyEntry[] = [];
  const comments = new Map<number, string>();
  let pending: { readonly text: string; readonly line: number } | undefined;
  const keep = ({ text: whole, line }: { readonly text: string; readonly line: number }): void => {
    const end = keyEnd(whole);
    entries.push({ name: unescape(whole.slice(0, end), line), value: unescape(whole.slice(valueStart(whole, end)), line), line });
  };
  for (const [i, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const part = natural.replace(/^[ \t\f]+/, "");
    if (!pending && (part.startsWith("#") || part.startsWith("!"))) comments.set(i + 1, part.slice(1).trim());
    else if (pending || part !== "") {
      const continues = (/\\*$/.exec(part)?.[0].length ?? 0) % 2 === 1;
      const whole = { text: (pending?.text ?? "") + (continues ? part.slice(0, -1) : part), line: pending?.line ?? i + 1 };
      pending = continues ? whole : undefined;
      if (!continues) keep(whole);
    }
  }
  if (pending && pending.text !== "") keep(pending);
  return { entries, comments };
}

function keyEnd(line: string): number {
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === "\\") at++;
    else if (character === "=" || character === ":" || isBlank(character)) return at;
  }
  return line.length;
}

function valueStart(line: string, keyEndAt: number): number {
  let at = keyEndAt;
  while (at < line.length && isBlank(line[at]!)) at++;
  if (line[at] !== "=" && line[at] !== ":") return at;
  at++;
  while (at < line.length && isBlank(line[at]!)) at++;
  return at;
}

function isBlank(character: string): boolean {
  return character === " " || character === "\t" || character === "\f";
}

const escapes: Readonly<Record<string, string>> = {
  t: "\t",
  n: "\n",
  r: "\r",
  f: "\f",
};

function unescape(raw: string, line: number): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\(u([0-9a-fA-F]{4})|.|$)/gs, (_match, what: string, hex: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    // What stands around it may be a secret.
    if (what === "u") throw new ConfigError("", `Line ${line} has a \\u that is not followed by four hexadecimal digits.`);
    return escapes[what] ?? what;
  });
}
