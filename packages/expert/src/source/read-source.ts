import type { NotChecked } from "../lint/finding.ts";
import { lowerGo } from "./lower/lower-go.ts";
import { lowerJava } from "./lower/lower-java.ts";
import { lowerKotlin } from "./lower/lower-kotlin.ts";
import { lowerPython } from "./lower/lower-python.ts";
import { lowerTypeScript } from "./lower/lower-typescript.ts";
import type { Lowered } from "./lower/lowering.ts";
import { buildProgram } from "./model/build-program.ts";
import type { Program } from "./model/program.ts";
import { type Language, languageOf } from "./syntax/language.ts";
import { type ParsedSource, parseSource } from "./syntax/parse-source.ts";
import type { Syntax } from "./syntax/syntax.ts";

/** What a source file showed. */
export interface ReadProgram {
  /** Undefined when the file does not talk to Kafka. */
  readonly program: Program | undefined;
  readonly comments: ReadonlyMap<number, string>;
  readonly notChecked: readonly NotChecked[];
}

const NOTHING: ReadProgram = { program: undefined, comments: new Map(), notChecked: [] };

const LOWERINGS: Readonly<Record<Language, (root: Syntax) => Lowered>> = {
  typescript: lowerTypeScript,
  java: lowerJava,
  kotlin: lowerKotlin,
  python: lowerPython,
  go: lowerGo,
};

/** Whether a text is worth parsing: it names Kafka, or a client that does not. */
export function mentionsKafka(text: string): boolean {
  return /kafka|ottla|sarama|franz-go/i.test(text);
}

/** Reads a source file as a program. Broken text gives what is whole, and says so. */
export async function readSource(path: string, text: string): Promise<ReadProgram> {
  const found = languageOf(path);
  const lower = found && LOWERINGS[found.language];
  if (!lower || !mentionsKafka(text)) return NOTHING;
  const parsed = await parseSource(text, found.grammar);
  if (typeof parsed === "string") return { ...NOTHING, notChecked: [{ subject: path, reason: parsed }] };
  const program = buildProgram({ path, language: found.language, ...lower(parsed.root) }, text);
  return program ? { program, comments: parsed.comments, notChecked: gapsOf(path, parsed) } : NOTHING;
}

function gapsOf(path: string, { brokenLines, isCut }: ParsedSource): readonly NotChecked[] {
  return [
    ...(brokenLines.length > 0
      ? [{ subject: path, reason: `Line ${brokenLines.slice(0, 5).join(", ")} could not be understood; the rest was checked.` }]
      : []),
    ...(isCut ? [{ subject: path, reason: "Part of it nests too deep; that was not checked." }] : []),
  ];
}
