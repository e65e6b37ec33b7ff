import { ConfigError } from "./config-value.ts";

/**
 * Reads a Java `.properties` file: comments (`#`, `!`), key and value parted by `=`, `:` or white space, a backslash before the
 * line's end goes on in the next line, escapes `\t \n \r \f \\ \uXXXX`. A name given twice has its last value.
 * Only a broken `\u` escape is an error (`INVALID_CONFIG`).
 */
export function parseJavaProperties(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const end = keyEnd(line);
    const name = unescape(line.slice(0, end));
    settings.set(name, unescape(line.slice(valueStart(line, end))));
  }
  return settings;
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let pending: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, "");
    if (pending === undefined && (line === "" || line.startsWith("#") || line.startsWith("!"))) continue;
    const continues = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    const whole: string = (pending ?? "") + (continues ? line.slice(0, -1) : line);
    pending = continues ? whole : undefined;
    if (!continues) lines.push(whole);
  }
  if (pending !== undefined && pending !== "") lines.push(pending);
  return lines;
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

function unescape(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(/\\(u([0-9a-fA-F]{4})|.|$)/gs, (_match, what: string, hex: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (what === "u") throw new ConfigError(raw, `"${raw}" has a \\u that is not followed by four hexadecimal digits.`);
    return escapes[what] ?? what;
  });
}
