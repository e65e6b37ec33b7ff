import type { Entry } from "../document.ts";

/** What a file in Java's properties format holds. */
export interface PropertiesText {
  readonly entries: readonly Entry[];
  /** Comments by line, without their sign. */
  readonly comments: ReadonlyMap<number, string>;
}

/** Reads Java's properties format: comments by `#` and `!`, lines that go on behind a backslash, `=`, `:` or white space behind a key, escapes. Everything is such a text. */
export function readProperties(text: string): PropertiesText {
  const entries: Entry[] = [];
  const comments = new Map<number, string>();
  const lines = text.split(/\r\n|\r|\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let logical = lines[i]!.trimStart();
    if (logical.startsWith("#") || logical.startsWith("!")) {
      comments.set(line, logical.slice(1).trim());
      continue;
    }
    while (goesOn(logical) && i + 1 < lines.length) logical = logical.slice(0, -1) + lines[++i]!.trimStart();
    if (logical !== "") entries.push({ ...splitPair(goesOn(logical) ? logical.slice(0, -1) : logical), line });
  }
  return { entries, comments };
}

/** Whether a line ends with a backslash that is not itself escaped. */
function goesOn(line: string): boolean {
  let backslashes = 0;
  while (line[line.length - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}

function splitPair(line: string): { readonly key: string; readonly value: string } {
  let end = 0;
  while (end < line.length && !/[=:\s]/.test(line[end]!)) end += line[end] === "\\" ? 2 : 1;
  let from = end;
  while (/\s/.test(line[from] ?? "")) from++;
  if (line[from] === "=" || line[from] === ":") from++;
  while (/\s/.test(line[from] ?? "")) from++;
  return { key: unescaped(line.slice(0, end)), value: unescaped(line.slice(from)) };
}

const NAMED: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, letter: string | undefined) =>
    code === undefined ? (NAMED[letter!] ?? letter!) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
