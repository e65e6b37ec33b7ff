import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { OttlaError } from "@ottla/base";
import { typeOfPath } from "../schema-text.ts";
import { usedNamesOf } from "./link-files.ts";
import type { LockedLinks } from "./locked-links.ts";
import { findSchemaFiles, isSchemaText, portable, readSchemaText, type SchemaFile } from "./schema-file.ts";

const FILES_MAX = 10_000;
/** An import's path begins at a folder above the file; so many are tried. */
const FOLDERS_UP_MAX = 16;

/**
 * A schema's file and those that it may use: of its folder, at the paths that imports and `$ref`s say, of the lock file, and in the files and folders that were named. Errors: `FILE_UNREADABLE` for a named one.
 * @param root the schema's own file, which comes first
 */
export async function filesAround(
  root: SchemaFile,
  named: readonly string[],
  locked: LockedLinks | undefined,
  signal: AbortSignal,
): Promise<readonly SchemaFile[]> {
  const files = new Map([[root.path, root]]);
  const isWanted = (path: string): boolean => typeOfPath(path) === root.schemaType && !files.has(path) && files.size < FILES_MAX;
  const add = async (path: string): Promise<boolean> => {
    if (files.has(path)) return true;
    if (!isWanted(path)) return false;
    const read = await readSchemaText(path);
    if ("failure" in read) return false;
    files.set(path, { path, schemaType: root.schemaType, text: read.text });
    return true;
  };
  const { files: asked, unreadable } = await findSchemaFiles({ positionals: named, signal });
  const [failed] = unreadable;
  if (failed !== undefined) throw new OttlaError("FILE_UNREADABLE", `${failed.path} (--with) cannot be used: ${failed.reason}`);
  for (const file of asked) if (isWanted(file.path)) files.set(file.path, file);
  for (const path of locked?.files.values() ?? []) await add(path);
  const folder = dirname(root.path);
  for (const name of (await readdir(folder).catch(() => [])).toSorted((a, b) => (a < b ? -1 : 1))) {
    const path = portable(join(folder, name));
    if ((await add(path)) && path !== root.path && !isSchemaText(path, files.get(path)?.text ?? "")) files.delete(path);
  }
  // A list that grows while it is walked: what is found uses others.
  const open = [root.path, ...files.keys()];
  const seen = new Set<string>();
  for (const path of open) {
    signal.throwIfAborted();
    const file = files.get(path);
    if (file === undefined || seen.has(path) || file.schemaType === "AVRO") continue;
    seen.add(path);
    for (const name of usedNamesOf(file)) {
      for (const place of placesOf(file, name)) {
        if (!(await add(place))) continue;
        open.push(place);
        break;
      }
    }
  }
  return [...files.values()];
}

/** Where the file behind a name may be: a `$ref` is a path from its own file, an import one from some folder above. */
function placesOf({ path, schemaType }: SchemaFile, name: string): readonly string[] {
  if (schemaType === "JSON") return /^[a-z][a-z0-9+.-]*:/i.test(name) ? [] : [portable(join(dirname(path), name))];
  const places: string[] = [];
  let folder = resolve(dirname(path));
  for (let up = 0; up < FOLDERS_UP_MAX; up++) {
    places.push(portable(join(folder, name)));
    if (dirname(folder) === folder) break;
    folder = dirname(folder);
  }
  return places;
}
