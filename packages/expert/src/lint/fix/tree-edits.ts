import type { SettingFix, SettingPlace } from "../finding.ts";
import type { Span, Tree } from "../read/tree.ts";
import { ELSEWHERE, type FileEditor, nameBeside, valueBeside } from "./file-editor.ts";
import { lineEnd, lineSign, lineStart, startOfLine, type TextEdit } from "./text-edit.ts";
import { type ValuePlace, valuePlaces } from "./tree-places.ts";
import type { ValueWriter } from "./value-writers.ts";

/** Changes of a file that was read as trees: YAML, JSON, HCL. */
export function treeEditor(text: string, trees: readonly Tree[], writer: ValueWriter): FileEditor {
  const places = Map.groupBy(trees.flatMap(valuePlaces), ({ line }) => line);
  const find = ({ key, line, spelling = key }: SettingPlace): ValuePlace | undefined => {
    const found = (places.get(line) ?? []).filter(({ name }) => name === spelling || spelling.endsWith(`.${name}`));
    return found.length === 1 ? found[0] : undefined;
  };
  return (fix) => {
    const { key, value, at, beside } = fix;
    if (at) {
      const place = find(at);
      if (!place) return inTextInside(text, fix) ?? ELSEWHERE;
      return value === undefined ? takenOut(text, place) : [changed(text, place, valueBeside(value, at.spelling), writer)];
    }
    if (value === undefined) return [];
    const place = beside && find(beside);
    const name = beside && nameBeside(key, beside);
    if (!beside || !place || name === undefined) return "there is no setting beside which it could be put";
    const full = beside.spelling ?? beside.key;
    const prefix = full.slice(0, full.length - place.name.length);
    if (!name.startsWith(prefix)) return "what this file would call it is not known";
    return added(text, place, name.slice(prefix.length), value, writer);
  };
}

function changed(text: string, { value: span, form, name }: ValuePlace, value: string, writer: ValueWriter): TextEdit {
  const written = text.slice(span.start, span.end);
  const put = form === "assignment" ? writer.scalar(`${name}=${value}`, written, false) : writer.scalar(value, written, isVariable(name));
  return { ...span, text: put };
}

/** An environment takes texts: a bare true would be refused. */
function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}

function takenOut(text: string, place: ValuePlace): readonly TextEdit[] | string {
  const { whole, siblings, form } = place;
  const [from, to] = [lineStart(text, whole.start), lineEnd(text, whole.end - (text[whole.end - 1] === "\n" ? 1 : 0))];
  const before = text.slice(from, whole.start);
  const behind = text.slice(whole.end, to).trim();
  const ownLines = form === "pair" ? /^\s*$/.test(before) : /^\s*-\s+$/.test(before);
  const i = siblings.findIndex(({ span }) => span?.start === whole.start);
  const [last, next] = [siblings[i - 1]?.span, siblings[i + 1]?.span];
  // Braces may be left empty; a block of YAML may not.
  if (form === "pair" && siblings.length === 1 && !text.slice(0, whole.start).trimEnd().endsWith("{"))
    return "nothing would be left beside it";
  if (ownLines && (behind === "" || /^(#|\/\/)/.test(behind))) {
    // Of what commas part, the one before the last must not be left with one.
    const edits: TextEdit[] = [{ start: from, end: to, text: "" }];
    const comma = last && !next && form === "pair" ? /^\s*,/.exec(text.slice(last.end, whole.start)) : null;
    return comma && last && isJsonLike(text, last) ? [{ start: last.end, end: last.end + comma[0].length, text: "" }, ...edits] : edits;
  }
  if (ownLines && /^,\s*((#|\/\/).*)?$/.test(behind)) return [{ start: from, end: to, text: "" }];
  if (form !== "pair") return ELSEWHERE;
  if (next) return [{ start: whole.start, end: next.start, text: "" }];
  if (last) return [{ start: last.end, end: whole.end, text: "" }];
  return [{ ...whole, text: "" }];
}

/** JSON takes no comma behind the last; what is quoted on both sides is meant. */
function isJsonLike(text: string, { start }: Span): boolean {
  return text[start] === '"';
}

function added(text: string, place: ValuePlace, name: string, value: string, writer: ValueWriter): readonly TextEdit[] | string {
  const { whole, form, value: span } = place;
  const written = text.slice(span.start, span.end);
  const from = lineStart(text, whole.start);
  const indent = /^[\t ]*(?:-\s+)?/.exec(text.slice(from, whole.start))![0];
  const isOwnLine = from + indent.length === whole.start;
  const sign = lineSign(text);
  if (form === "name and value") return "a variable of two lines is not added";
  if (form === "assignment") {
    if (!isOwnLine || !indent.includes("-")) return ELSEWHERE;
    return [{ start: whole.end, end: whole.end, text: `${sign}${indent}${writer.scalar(`${name}=${value}`, written, false)}` }];
  }
  const pair = writer.pair(name, writer.scalar(value, written, isVariable(name)), text.slice(whole.start, span.start));
  const behind = text.slice(whole.end, lineEnd(text, whole.end));
  // Among what commas part it comes behind the pair, and what followed that pair follows it.
  const byComma: readonly TextEdit[] = [{ start: whole.end, end: whole.end, text: `,${isOwnLine ? `${sign}${indent}` : " "}${pair}` }];
  if (writer.parts === "commas" || /^\s*,/.test(behind)) return byComma;
  if (!isOwnLine || indent.includes("-")) return /^\s*}/.test(behind) ? byComma : ELSEWHERE;
  if (!/^\s*((#|\/\/).*)?$/.test(behind)) return ELSEWHERE;
  const below = lineEnd(text, whole.end);
  const isEnded = text[below - 1] === "\n";
  return [{ start: below, end: below, text: `${isEnded ? "" : sign}${indent}${pair}${isEnded ? sign : ""}` }];
}

/** A properties file that stands as a block of text in another, as a ConfigMap has it: its lines are changed as they would be in a file. */
function inTextInside(text: string, { key, value, at }: SettingFix): readonly TextEdit[] | undefined {
  const start = at && startOfLine(text, at.line);
  if (start === undefined) return undefined;
  const line = text.slice(start, lineEnd(text, start));
  const [, head, name, old] = /^(\s*([\w.-]+)[\t ]*=[\t ]*)([^\s\\]*)[\t ]*\r?\n?$/.exec(line) ?? [];
  if (head === undefined || name !== (at?.spelling ?? key) || old === undefined) return undefined;
  if (value === undefined) return [{ start, end: start + line.length, text: "" }];
  return [{ start: start + head.length, end: start + head.length + old.length, text: value }];
}
