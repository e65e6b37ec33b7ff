import { readJavaProperties } from "@ottla/base";
import type { Finding, SettingFix } from "../finding.ts";
import { type FileEditor, nameBeside } from "./file-editor.ts";
import { patchText } from "./patch-text.ts";
import { applyEdits, lineEnd, lineSign, startOfLine, type TextEdit } from "./text-edit.ts";

/** A text with fixes made, and the difference as a patch. */
export interface FixedText {
  readonly text: string;
  /** In unified form, as `patch` and `git apply` take it; empty when nothing changes. */
  readonly patch: string;
}

/**
 * A properties file with the fixes of its findings made: a value changed in place, taken out, or put at the end; all else, comments and order included, stays as it is. Where two findings
 * want different values of one key, the first one's counts.
 */
export function fixProperties(path: string, text: string, findings: readonly Finding[]): FixedText {
  const fixes = new Map<string, SettingFix>();
  for (const { settings = [] } of findings) for (const fix of settings) if (!fixes.has(fix.key)) fixes.set(fix.key, fix);
  const editor = propertiesEditor(text);
  const edits = [...fixes.values()].flatMap((fix) => {
    const made = editor(fix);
    return typeof made === "string" ? [] : made;
  });
  const fixed = applyEdits(text, edits);
  return { text: fixed, patch: patchText(path, text, fixed) };
}

/** Changes of a properties file. A name that stands twice is changed twice. */
export function propertiesEditor(text: string): FileEditor {
  const entries = readJavaProperties(text).entries;
  return ({ key, value, at, beside }) => {
    const name = at?.spelling ?? key;
    const mine = entries.filter((entry) => entry.name === name);
    if (mine.length > 0) return mine.map(({ line }) => entryEdit(text, line, value));
    if (at) return "it is put together from several places";
    if (value === undefined) return [];
    const added = beside ? nameBeside(key, beside) : key;
    if (added === undefined) return "what this file would call it is not known";
    const end = lineSign(text);
    const isEnded = text === "" || text.endsWith("\n");
    return [
      {
        start: text.length,
        end: text.length,
        text: `${isEnded ? "" : end}${escapedKey(added)}=${escapedValue(value)}${isEnded ? end : ""}`,
      },
    ];
  };
}

/** The entry that begins in a line, with all the lines on which it goes on. */
function entryEdit(text: string, line: number, value: string | undefined): TextEdit {
  const start = startOfLine(text, line)!;
  let end = lineEnd(text, start);
  while (end < text.length && goesOn(text.slice(start, end))) end = lineEnd(text, end);
  if (value === undefined) return { start, end, text: "" };
  const whole = text.slice(start, end);
  const head = /^[\t \f]*(?:\\[^]|[^\\=:\s])*(?:[\t \f]*[=:][\t \f]*|[\t \f]+)?/.exec(whole)![0];
  const sign = /\r?\n$/.exec(whole)?.[0] ?? "";
  const parted = /[=:\s]$/.test(head) ? head : `${head}=`;
  return { start, end, text: `${parted}${escapedValue(value)}${sign}` };
}

/** Whether the last line ends in an odd number of backslashes. */
function goesOn(lines: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\\r?\n?$/.test(lines);
}

function escapedKey(key: string): string {
  return key.replaceAll(/[\\=:#!\s]/g, (letter) => `\\${letter}`);
}

function escapedValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replace(/^\s/, "\\$&").replaceAll("\n", "\\n");
}
