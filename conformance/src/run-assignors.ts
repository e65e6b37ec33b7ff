// npm run test:assignors [-- --count 4000 --seed 7 --write]: our assignors, the server's of partitions and of tasks and the client's by racks, against Apache Kafka's own, in this process and in Java's.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { assignorCases, caseToText, solve, targetToText } from "../../packages/broker/src/groups/consumer/testing/assignor-cases.ts";
import { assignSticky } from "../../packages/broker/src/groups/streams/assignor/sticky-assignor.ts";
import { problemToText, solutionToText, taskCases } from "../../packages/broker/src/groups/streams/testing/task-cases.ts";
import { rackCases, rackCaseToText, solveRackCase } from "../../packages/client/src/testing/rack-cases.ts";
import { runJavaDriver } from "./kafka/java-tool.ts";
import { repositoryRoot } from "./paths.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "4000" }, seed: { type: "string" }, write: { type: "boolean", default: false } },
});
/** The committed files have few cases, and always the same. */
const GOLDEN = { count: 50, seed: 848 };
const seed = values.write ? GOLDEN.seed : values.seed === undefined ? testSeed() : Number(values.seed);
const count = values.write ? GOLDEN.count : Number(values.count);

interface Compared {
  /** As the Java program reads it. */
  readonly text: string;
  readonly ours: string;
}

/** Asks Java, tells of differences, and writes the golden file when asked and all is equal. */
async function compare(what: string, mainClass: string, cases: readonly Compared[], golden: string): Promise<boolean> {
  const java = await runJavaDriver(mainClass, [], { input: `${cases.map(({ text }) => text).join("\n")}\n`, timeoutMs: 300_000 });
  if (java.status !== 0) throw new Error(`The Java program ended with ${java.status}: ${java.stderr.trim()}`);
  const answers = java.stdout.trimEnd().split(/(?<=^end)\n/m);
  let failures = 0;
  for (const [i, { text, ours }] of cases.entries()) {
    if (ours === answers[i]) continue;
    failures++;
    if (failures <= 3) console.log(`FAILED case ${i}\n${text}\nJava:\n${answers[i]}\nours:\n${ours}`);
  }
  console.log(`${what}: ${cases.length} assignments, seed ${seed}: ${cases.length - failures} equal Java's`);
  if (values.write && failures === 0)
    writeFileSync(`${repositoryRoot}${golden}`, `${cases.map(({ text }, i) => `${text}\n${answers[i]}`).join("\n\n")}\n`);
  return failures === 0;
}

const ofServer = [...assignorCases(count, seed)].map((each) => ({ text: caseToText(each), ours: targetToText(each.members, solve(each)) }));
const ofTasks = [...taskCases(count, seed)].map((each) => ({ text: problemToText(each), ours: solutionToText(each, assignSticky(each)) }));
const byRacks: Compared[] = [];
for (const each of rackCases(count, seed)) byRacks.push({ text: rackCaseToText(each), ours: await solveRackCase(each) });
const areEqual = [
  await compare("server's assignors", "AssignorCases", ofServer, "packages/broker/test/groups/java-assignments.golden"),
  await compare("the server's assignor of tasks", "TaskCases", ofTasks, "packages/broker/test/groups/java-tasks.golden"),
  await compare("range by racks", "ClientAssignorCases", byRacks, "packages/client/test/rack-assignments.golden"),
];
process.exitCode = areEqual.every(Boolean) ? 0 : 1;
