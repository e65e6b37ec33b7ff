/** What stands from `start` to `end` becomes `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with edits made that do not overlap; of two at one place the one that was given first comes first. One that overlaps is left out. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    parts.push(text.slice(at, start), put);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

/** Where the line begins in which a position stands. */
export function lineStart(text: string, position: number): number {
  return text.lastIndexOf("\n", position - 1) + 1;
}

/** Behind the end of the line in which a position stands, its sign included. */
export function lineEnd(text: string, position: number): number {
  const at = text.indexOf("\n", position);
  return at < 0 ? text.length : at + 1;
}

/** Where the line of a number begins, from 1; undefined when there are not so many. */
export function startOfLine(text: string, line: number): number | undefined {
  let at = 0;
  for (let i = 1; i < line; i++) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return undefined;
  }
  return at;
}

/** The sign at which the file's lines end. */
export function lineSign(text: string): "\r\n" | "\n" {
  return /\r\n/.test(text.slice(0, 100_000)) ? "\r\n" : "\n";
}
