import { judgeFile, type LintOptions } from "./judge-file.ts";
import { judgeProject } from "./judge-project.ts";
import type { LintedFile } from "./lint-file.ts";
import { readFile } from "./read/read-file.ts";
import { countOf, settingsOnly, type SourceFile } from "./read/source-file.ts";

/** Judges files that belong together: each by itself, and all beside each other. Findings come by file in the order given, and by line. */
export async function lintFiles(files: readonly SourceFile[], options: LintOptions = {}): Promise<LintedFile> {
  const read = [];
  for (const file of files) read.push({ path: file.path, read: await readFile(file) });
  const across = judgeProject(
    read.map(({ path, read: found }) => ({ path, read: settingsOnly(found) })),
    options,
  );
  const findings = read.flatMap(({ path, read: found }) =>
    [...judgeFile(path, found, options), ...across.filter(({ file }) => file === path)].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
  return {
    findings,
    notChecked: read.flatMap(({ read: { notChecked } }) => notChecked),
    documents: read.reduce((sum, { read: found }) => sum + countOf(found), 0),
  };
}
