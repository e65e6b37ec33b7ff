import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../../reason-of.ts";
import { type GitIgnore, gitIgnoreIn } from "./git-ignore.ts";

/** Folders that hold what others wrote, or what was made. */
const SKIPPED: ReadonlySet<string> = new Set([
  "node_modules",
  ".git",
  ".hg",
  ".svn",
  "dist",
  "build",
  "target",
  "out",
  "vendor",
  ".terraform",
  ".gradle",
  ".idea",
  "__pycache__",
  ".venv",
  ".cache",
]);

/** A file to look into, what kept it from being found, or what git does not keep either. */
export type WalkedFile =
  | { readonly path: string; readonly isNamed: boolean }
  | { readonly path: string; readonly failure: string }
  | { readonly path: string; readonly isLeftOut: true };

/**
 * The files that were named, and those below the folders that were, in the order of their names. Links below folders are not followed, so that no circle holds it. What a folder's
 * `.gitignore` names is left out, and so is what others wrote or what was made.
 */
export async function* walkFiles(
  paths: readonly string[],
  isWanted: (path: string) => boolean,
  signal: AbortSignal,
): AsyncGenerator<WalkedFile> {
  for (const path of paths) {
    signal.throwIfAborted();
    const kind = await kindOf(path);
    if (kind === "file") yield { path, isNamed: true };
    else if (kind === "folder") yield* walkFolder(path, isWanted, signal, undefined);
    else yield { path, failure: kind };
  }
}

async function kindOf(path: string): Promise<string> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : found.isFile() ? "file" : "It is neither a file nor a folder.";
  } catch (error) {
    return reasonOf(error);
  }
}

async function* walkFolder(
  folder: string,
  isWanted: (path: string) => boolean,
  signal: AbortSignal,
  above: GitIgnore | undefined,
): AsyncGenerator<WalkedFile> {
  const entries: { readonly name: string; readonly isFolder: boolean }[] = [];
  let hasIgnoreFile = false;
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name === ".gitignore") hasIgnoreFile = entry.isFile();
      if (entry.isDirectory() ? !SKIPPED.has(entry.name) : entry.isFile() && isWanted(entry.name))
        entries.push({ name: entry.name, isFolder: entry.isDirectory() });
    }
  } catch (error) {
    yield { path: folder, failure: reasonOf(error) };
    return;
  }
  const ignored = await gitIgnoreIn(folder, hasIgnoreFile, above);
  for (const { name, isFolder } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const path = join(folder, name);
    if (ignored?.leavesOut(path, isFolder)) yield { path, isLeftOut: true };
    else if (isFolder) yield* walkFolder(path, isWanted, signal, ignored);
    else yield { path, isNamed: false };
  }
}
