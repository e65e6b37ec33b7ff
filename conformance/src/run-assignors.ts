// npm run test:assignors [-- --count 4000 --seed 7 --write]: our server-side assignors against Apache Kafka's own, in this process and in Java's.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assignorCases, caseToText, solve, targetToText } from "../../packages/broker/src/groups/consumer/testing/assignor-cases.ts";
import { runJavaDriver } from "./kafka/java-tool.ts";
import { repositoryRoot } from "./paths.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "4000" }, seed: { type: "string" }, write: { type: "boolean", default: false } },
});
/** The committed file has few cases, and always the same. */
const GOLDEN = { count: 50, seed: 848 };
const seed = values.write ? GOLDEN.seed : values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const cases = [...assignorCases(values.write ? GOLDEN.count : Number(values.count), seed)];

const input = `${cases.map(caseToText).join("\n")}\n`;
const java = await runJavaDriver("AssignorCases", [], { input, timeoutMs: 300_000 });
if (java.status !== 0) throw new Error(`The Java program ended with ${java.status}: ${java.stderr.trim()}`);
const answers = java.stdout.trimEnd().split(/(?<=^end)\n/m);

let failures = 0;
for (const [i, each] of cases.entries()) {
  const ours = targetToText(each.members, solve(each));
  if (ours === answers[i]) continue;
  failures++;
  if (failures <= 3) console.log(`FAILED case ${i}\n${caseToText(each)}\nJava:\n${answers[i]}\nours:\n${ours}`);
}
console.log(`${cases.length} assignments, seed ${seed}: ${cases.length - failures} equal Java's`);
if (values.write && failures === 0) {
  const lines = cases.map((each, i) => `${caseToText(each)}\n${answers[i]}`);
  writeFileSync(`${repositoryRoot}packages/broker/test/groups/java-assignments.golden`, `${lines.join("\n\n")}\n`);
}
process.exitCode = failures === 0 ? 0 : 1;
