// npm run test:differential [-- …]: what Apache Kafka and ours answer, compared: first the broker's (run-differential.ts, which takes the options), then the streams library's
// (run-streams-differential.ts), then Connect's transforms and converters (run-connect-differential.ts). With --only streams or --only connect that one alone, which then takes the other options; with
// other words after --only the broker's alone.
import { spawnSync } from "node:child_process";
import { nodeBinary, repositoryRoot } from "./paths.ts";

const given = process.argv.slice(2);
const at = given.findIndex((argument) => argument.startsWith("--only"));
const only = at < 0 ? undefined : given[at]!.includes("=") ? given[at]!.split("=")[1] : given[at + 1];
const run = (file: string, args: readonly string[]): boolean =>
  spawnSync(nodeBinary, ["--conditions=source", `${repositoryRoot}conformance/src/${file}`, ...args], { stdio: "inherit" }).status === 0;

let isGood: boolean;
if (only === "streams" || only === "connect") {
  isGood = run(`run-${only}-differential.ts`, given.toSpliced(at, given[at]!.includes("=") ? 1 : 2));
} else {
  isGood = run("run-differential.ts", given);
  if (only === undefined) {
    isGood = run("run-streams-differential.ts", []) && isGood;
    isGood = run("run-connect-differential.ts", []) && isGood;
  }
}
process.exitCode = isGood ? 0 : 1;
