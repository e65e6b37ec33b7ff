import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { readPackage, root } from "./workspaces.ts";

/** What is inlined wherever it is used: the codec of a message is a function of its own, and a file for each costs an import more than all the rest; the registry's formats are in a package that is not published. */
const INLINED = /^@ottla\/(?:protocol\/(?:apis|data)|registry\/formats)\//;
/** Everything that goes by a package's name stays outside, so that its classes are the same ones to all who import it. */
const PACKAGE_NAME = /^[^./]/;

/**
 * Joins the compiled files of a library into one per entry and some that entries share: hundreds of small files take a program most of a second to import. Types stay as they are. Needs the
 * library, and all that it stands on, freshly compiled; so those that stand on others go first.
 */
export async function bundleLibrary(name: string): Promise<void> {
  const folder = join(root, "packages", name);
  const dist = join(folder, "dist");
  const compiled = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
  const result = await build({
    absWorkingDir: folder,
    entryPoints: entriesOf(folder, compiled),
    outbase: dist,
    outdir: dist,
    allowOverwrite: true,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node22",
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "error",
    plugins: [
      {
        name: "packages stay outside",
        setup: ({ onResolve }) =>
          onResolve({ filter: PACKAGE_NAME }, ({ path, kind }) =>
            kind === "entry-point" || INLINED.test(path) ? undefined : { path, external: true },
          ),
      },
    ],
  });
  const written = new Set(Object.keys(result.metafile.outputs).map((path) => join(folder, path)));
  for (const path of compiled) {
    if (written.has(join(dist, path))) continue;
    rmSync(join(dist, path));
    rmSync(join(dist, `${path}.map`), { force: true });
  }
}

/** The compiled files that `exports` names. */
function entriesOf(folder: string, compiled: readonly string[]): string[] {
  const targets = Object.values(readPackage(folder).exports ?? {}).map((target) => target["default"]!.replace(/^\.\/dist\//, ""));
  return targets.flatMap((target) => {
    const [before = "", after] = target.split("*");
    const found = compiled.filter((path) => (after === undefined ? path === target : path.startsWith(before) && path.endsWith(after)));
    if (found.length === 0) throw new Error(`${folder} exports ${target}, which was not compiled.`);
    return found.filter((path) => !path.endsWith(".test.js")).map((path) => join(folder, "dist", path));
  });
}
