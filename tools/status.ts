/** `npm run status`: writes docs/status.md from tools/status-data.ts. With `--check` it writes nothing and fails when the page is out of date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspaces.ts";
import { checkStatus, renderStatus } from "./status-page.ts";
import { features } from "./status-data.ts";

const path = join(root, "docs", "status.md");
const page = renderStatus(features);
const errors = checkStatus(features);
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== page) errors.push("docs/status.md is out of date; run: npm run status");
} else {
  writeFileSync(path, page);
}
for (const error of errors) console.error(error);
process.exitCode = errors.length === 0 ? 0 : 1;
