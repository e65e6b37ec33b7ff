// The editor, a file of its own that is loaded when somebody writes: CodeMirror within a shadow root, since its styles come as sheets there, which the pages' policy allows.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, StreamLanguage } from "@codemirror/language";
import { protobuf } from "@codemirror/legacy-modes/mode/protobuf";
import { linter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { editorTheme } from "./editor-theme.ts";
import { jsonFaults } from "./json-faults.ts";
import type { EditorLanguage } from "./editor-language.ts";
import { completionOf } from "./word-completion.ts";
import type { EditorWord } from "./editor-words.ts";

/** What an editor is for. */
interface EditorSettings {
  readonly language: EditorLanguage;
  readonly words: readonly EditorWord[];
  readonly isReadOnly: boolean;
}

interface EditorPlace extends EditorSettings {
  readonly parent: ShadowRoot;
  /** Its name for those who do not see it. */
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** An editor on the page. */
export interface CodeEditor {
  /** Another text; what could be undone is forgotten. */
  setText(text: string): void;
  set(settings: EditorSettings): void;
  /** With this much of it selected. */
  focus(from: number, to: number): void;
  close(): void;
}

/** Opens an editor in a shadow root. It does not keep the Tab key, so that the keyboard comes out of it; Ctrl-Space completes, Ctrl-F searches. */
export function openEditor({ parent, label, text, onChange, ...settings }: EditorPlace): CodeEditor {
  const changing = new Compartment();
  let current: EditorSettings = settings;
  const stateOf = (doc: string): EditorState =>
    EditorState.create({
      doc,
      extensions: [
        // A carriage return is a sign of the text, and stays one.
        doc.includes("\r") ? EditorState.lineSeparator.of("\n") : [],
        lineNumbers(),
        foldGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          ...lintKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.sliceDoc());
        }),
        EditorView.domEventHandlers({ beforeinput: typedOverSelection }),
        editorTheme,
        changing.of(extensionsOf(current)),
      ],
    });
  const view = new EditorView({ state: stateOf(text), parent, root: parent });
  return {
    setText(next) {
      if (next !== view.state.sliceDoc()) view.setState(stateOf(next));
    },
    set(next) {
      current = next;
      view.dispatch({ effects: changing.reconfigure(extensionsOf(next)) });
    },
    focus(from, to) {
      const most = view.state.doc.length;
      view.focus();
      view.dispatch({ selection: { anchor: Math.min(from, most), head: Math.min(to, most) } });
    },
    close: () => view.destroy(),
  };
}

/** A browser that joins lines itself gives them styles of their own, which the pages' policy refuses with a complaint. */
function typedOverSelection({ inputType, data, isComposing }: InputEvent, view: EditorView): boolean {
  const { main } = view.state.selection;
  if (inputType !== "insertText" || data === null || isComposing || view.state.readOnly || main.empty) return false;
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, data, insert))) view.dispatch(insert());
  // That it was taken keeps the browser from doing it as well.
  return true;
}

function extensionsOf({ language, words, isReadOnly }: EditorSettings): Extension {
  return [
    isReadOnly ? [EditorState.readOnly.of(true), EditorView.editable.of(false)] : [],
    language === "protobuf" ? StreamLanguage.define(protobuf) : json(),
    language === "protobuf" ? [] : linter(jsonFaults(language === "json")),
    autocompletion({ icons: false, override: [completionOf(words, language)] }),
  ];
}
