import { readJavaProperties } from "@ottla/base";
import type { Finding, SettingFix } from "./finding.ts";

/** A text with fixes made, and the difference as a patch. */
export interface FixedText {
  readonly text: string;
  /** In unified form, as `patch` and `git apply` take it; empty when nothing changes. */
  readonly patch: string;
}

/** Lines that a patch shows before and behind a change. */
const CONTEXT = 3;

/**
 * A properties file with the fixes of its findings made: a line changed in place, taken out, or put at the end; all else, comments and order included, stays as it is. Where two findings
 * want different values of one key, the first one's counts.
 */
export function fixProperties(path: string, text: string, findings: readonly Finding[]): FixedText {
  const fixes = new Map<string, SettingFix>();
  for (const { settings = [] } of findings) for (const fix of settings) if (!fixes.has(fix.key)) fixes.set(fix.key, fix);
  const lines = text.split("\n");
  const isEnded = lines.at(-1) === "";
  if (isEnded) lines.pop();
  const entries = readJavaProperties(text).entries;
  const edits: Edit[] = [];
  for (const { key, value } of fixes.values()) {
    const mine = entries.filter((entry) => entry.name === key);
    if (mine.length === 0 && value !== undefined)
      edits.push({ from: lines.length, count: 0, lines: [`${escapedKey(key)}=${escapedValue(value)}`] });
    for (const { line } of mine)
      edits.push({
        from: line - 1,
        count: linesOf(lines, line - 1),
        lines: value === undefined ? [] : [`${escapedKey(key)}=${escapedValue(value)}`],
      });
  }
  edits.sort((a, b) => a.from - b.from);
  const changed: string[] = [];
  let at = 0;
  for (const { from, count, lines: put } of edits) {
    changed.push(...lines.slice(at, from), ...put);
    at = from + count;
  }
  changed.push(...lines.slice(at));
  return { text: `${changed.join("\n")}${isEnded && changed.length > 0 ? "\n" : ""}`, patch: patchOf(path, lines, edits) };
}

/** Lines from `from` on, `count` of them, become others. */
interface Edit {
  readonly from: number;
  readonly count: number;
  readonly lines: readonly string[];
}

/** How many lines of the file an entry takes that begins there. */
function linesOf(lines: readonly string[], from: number): number {
  let count = 1;
  while (/(?:^|[^\\])(?:\\\\)*\\\r?$/.test(lines[from + count - 1] ?? "") && from + count < lines.length) count++;
  return count;
}

function patchOf(path: string, lines: readonly string[], edits: readonly Edit[]): string {
  if (edits.length === 0) return "";
  const hunks: Edit[][] = [];
  for (const edit of edits) {
    const last = hunks.at(-1)?.at(-1);
    if (last && edit.from - (last.from + last.count) <= 2 * CONTEXT) hunks.at(-1)!.push(edit);
    else hunks.push([edit]);
  }
  let shift = 0;
  const texts = hunks.map((hunk) => {
    const from = Math.max(0, hunk[0]!.from - CONTEXT);
    const last = hunk.at(-1)!;
    const to = Math.min(lines.length, last.from + last.count + CONTEXT);
    const body: string[] = [];
    let at = from;
    for (const edit of hunk) {
      body.push(...lines.slice(at, edit.from).map((line) => ` ${line}`));
      body.push(...lines.slice(edit.from, edit.from + edit.count).map((line) => `-${line}`), ...edit.lines.map((line) => `+${line}`));
      at = edit.from + edit.count;
    }
    body.push(...lines.slice(at, to).map((line) => ` ${line}`));
    const before = to - from;
    const after = before + hunk.reduce((sum, edit) => sum + edit.lines.length - edit.count, 0);
    const head = `@@ -${range(from, before)} +${range(from + shift, after)} @@`;
    shift += after - before;
    return [head, ...body].join("\n");
  });
  // An absolute path has one slash behind the prefix, as git writes it; patch -p1 at the root of the file system takes it.
  const shown = path.replace(/^\/+/, "");
  return `--- a/${shown}\n+++ b/${shown}\n${texts.join("\n")}\n`;
}

/** A range of lines as patches write it: an empty one names the line before it. */
function range(from: number, count: number): string {
  return count === 0 ? `${from},0` : `${from + 1},${count}`;
}

function escapedKey(key: string): string {
  return key.replaceAll(/[\\=:#!\s]/g, (letter) => `\\${letter}`);
}

function escapedValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replace(/^\s/, "\\$&").replaceAll("\n", "\\n");
}
