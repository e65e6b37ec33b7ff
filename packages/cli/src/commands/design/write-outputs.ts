import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { OutputFile } from "@ottla/expert/design";

/** Which files were written, with their digests: what differs was changed by hand. */
const MANIFEST = ".ottla-design.json";

/** What was done to a folder; paths relative to it. */
export interface WrittenOutputs {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Written by an earlier run, and no part of the design any more. */
  readonly removed: readonly string[];
}

/**
 * Writes a design's files to a folder, each whole or not at all. Nothing is written when one that is there was not written by a run before, or was changed since: unless `overwrite`. Errors:
 * `CHANGED_BY_HAND`, those of the file system.
 */
export async function writeOutputs(folder: string, files: readonly OutputFile[], overwrite: boolean): Promise<WrittenOutputs> {
  const known = await readManifest(folder);
  const there = new Map<string, string | undefined>();
  const stale = [...known.keys()].filter((path) => !files.some((file) => file.path === path));
  for (const path of [...files.map((file) => file.path), ...stale]) there.set(path, await digestOf(join(folder, path)));
  const wanted = new Map(files.map((file) => [file.path, digest(file.text)]));
  const foreign = [...there]
    .filter(([path, found]) => found !== undefined && found !== known.get(path) && found !== wanted.get(path))
    .map(([path]) => path);
  if (foreign.length > 0 && !overwrite)
    throw new OttlaError(
      "CHANGED_BY_HAND",
      `In ${folder} there are files that "ottla design" did not write so: ${foreign.slice(0, 10).join(", ")}${foreign.length > 10 ? " …" : ""}. Keep your changes elsewhere, or give --overwrite.`,
    );
  const written = files.filter((file) => there.get(file.path) !== wanted.get(file.path));
  for (const file of written) await writeWhole(join(folder, file.path), file);
  const removed = stale.filter((path) => there.get(path) !== undefined);
  for (const path of removed) await rm(join(folder, path));
  await writeWhole(join(folder, MANIFEST), {
    path: MANIFEST,
    text: `${JSON.stringify(Object.fromEntries(wanted), null, 2)}\n`,
  });
  return {
    written: written.map(({ path }) => path),
    unchanged: files.filter((file) => !written.includes(file)).map(({ path }) => path),
    removed,
  };
}

async function readManifest(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, MANIFEST), "utf8"));
    if (typeof manifest !== "object" || manifest === null) return new Map();
    // A manifest is anybody's text: no path in it leads out of the folder.
    return new Map(
      Object.entries(manifest).filter(([path, sum]) => typeof sum === "string" && !/(^|\/)\.\.(\/|$)|^\//.test(path)) as [string, string][],
    );
  } catch {
    return new Map();
  }
}

async function digestOf(path: string): Promise<string | undefined> {
  try {
    return digest(await readFile(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Beside its place and then into it. */
async function writeWhole(path: string, { text, isExecutable }: OutputFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.ottla-new`;
  await writeFile(beside, text);
  if (isExecutable) await chmod(beside, 0o755);
  await rename(beside, path);
}
