import { judgeFile, type LintOptions } from "./judge-file.ts";
import { judgeProject } from "./judge-project.ts";
import type { LintedFile } from "./lint-file.ts";
import { isSource } from "../source/syntax/language.ts";
import { readFile } from "./read/read-file.ts";
import { readProgramsTogether } from "./read/read-program.ts";
import { countOf, type ReadFile, settingsOnly, type SourceFile } from "./read/source-file.ts";

/** Judges files that belong together: each by itself, and all beside each other. Findings come by file in the order given, and by line. */
export async function lintFiles(files: readonly SourceFile[], options: LintOptions = {}): Promise<LintedFile> {
  const read = [];
  for (const file of files) read.push({ path: file.path, read: await readFile(file) });
  await readAgain(read, files);
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

/** Sources are looked at again among the others of their project. */
async function readAgain(read: { readonly path: string; read: ReadFile }[], files: readonly SourceFile[]): Promise<void> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const names = new Map<string, string[]>();
  for (const { path } of files) {
    const slash = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(slash, 0));
    names.set(folder, [...(names.get(folder) ?? []), path.slice(slash + 1)]);
  }
  const places = new Map(read.map((each) => [each.path, each]));
  const run = {
    sources: new Map(read.flatMap(({ path, read: { importedStems } }) => (isSource(path) ? [[path, importedStems] as const] : []))),
    textOf: (path: string) => Promise.resolve(texts.get(path)),
    namesIn: (folder: string) => Promise.resolve(names.get(folder) ?? []),
  };
  for await (const { path, read: again } of readProgramsTogether(
    read.flatMap(({ read: { notes } }) => notes),
    run,
  ))
    places.get(path)!.read = again;
}
