import type { Completion, CompletionContext, CompletionSource } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorLanguage } from "./editor-language.ts";
import type { EditorWord } from "./editor-words.ts";

/** Completes words where they may stand. In JSON within quotation marks, or with them where none are there yet. */
export function completionOf(words: readonly EditorWord[], language: EditorLanguage): CompletionSource {
  const keys = words.filter(({ place }) => place === "key").map(optionOf);
  const values = words.filter(({ place }) => place === "value").map(optionOf);
  return (context) => (language === "protobuf" ? wordAt(context, [...keys, ...values]) : jsonAt(context, keys, values));
}

function optionOf({ text, place, detail }: EditorWord): Completion {
  return { label: text, type: place === "key" ? "property" : "constant", ...(detail !== undefined && { detail }) };
}

function wordAt(context: CompletionContext, options: readonly Completion[]) {
  const word = context.matchBefore(/[\w.]+/);
  if (word === null && !context.explicit) return null;
  return { from: word?.from ?? context.pos, options, validFor: /^[\w.]*$/ };
}

function jsonAt(context: CompletionContext, keys: readonly Completion[], values: readonly Completion[]) {
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  if ((node.name === "PropertyName" || node.name === "String") && context.pos > node.from) {
    const text = context.state.sliceDoc(node.from, node.to);
    const isClosed = text.length > 1 && text.endsWith('"');
    // Behind the closing mark there is nothing to complete.
    if (isClosed && context.pos === node.to) return null;
    const options = isKey(context, node.name, node.from) ? keys : values;
    return options.length === 0 ? null : { from: node.from + 1, to: isClosed ? node.to - 1 : node.to, options, filter: true };
  }
  if (!context.explicit) return null;
  const quoted = (options: readonly Completion[]) => options.map((option) => ({ ...option, apply: `"${option.label}"` }));
  const before = context.state.sliceDoc(Math.max(0, context.pos - 200), context.pos).trimEnd();
  return { from: context.pos, options: quoted(/[{,]$/.test(before) && node.name !== "Array" ? keys : values) };
}

/** A name whose colon is not written yet is a text to the parser, within an object where a name is due. */
function isKey({ state }: CompletionContext, node: string, from: number): boolean {
  if (node === "PropertyName") return true;
  const before = state.sliceDoc(Math.max(0, from - 200), from).trimEnd();
  if (before.endsWith("{")) return true;
  if (!before.endsWith(",")) return false;
  // Behind a comma it is one where the innermost bracket that is open is an object's.
  for (let around = syntaxTree(state).resolveInner(from, -1); ; ) {
    if (around.name === "Object") return true;
    if (around.name === "Array" || around.parent === null) return false;
    around = around.parent;
  }
}
