/** `npm run status`: writes docs/status.md from tools/status-data.ts, and docs/mutants.md from tools/mutants. With `--check` it writes nothing and fails when one is out of date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderMutantsPage } from "./mutants/mutants-page.ts";
import { mutants } from "./mutants/table.ts";
import { features } from "./status-data.ts";
import { checkStatus, renderStatus } from "./status-page.ts";
import { root } from "./workspaces.ts";

const pages: Readonly<Record<string, string>> = { "docs/status.md": renderStatus(features), "docs/mutants.md": renderMutantsPage(mutants) };
const errors = checkStatus(features);
for (const [name, page] of Object.entries(pages)) {
  const path = join(root, name);
  if (!process.argv.includes("--check")) writeFileSync(path, page);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== page) errors.push(`${name} is out of date; run: npm run status`);
}
for (const error of errors) console.error(error);
process.exitCode = errors.length === 0 ? 0 : 1;
