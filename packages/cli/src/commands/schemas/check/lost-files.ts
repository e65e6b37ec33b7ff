import { existsSync, statSync } from "node:fs";
import { type Finding } from "@ottla/expert";
import { avroNamesIn } from "../files/avro-names.ts";
import { portable, type SchemaFile } from "../files/schema-file.ts";
import type { BaseSchemas, OlderFile } from "./base-schemas.ts";

/** An older file that is there no more. */
export interface LostFile extends OlderFile {
  /** The checked file that holds its schema now; undefined of one that was deleted. */
  readonly now: SchemaFile | undefined;
}

/** A file whose schema may have had another name. */
interface NewFile {
  readonly file: SchemaFile;
  /** Its canonical text. */
  readonly text: string;
}

/**
 * Older files below what is checked that are there no more. One is held to be renamed when a new file has the same schema, or the only new one that defines the same thing.
 * @param asked the files and folders that were named
 * @param canonical the canonical text of an older file
 */
export async function lostFiles(
  base: BaseSchemas,
  asked: readonly string[],
  newFiles: readonly NewFile[],
  canonical: (file: OlderFile) => Promise<string | undefined>,
): Promise<readonly LostFile[]> {
  const folders = asked.filter(isFolder).map(portable);
  const isAsked = (path: string): boolean =>
    asked.some((each) => portable(each) === path) ||
    folders.some((folder) => folder === "." || path.startsWith(`${folder.replace(/\/$/, "")}/`));
  const free = new Set(newFiles);
  const lost: LostFile[] = [];
  for (const older of base.olderFiles) {
    if (!isAsked(older.file.path) || existsSync(older.file.path)) continue;
    const candidates = [...free].filter(({ file }) => file.schemaType === older.file.schemaType);
    const text = candidates.length === 0 ? undefined : await canonical(older);
    const names = definedIn(older.file);
    const alike = candidates.filter(({ file }) => names !== "" && definedIn(file) === names);
    const found = candidates.find((each) => each.text === text) ?? (alike.length === 1 ? alike[0] : undefined);
    if (found !== undefined) free.delete(found);
    lost.push({ ...older, now: found?.file });
  }
  return lost;
}

/** False of what cannot be looked at: that was told of when it was to be read. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** What a schema calls itself; "" where it does not say. */
function definedIn({ schemaType, text }: SchemaFile): string {
  if (schemaType === "AVRO") return [...avroNamesIn(text).defined].slice(0, 1).join();
  if (schemaType === "JSON") return /"(?:\$id|title)"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "";
  const [, name = ""] = /^\s*package\s+([\w.]+)\s*;/m.exec(text) ?? [];
  const [, message = ""] = /(?:^|[;}\s])message\s+(\w+)/.exec(text) ?? [];
  return message === "" ? "" : `${name}.${message}`;
}

/** A lost file as a finding, under the id that incompatible changes are told by. What a lock file names is to be there; a commit's file may go. */
export function findingOfLost(rule: string, against: string, { file, subject, now, isLocked }: LostFile): Finding {
  const remedy = isLocked ? `, or name the new one in the lock file ("file" of ${subject})` : "";
  const away = isLocked
    ? `Put it back ("ottla schemas pull ${subject}"), or take the subject out of the lock file when nobody reads it any more.`
    : "Put it back, or leave it away when nobody reads the subject any more.";
  const [message, evidence] =
    now === undefined
      ? [`${file.path} of the subject ${subject} was deleted: later changes of this subject would go unchecked.`, away]
      : [
          `${file.path} of the subject ${subject} seems to be ${now.path} now; it is compared with that subject's versions.`,
          `Give the file its name back${remedy}.`,
        ];
  return {
    rule,
    severity: now === undefined && isLocked ? "error" : "warning",
    confidence: "high",
    subject: file.schemaType,
    key: subject,
    file: (now ?? file).path,
    line: 1,
    message,
    evidence: `${against} knows ${file.path}. ${evidence}`,
  };
}
