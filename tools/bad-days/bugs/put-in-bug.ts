// node --import this file, with OTTLA_SEEDED_BUG=N: the Nth seeded bug is in the sources that are loaded from then on.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../workspaces.ts";
import { seededBugs } from "./seeded-bugs.ts";

const number = process.env["OTTLA_SEEDED_BUG"];
const bug = number === undefined ? undefined : seededBugs[Number(number)];
if (bug) {
  const target = pathToFileURL(join(root, bug.file)).href;
  const source = readFileSync(join(root, bug.file), "utf8");
  if (source.split(bug.find).length !== 2) throw new Error(`${bug.file} does not hold exactly once: ${bug.find}`);
  registerHooks({
    load: (url, context, next) =>
      url === target
        ? { format: "module-typescript", source: source.replace(bug.find, () => bug.replace), shortCircuit: true }
        : next(url, context),
  });
}
