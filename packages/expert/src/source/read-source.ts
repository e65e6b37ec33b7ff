import { Constants } from "./code/constants.ts";
import { link } from "./code/source-code.ts";
import type { NotChecked } from "../lint/finding.ts";
import { lowerGo } from "./lower/lower-go.ts";
import { lowerJava } from "./lower/lower-java.ts";
import { lowerKotlin } from "./lower/lower-kotlin.ts";
import { lowerPython } from "./lower/lower-python.ts";
import { lowerTypeScript } from "./lower/lower-typescript.ts";
import type { Lowered } from "./lower/lowering.ts";
import { buildProgram } from "./model/build-program.ts";
import type { SourceCode } from "./code/source-code.ts";
import type { Program } from "./model/program.ts";
import { namesUsed, type SourceNote } from "./project/source-note.ts";
import { factsOf } from "./project/facts.ts";
import { ALONE, type Surroundings } from "./project/surroundings.ts";
import { type Language, languageOf } from "./syntax/language.ts";
import { type ParsedSource, parseSource } from "./syntax/parse-source.ts";
import type { Syntax } from "./syntax/syntax.ts";

/** What a source file showed. */
export interface ReadProgram {
  /** Undefined when the file does not talk to Kafka. */
  readonly program: Program | undefined;
  /** What others of its project may ask; undefined when it is no source that was read. */
  readonly note: SourceNote | undefined;
  readonly comments: ReadonlyMap<number, string>;
  readonly notChecked: readonly NotChecked[];
}

const NOTHING: ReadProgram = { program: undefined, note: undefined, comments: new Map(), notChecked: [] };

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

/** A source as code, and what could not be understood. */
export interface LoweredSource {
  readonly code: SourceCode;
  readonly parsed: ParsedSource;
}

/** Parses a source; a text says why it cannot be. */
export async function lowerSource(path: string, text: string): Promise<LoweredSource | string> {
  const found = languageOf(path);
  if (!found) return "It is no source.";
  const parsed = await parseSource(text, found.grammar);
  return typeof parsed === "string"
    ? parsed
    : { code: { path, language: found.language, ...LOWERINGS[found.language](parsed.root) }, parsed };
}

/** Reads a source file as a program, by itself or among the others of its project. Broken text gives what is whole, and says so. */
export async function readSource(path: string, text: string, around: Surroundings = ALONE): Promise<ReadProgram> {
  if (!languageOf(path)) return NOTHING;
  const lowered = await lowerSource(path, text);
  if (typeof lowered === "string") return { ...NOTHING, notChecked: [{ subject: path, reason: lowered }] };
  const { code, parsed } = lowered;
  link(code.root);
  const constants = new Constants(code, around.names);
  const program = buildProgram(code, text, constants, around);
  const note: SourceNote = {
    path,
    language: code.language,
    imports: code.imports,
    names: namesUsed(code, text),
    facts: factsOf(code, constants),
    isProgram: program !== undefined,
    handed: program?.handed ?? [],
  };
  return program ? { program, note, comments: parsed.comments, notChecked: gapsOf(path, parsed) } : { ...NOTHING, note };
}

function gapsOf(path: string, { brokenLines, isCut }: ParsedSource): readonly NotChecked[] {
  return [
    ...(brokenLines.length > 0
      ? [{ subject: path, reason: `Line ${brokenLines.slice(0, 5).join(", ")} could not be understood; the rest was checked.` }]
      : []),
    ...(isCut ? [{ subject: path, reason: "Part of it nests too deep; that was not checked." }] : []),
  ];
}
