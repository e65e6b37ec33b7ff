import { type FileEditor, nameBeside } from "./file-editor.ts";
import { lineEnd, lineSign, startOfLine } from "./text-edit.ts";

/** Changes of a file of variables, line by line; quotes, `export` and comments behind a value stay. */
export function envEditor(text: string): FileEditor {
  return ({ key, value, at, beside }) => {
    const end = lineSign(text);
    if (!at) {
      if (value === undefined) return [];
      const name = beside && nameBeside(key, beside);
      const place = beside && startOfLine(text, beside.line);
      if (name === undefined || place === undefined) return "what this file would call it is not known";
      const export_ = /^\s*export\s+/.exec(text.slice(place))?.[0] ?? "";
      const below = lineEnd(text, place);
      const isEnded = text[below - 1] === "\n";
      return [{ start: below, end: below, text: `${isEnded ? "" : end}${export_}${name}=${quotedIfNeeded(value)}${isEnded ? end : ""}` }];
    }
    const start = startOfLine(text, at.line);
    if (start === undefined) return "its line is not there";
    const below = lineEnd(text, start);
    if (value === undefined) return [{ start, end: below, text: "" }];
    const line = text.slice(start, below);
    const found = /^(\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n]*?)(?:\s+#[^\r\n]*)?\s*$/.exec(line);
    if (!found || found[2] !== (at.spelling ?? key)) return "its line is not written as NAME=value";
    const [, head = "", , old = ""] = found;
    const quote = /^["']/.exec(old)?.[0] ?? "";
    const put = quote === "'" && !value.includes("'") ? `'${value}'` : quote === "" ? quotedIfNeeded(value) : JSON.stringify(value);
    return [{ start: start + head.length, end: start + head.length + old.length, text: put }];
  };
}

function quotedIfNeeded(value: string): string {
  return /^[\w./:@%+,=-]*$/.test(value) ? value : JSON.stringify(value);
}
