import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../../command.ts";
import { printJson, shown } from "../../../output.ts";
import { fileNameOf } from "../export/file-names.ts";
import { unknownSubject } from "../list-schemas.ts";
import { LOCK_FILE, readLock, resolvedInLock } from "../lock/lock-file.ts";
import { SchemaEngine } from "../schema-engine.ts";
import { type CodegenOptions, generateFile } from "./generate-file.ts";

interface GeneratedFile {
  readonly subject: string;
  readonly file: string;
  readonly outcome: "written" | "unchanged" | "stale";
}

export const generateTypes: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr, signal } = context;
  const path = options.text("lock") ?? LOCK_FILE;
  const lock = await readLock(path);
  if (lock === undefined) throw new OttlaError("LOCK_UNREADABLE", `There is no ${path}; "ottla schemas pull" writes it.`);
  const folder = options.text("out") ?? join(dirname(path), "schemas");
  const isCheck = options.has("check");
  const settings: CodegenOptions = {
    int64: options.text("int64") === "number" ? "number" : "bigint",
    withSerdes: !options.has("types-only"),
  };
  const engine = await SchemaEngine.load();
  const files: GeneratedFile[] = [];
  for (const subject of positionals.length > 0 ? positionals : Object.keys(lock.subjects)) {
    signal.throwIfAborted();
    const locked = Object.hasOwn(lock.subjects, subject) ? lock.subjects[subject] : undefined;
    const version = locked?.versions.at(-1);
    if (locked === undefined || version === undefined) throw unknownSubject(subject);
    const schema = engine.parseStored(locked.type, version.schema, resolvedInLock(lock, version.references));
    const text = generateFile(subject, locked, version, schema, settings);
    files.push({ subject, ...(await write(join(folder, `${fileNameOf(subject)}.ts`), text, isCheck)) });
  }
  if (options.has("json")) printJson(context, { files });
  else for (const { file, subject, outcome } of files) stdout.write(shown`${outcome.padEnd(9)} ${file}  ${subject}\n`);
  const stale = files.filter(({ outcome }) => outcome === "stale");
  if (stale.length > 0)
    stderr.write(
      `ottla: ${stale.length} ${stale.length === 1 ? "file is" : "files are"} not what the lock file gives; run "ottla schemas codegen".\n`,
    );
  return stale.length > 0 ? 1 : 0;
};

async function write(file: string, text: string, isCheck: boolean): Promise<Omit<GeneratedFile, "subject">> {
  const there = await readFile(file, "utf8").catch(() => undefined);
  if (there === text) return { file, outcome: "unchanged" };
  if (isCheck) return { file, outcome: "stale" };
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    throw new OttlaError("FOLDER_UNUSABLE", `${file} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`, {
      cause,
    });
  }
  return { file, outcome: "written" };
}
