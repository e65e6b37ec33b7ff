import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The pages' own colours, in light and dark: their variables are known within the shadow root too. */
export const editorTheme: Extension = [
  EditorView.theme({
    "&": { color: "var(--text)", backgroundColor: "var(--surface)", maxHeight: "inherit", minHeight: "inherit" },
    // What it stands in shows that it has the focus.
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
    ".cm-content": { caretColor: "var(--text)", padding: "0.35rem 0" },
    ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
    ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
    ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 40%, transparent)" },
    ".cm-activeLineGutter": { backgroundColor: "transparent" },
    ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
      background: "color-mix(in srgb, var(--info) 28%, transparent)",
    },
    ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 20%, transparent)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
    "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
    ".cm-specialChar": { color: "var(--bad)" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--info-soft)", color: "var(--info)", border: "0", padding: "0 0.4rem" },
    ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)", borderColor: "var(--line)" },
    ".cm-panel input, .cm-panel button": {
      background: "var(--surface)",
      color: "var(--text)",
      border: "1px solid var(--line)",
      borderRadius: "5px",
    },
    ".cm-panel.cm-search": { padding: "0.4rem 0.6rem" },
    ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": { fontSize: "0.8rem" },
    ".cm-panel.cm-search button": { backgroundImage: "none" },
    ".cm-panel label": { color: "var(--quiet)" },
    ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)", borderRadius: "7px" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent)", color: "var(--on-accent)" },
    ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.propertyName, tags.typeName, tags.definition(tags.variableName)], color: "var(--info)" },
      { tag: [tags.string, tags.special(tags.string)], color: "var(--accent)" },
      { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--warn)" },
      { tag: [tags.keyword, tags.modifier], color: "var(--info)", fontWeight: "600" },
      { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
      { tag: tags.invalid, color: "var(--bad)" },
    ]),
  ),
];
