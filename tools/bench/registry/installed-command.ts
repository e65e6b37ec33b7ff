import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../workspaces.ts";

const cli = join(root, "packages", "cli");

/**
 * `ottla` as somebody has it who installed the package: in a checkout it first looks at the times of three thousand sources, a tenth of its start,
 * to see that its bundle is no older. The bundle must be built. Its folder goes when this process ends.
 */
export function installedCommand(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "ottla-installed-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "bin"));
  copyFileSync(join(cli, "bin", "ottla.js"), join(folder, "bin", "ottla.js"));
  copyFileSync(join(cli, "package.json"), join(folder, "package.json"));
  symlinkSync(join(cli, "dist"), join(folder, "dist"));
  return [join(folder, "bin", "ottla.js")];
}
