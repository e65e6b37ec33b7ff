/** `npm run complete-lock`: adds to package-lock.json the packages for other systems that npm left out. See lock-completeness.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingOptionalPackages } from "./lock-completeness.ts";
import { root } from "./workspaces.ts";

const path = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const missing = missingOptionalPackages(lock.packages);
// The root's own entry, whose path is empty, sorts first, as npm has it.
const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
console.log(`${Object.keys(missing).length} packages added.`);
