import type { RunFiles } from "../../source/project/read-together.ts";
import { importedStems, type SourceNote } from "../../source/project/source-note.ts";
import type { ReadProgram } from "../../source/read-source.ts";
import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads a source file. The parser is loaded when the first one comes. */
export async function readProgram({ path, text }: SourceFile): Promise<ReadFile> {
  const { mentionsKafka, readSource } = await import("../../source/read-source.ts");
  return mentionsKafka(text) ? fileOf(await readSource(path, text)) : { ...NOTHING, importedStems: importedStems(text) };
}

/** Reads again, one after another, the sources whose judgement may hang on others of their project; what comes takes the place of what was read of them alone. */
export async function* readProgramsTogether(
  notes: readonly SourceNote[],
  files: RunFiles,
): AsyncGenerator<{ readonly path: string; readonly read: ReadFile }> {
  if (notes.length === 0) return;
  const { readTogether } = await import("../../source/project/read-together.ts");
  for await (const { path, read } of readTogether(notes, files)) yield { path, read: fileOf(read) };
}

function fileOf({ program, note, comments, notChecked }: ReadProgram): ReadFile {
  return { ...NOTHING, programs: program ? [program] : [], notes: note ? [note] : [], comments, notChecked };
}
