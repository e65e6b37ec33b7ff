import { ownValue } from "@ottla/base";
import type { Program } from "../../source/model/program.ts";

/** Files that a block of a language could be. */
const NAMES: Readonly<Record<string, string>> = {
  java: "block.java",
  kotlin: "block.kt",
  kt: "block.kt",
  python: "block.py",
  py: "block.py",
  go: "block.go",
  golang: "block.go",
  typescript: "block.ts",
  ts: "block.ts",
  javascript: "block.js",
  js: "block.js",
};

/** Of more in one document, or further down, the rest is said to be unread. */
export const PROGRAM_BLOCKS_MAX = 200;
export const PROGRAM_LINES_MAX = 20_000;

/** Whether blocks of this language are programs. */
export function isProgramBlock(language: string): boolean {
  return ownValue(NAMES, language) !== undefined;
}

/** A block of code in a document as a program, by the document's lines; undefined where it does not talk to Kafka, or is no program by itself. */
export async function readProgramBlock(path: string, language: string, text: string, afterLine: number): Promise<Program | undefined> {
  const { readSource } = await import("../../source/read-source.ts");
  const { program } = await readSource(NAMES[language]!, `${"\n".repeat(afterLine)}${text}`);
  if (program === undefined) return undefined;
  // What it does not say may stand elsewhere.
  const documents = program.documents.map((each) => ({
    ...each,
    isOpen: true,
    document: { ...each.document, file: path, isPartial: true },
  }));
  return { ...program, path, isBlock: true, documents };
}
