import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundleLibrary } from "./bundle-library.ts";
import { root } from "./workspaces.ts";

/** `@ottla/client` and what it stands on. */
export const CLIENT_LIBRARIES: readonly string[] = ["base", "protocol", "client"];
const LEGAL_FILES = ["LICENSE", "NOTICE"];

/** `@ottla/streams` and what it stands on. */
export const STREAMS_LIBRARIES: readonly string[] = ["base", "protocol", "client", "streams"];

/** `@ottla/serdes` and what it stands on; the registry's formats are bundled into it. */
export const SERDES_LIBRARIES: readonly string[] = ["base", "protocol", "client", "serdes"];

/** `@ottla/testing` and what it stands on. */
export const TESTING_LIBRARIES: readonly string[] = ["base", "protocol", "log", "broker", "client", "testing"];

/** Those a program imports to be quick at work, in the order of who stands on whom. */
const BUNDLED: readonly string[] = ["serdes", "client", "protocol", "base"];

/** Compiles the libraries and packs those named into `folder`, as npm would publish them. Gives the paths of the tarballs. Throws when one cannot be packed, or holds what it must not. */
export async function packLibraries(folder: string, libraries: readonly string[]): Promise<readonly string[]> {
  // What was compiled from sources that are gone must not be packed.
  for (const name of libraries) rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true });
  run(join(root, "node_modules", ".bin", "tsc"), ["-b", "--force", "tsconfig.json"]);
  for (const name of BUNDLED) if (libraries.includes(name)) await bundleLibrary(name);
  for (const name of libraries) for (const file of LEGAL_FILES) copyFileSync(join(root, file), join(root, "packages", name, file));
  const words = libraries.flatMap((name) => ["-w", `packages/${name}`]);
  let reports: { filename: string; files: { path: string }[] }[];
  try {
    reports = Object.values(JSON.parse(run("npm", ["pack", ...words, "--json", "--ignore-scripts", "--pack-destination", folder])));
  } finally {
    for (const name of libraries) for (const file of LEGAL_FILES) rmSync(join(root, "packages", name, file));
  }
  for (const { filename, files } of reports) {
    const stray = files.find(({ path }) => /\.test\.(js|ts|d\.ts)(\.map)?$/.test(path));
    if (stray) throw new Error(`${filename} holds the test ${stray.path}.`);
    if (!files.some(({ path }) => path === "LICENSE")) throw new Error(`${filename} holds no licence.`);
    if (!files.some(({ path }) => path === "dist/index.js")) throw new Error(`${filename} holds no dist/index.js.`);
  }
  return reports.map(({ filename }) => join(folder, filename));
}

function run(command: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`);
  return stdout;
}
