import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads a source file. The parser is loaded when the first one comes. */
export async function readProgram({ path, text }: SourceFile): Promise<ReadFile> {
  const { mentionsKafka, readSource } = await import("../../source/read-source.ts");
  if (!mentionsKafka(text)) return NOTHING;
  const { program, comments, notChecked } = await readSource(path, text);
  return { ...NOTHING, programs: program ? [program] : [], comments, notChecked };
}
