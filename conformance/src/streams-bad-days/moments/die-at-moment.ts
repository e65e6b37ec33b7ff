// node --import this file, with OTTLA_MOMENT=NAME and OTTLA_MOMENT_PASSES=N: the process kills itself when it comes to that moment for the Nth time.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../../paths.ts";
import { moments } from "./moments.ts";

const name = process.env["OTTLA_MOMENT"];
const moment = moments.find((each) => each.name === name);
if (moment === undefined) throw new Error(`There is no moment: ${name}`);
let left = Number(process.env["OTTLA_MOMENT_PASSES"]);
(globalThis as { reached?: () => void }).reached = () => {
  if (--left === 0) process.kill(process.pid, "SIGKILL");
};
const target = pathToFileURL(`${repositoryRoot}${moment.file}`).href;
const source = readFileSync(`${repositoryRoot}${moment.file}`, "utf8");
if (source.split(moment.find).length !== 2) throw new Error(`${moment.file} does not hold exactly once: ${moment.find}`);
registerHooks({
  load: (url, context, next) =>
    url.split("?")[0] === target
      ? { format: "module-typescript", source: source.replace(moment.find, () => moment.replace), shortCircuit: true }
      : next(url, context),
});
