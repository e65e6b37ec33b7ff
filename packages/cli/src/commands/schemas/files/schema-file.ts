import { posix, relative, sep } from "node:path";
import type { SchemaType } from "@ottla/registry";
import type { CommandContext } from "../../../command.ts";
import { readText, type TextOfFile } from "../../lint/read-text.ts";
import { walkFiles } from "../../lint/walk-files.ts";
import { typeOfPath } from "../schema-text.ts";

/** A file with a schema. */
export interface SchemaFile {
  /** From here, with slashes. */
  readonly path: string;
  readonly schemaType: SchemaType;
  readonly text: string;
}

/** Files that were found, and what could not be read, with the reason. */
export interface FoundFiles {
  readonly files: readonly SchemaFile[];
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** As many are read of one run. */
const FILES_MAX = 10_000;

/** The schemas in files and folders. Of folders all of `.avsc` and `.proto`, and of `.json` what says that it is a JSON Schema. */
export async function findSchemaFiles({ positionals, signal }: Pick<CommandContext, "positionals" | "signal">): Promise<FoundFiles> {
  const files = new Map<string, SchemaFile>();
  const unreadable: { readonly path: string; readonly reason: string }[] = [];
  for await (const walked of walkFiles(positionals, (name) => typeOfPath(name) !== undefined, signal)) {
    if ("isLeftOut" in walked) continue;
    const path = portable(walked.path);
    if (files.has(path)) continue;
    if ("failure" in walked) {
      unreadable.push({ path, reason: walked.failure });
      continue;
    }
    const schemaType = typeOfPath(path);
    if (schemaType === undefined) {
      unreadable.push({ path, reason: "Its name tells no format: .avsc, .json and .proto do." });
      continue;
    }
    const read = await readSchemaText(walked.path);
    if ("failure" in read) unreadable.push({ path, reason: read.failure });
    else if (walked.isNamed || isSchemaText(path, read.text)) files.set(path, { path, schemaType, text: read.text });
    if (files.size > FILES_MAX) {
      unreadable.push({ path, reason: `More than ${FILES_MAX} schemas; the others are left out.` });
      break;
    }
  }
  return { files: [...files.values()], unreadable };
}

/** A schema's text without the mark that some editors put before it. */
export async function readSchemaText(path: string): Promise<TextOfFile> {
  const read = await readText(path);
  return "text" in read ? { ...read, text: read.text.replace(/^\uFEFF/, "") } : read;
}

/** Of files that nobody named: whether one is a schema. */
export function isSchemaText(path: string, text: string): boolean {
  if (typeOfPath(path) !== "JSON") return true;
  return /\.schema\.json$/i.test(path) || /"\$schema"\s*:\s*"https?:\/\/json-schema\.org\//.test(text);
}

/** A path on every system: from here, with slashes. */
export function portable(path: string): string {
  const near = relative(process.cwd(), path);
  return posix.normalize((near === "" || near.startsWith("..") ? path : near).split(sep).join("/"));
}

/** The subject that a file's name means, where nothing else says it: `orders-value.avsc`. */
export function subjectOfPath(path: string): string {
  return posix.basename(path).replace(/(\.schema)?\.\w+$/i, "");
}
