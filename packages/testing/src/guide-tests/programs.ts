import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** Blocks of code that say by their first line which file they are. */
export function filesOf(document: string): Map<string, string> {
  const text = readFileSync(join(root, document), "utf8");
  return new Map(Array.from(text.matchAll(/^```\w+\n\/\/ (\S+)\n([\s\S]*?)^```/gm), ([, name = "", code = ""]) => [name, code]));
}

/** Runs test files in a folder of their own from which the packages are found, and gives what was printed. */
export async function run(files: ReadonlyMap<string, string>): Promise<{ status: number | null; output: string }> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "guide-"));
  try {
    for (const [name, code] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    const tests = [...files.keys()].filter((name) => name.includes(".test."));
    // As the folder of a user is: no sign of the runner that this test runs in.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, ["--conditions=source", "--test", "--test-isolation=none", "--test-reporter=tap", ...tests], {
      cwd: folder,
      env,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output += String(piece)));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
