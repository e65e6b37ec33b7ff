import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { repositoryRoot } from "../paths.ts";

/**
 * `@ottla/serdes` as one file, made from its sources, for processes that run without the condition "source": a package below foreign clients of registries means something else by it. Gives its URL.
 */
export async function bundleSerdes(): Promise<string> {
  const folder = join(repositoryRoot, ".cache", "serdes");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `serdes-${process.pid}.mjs`);
  await build({
    entryPoints: [join(repositoryRoot, "packages", "serdes", "src", "index.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    conditions: ["source"],
    external: ["ajv", "ajv/*", "ajv-draft-04", "ajv-formats", "re2js", "@bufbuild/*"],
    // JSON modules stay what Node loads.
    plugins: [
      {
        name: "foreign JSON stays outside",
        setup: ({ onResolve }) => onResolve({ filter: /^ajv.*\.json$/ }, ({ path }) => ({ path, external: true })),
      },
    ],
    logLevel: "error",
  });
  return pathToFileURL(outfile).href;
}
