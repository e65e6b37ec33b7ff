import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspaces.ts";

/** `@ottla/testing` and what it stands on. */
const LIBRARIES: readonly string[] = ["base", "protocol", "log", "broker", "client", "testing"];

/** Compiles the libraries and packs them into `folder`, as npm would publish them. Gives the paths of the tarballs. Throws when one cannot be packed, or holds what it must not. */
export function packLibraries(folder: string): readonly string[] {
  // What was compiled from sources that are gone must not be packed.
  for (const name of LIBRARIES) rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true });
  run(join(root, "node_modules", ".bin", "tsc"), ["-b", "--force", "tsconfig.json"]);
  const words = LIBRARIES.flatMap((name) => ["-w", `packages/${name}`]);
  const reports: { filename: string; files: { path: string }[] }[] = Object.values(
    JSON.parse(run("npm", ["pack", ...words, "--json", "--ignore-scripts", "--pack-destination", folder])),
  );
  for (const { filename, files } of reports) {
    const stray = files.find(({ path }) => /\.test\.(js|ts|d\.ts)(\.map)?$/.test(path));
    if (stray) throw new Error(`${filename} holds the test ${stray.path}.`);
    if (!files.some(({ path }) => path === "dist/index.js")) throw new Error(`${filename} holds no dist/index.js.`);
  }
  return reports.map(({ filename }) => join(folder, filename));
}

function run(command: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`);
  return stdout;
}
