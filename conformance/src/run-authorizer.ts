// npm run test:authorizer [-- --count 5000 --seed 7]: our authorizer against Apache Kafka's StandardAuthorizer itself, over ACLs that come and go.
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { authorizerCases, caseToText, solve } from "../../packages/broker/src/security/acls/testing/authorizer-cases.ts";
import { runJavaDriver } from "./kafka/java-tool.ts";

const { values } = parseArgs({ options: { count: { type: "string", default: "5000" }, seed: { type: "string" } } });
const seed = values.seed === undefined ? testSeed() : Number(values.seed);
const cases = [...authorizerCases(Number(values.count), seed)];
const input = `${cases.map(caseToText).join("\n")}\n`;
const java = await runJavaDriver("AuthorizerCases", [], { input, timeoutMs: 600_000 });
if (java.status !== 0) throw new Error(`The Java program ended with ${java.status}: ${java.stderr.trim()}`);
const answers = java.stdout.trimEnd().split(/(?<=^end)\n/m);
let failures = 0;
let listed = 0;
/** Questions among those listed: how many Apache Kafka alone allows, and how many it alone denies. */
let allowedThere = 0;
let deniedThere = 0;
for (const [i, each] of cases.entries()) {
  const questions = each.steps.flatMap((step) => ("ask" in step ? [step.ask] : []));
  const theirs = answers[i]?.split("\n") ?? [];
  const different = solve(each)
    .split("\n")
    .flatMap((ours, at) => (ours === theirs[at] ? [] : [{ question: questions[at], ours, theirs: theirs[at] }]));
  if (different.length === 0) continue;
  // Kafka's does not always see that ACLs on "*" concern a resource whose own name begins so.
  if (different.every(({ question }) => question !== undefined && question.name.length > 1 && question.name.startsWith("*"))) {
    listed++;
    for (const { ours, theirs } of different) {
      if (ours.startsWith("denied") && theirs?.startsWith("allowed")) allowedThere++;
      else if (ours.startsWith("allowed") && theirs?.startsWith("denied")) deniedThere++;
    }
    continue;
  }
  failures++;
  if (failures <= 3) console.log(`FAILED case ${i}\n${caseToText(each)}\n${JSON.stringify(different)}`);
}
const questions = input.match(/^ask/gm)?.length ?? 0;
const allowed = java.stdout.match(/^allowed/gm)?.length ?? 0;
console.log(
  `StandardAuthorizer: ${cases.length} cases with ${questions} questions (${allowed} allowed), seed ${seed}: ${cases.length - failures - listed} equal Java's, ${listed} differ as listed (ADR 31), by ${allowedThere} questions that only Apache Kafka allows and ${deniedThere} that only it denies`,
);
process.exitCode = failures === 0 && answers.length === cases.length ? 0 : 1;
