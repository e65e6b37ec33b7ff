import { syntaxTree } from "@codemirror/language";
import type { Diagnostic, LintSource } from "@codemirror/lint";
import type { EditorState } from "@codemirror/state";
import { looksLikeJson } from "./looks-like-json.ts";

/** Where a text is no JSON, by the browser's own reader. `isAlways`: also where it does not look as if it were meant to be. */
export function jsonFaults(isAlways: boolean): LintSource {
  return ({ state }): readonly Diagnostic[] => {
    const text = state.sliceDoc();
    if (text.trim() === "" || !(isAlways || looksLikeJson(text))) return [];
    try {
      JSON.parse(text);
      return [];
    } catch (error) {
      const at = firstFault(state);
      return [{ from: at, to: Math.min(at + 1, state.doc.length), severity: "error", message: (error as Error).message }];
    }
  };
}

/** Browsers do not agree on telling a place, and some messages have none. */
function firstFault(state: EditorState): number {
  let found: number | undefined;
  syntaxTree(state).iterate({
    enter: ({ type, from }) => {
      if (found !== undefined) return false;
      if (type.isError) found = from;
      return undefined;
    },
  });
  return Math.min(found ?? state.doc.length, Math.max(0, state.doc.length - 1));
}
