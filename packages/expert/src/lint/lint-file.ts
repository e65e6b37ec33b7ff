import { judgeFile, type LintOptions } from "./judge-file.ts";
import type { Finding, NotChecked } from "./finding.ts";
import { readFile } from "./read/read-file.ts";
import { countOf, type SourceFile } from "./read/source-file.ts";

/** What a file showed. */
export interface LintedFile {
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** How many things were judged: sets of settings, schemas. */
  readonly documents: number;
}

/** Judges a file: its findings by line, without those that its comments allow. A file that is none of Kafka's has none. */
export async function lintFile(file: SourceFile, options: LintOptions = {}): Promise<LintedFile> {
  const read = await readFile(file);
  return { findings: judgeFile(file.path, read, options), notChecked: read.notChecked, documents: countOf(read) };
}
