import type { FileEditor } from "../lint/fix/file-editor.ts";
import { lineEnd, lineStart, type TextEdit } from "../lint/fix/text-edit.ts";
import type { Code } from "./code/code.ts";
import { Constants } from "./code/constants.ts";
import { calledName, link, walk } from "./code/source-code.ts";
import { lowerSource } from "./read-source.ts";
import type { Language } from "./syntax/language.ts";

/** A setting as a program writes it: the code of its value, and all of it from key to value. */
interface WrittenSetting {
  readonly value: Code;
  readonly whole: { readonly start: number; readonly end: number };
}

const NOT_LITERAL = "its value is not written there as a literal, so the program has to be changed by hand";

/** Changes of settings that a program writes as literals; a text says why the program cannot be read. Nothing is put where nothing is. */
export async function sourceEditor(path: string, text: string): Promise<FileEditor | string> {
  const lowered = await lowerSource(path, text);
  if (typeof lowered === "string") return lowered;
  const { code, parsed } = lowered;
  if (parsed.brokenLines.length > 0) return "part of the program could not be understood";
  link(code.root);
  const constants = new Constants(code);
  const settings = [...writtenSettings(code.root)];
  return ({ key, value, at }) => {
    if (!at) return value === undefined ? [] : "what a program does not say yet is put into it by hand";
    const mine = settings.filter(
      ({ line, name }) =>
        line === at.line && [at.spelling ?? key, key].includes(name.kind === "name" ? name.name : (constants.value(name) ?? "")),
    );
    const [found] = mine;
    if (!found || mine.length > 1) return NOT_LITERAL;
    if (value === undefined) return takenOut(text, found.setting);
    const put = literalText(text, found.setting.value, value, code.language);
    return put === undefined ? NOT_LITERAL : [{ start: found.setting.value.start, end: found.setting.value.end, text: put }];
  };
}

function* writtenSettings(root: Code): Generator<{ readonly line: number; readonly name: Code; readonly setting: WrittenSetting }> {
  for (const each of walk(root)) {
    if (each.kind === "map")
      for (const { key, value, line } of each.entries)
        if (key) yield { line, name: key, setting: { value, whole: { start: key.start, end: value.end } } };
    if (each.kind === "named")
      yield { line: each.line, name: { ...each, kind: "name", name: each.name }, setting: { value: each.value, whole: each } };
    if (each.kind === "assign" && each.value && each.targets[0]?.kind === "index")
      yield { line: each.line, name: each.targets[0].index, setting: { value: each.value, whole: each } };
    if (each.kind === "call" && /^(put|setProperty|set|SetKey)$/.test(calledName(each.callee) ?? "") && each.args.length === 2)
      yield { line: each.line, name: each.args[0]!, setting: { value: each.args[1]!, whole: each } };
    if (each.kind === "operation" && each.operator === "to" && each.operands.length === 2)
      yield { line: each.operands[0]!.line, name: each.operands[0]!, setting: { value: each.operands[1]!, whole: each } };
  }
}

/** The value as the program's language writes it, in the manner of the one that it takes the place of. */
function literalText(text: string, old: Code, value: string, language: Language): string | undefined {
  const written = text.slice(old.start, old.end);
  if (old.kind === "text") {
    const quote = /^["'`]/.exec(written)?.[0];
    const isPlain = quote !== undefined && written.endsWith(quote) && written.length >= 2 && old.holes.length === 0;
    return isPlain && /^[\w.,:/ -]*$/.test(value) ? `${quote}${value}${quote}` : undefined;
  }
  if (old.kind !== "literal") return undefined;
  if (/^-?\d+$/.test(value)) return value;
  if (/^(true|false)$/.test(value)) return language === "python" ? value[0]!.toUpperCase() + value.slice(1) : value;
  // kafkajs knows acks as a number.
  if (language === "typescript") return value === "all" ? "-1" : undefined;
  return /^\w+$/.test(value) ? `"${value}"` : undefined;
}

/** The lines of a setting that has them for itself, or why it stays. */
function takenOut(text: string, { whole }: WrittenSetting): readonly TextEdit[] | string {
  const start = lineStart(text, whole.start);
  const end = lineEnd(text, Math.max(whole.start, whole.end - 1));
  const isAlone = text.slice(start, whole.start).trim() === "" && /^\s*[,;]?\s*((\/\/|#).*)?$/.test(text.slice(whole.end, end).trimEnd());
  return isAlone && end > whole.end ? [{ start, end, text: "" }] : "it shares its line with other code";
}
