// node --import this file, with OTTLA_SEEDED_BUG=N: the Nth seeded bug is in the sources that are loaded from then on.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../../paths.ts";
import { seededBugs } from "./seeded-bugs.ts";

const bug = seededBugs[Number(process.env["OTTLA_SEEDED_BUG"])];
if (bug) {
  const target = pathToFileURL(`${repositoryRoot}${bug.file}`).href;
  const source = readFileSync(`${repositoryRoot}${bug.file}`, "utf8");
  if (source.split(bug.find).length !== 2) throw new Error(`${bug.file} does not hold exactly once: ${bug.find}`);
  registerHooks({
    load: (url, context, next) =>
      url.split("?")[0] === target
        ? { format: "module-typescript", source: source.replace(bug.find, () => bug.replace), shortCircuit: true }
        : next(url, context),
  });
}
