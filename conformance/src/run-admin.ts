// npm run test:admin [-- --times]: every method of Java's Admin 4.4.0 called on ours and on Apache Kafka; answers are compared. `--times` tells what took long.
import { parseArgs } from "node:util";
import { differingCalls } from "./answers/admin-differences.ts";
import { runJavaDriver } from "./kafka/java-tool.ts";
import { startCluster, testProfile } from "./target.ts";

const CALLS_MIN = 100;
const TOLD_MS = 500;
const config = {
  ...testProfile,
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": "User:ANONYMOUS",
  "delegation.token.secret.key": "a secret of the tests",
};
const { values } = parseArgs({ options: { times: { type: "boolean", default: false } } });

interface Answered {
  readonly call: string;
  readonly answer: string;
  readonly ms: number;
}

async function answersOf(kind: "ottla" | "kafka"): Promise<Answered[]> {
  const cluster = await startCluster(kind, { config });
  try {
    const finished = await runJavaDriver("AdminAnswers", [cluster.bootstrap], { timeoutMs: 280_000 });
    if (finished.status !== 0) throw new Error(`AdminAnswers ended with ${finished.status} at ${kind}: ${finished.stderr.slice(-1_500)}`);
    const lines = finished.stdout.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line) as Answered);
  } finally {
    await cluster.kill();
  }
}

const [own, kafka] = await Promise.all([answersOf("ottla"), answersOf("kafka")]);
const ours = new Map(own.map(({ call, answer }) => [call, answer]));
const faults: string[] = [];
if (kafka.length < CALLS_MIN) faults.push(`only ${kafka.length} calls were made`);
if (kafka.at(-1)?.answer !== "[]") faults.push(`methods of Admin that are not called: ${kafka.at(-1)?.answer}`);
let alike = 0;
for (const { call, answer } of kafka) {
  if (ours.get(call) === answer) alike++;
  else if (!differingCalls.some(({ calls }) => calls.test(call))) faults.push(`${call}\n  Kafka ${answer}\n  ours  ${ours.get(call)}`);
}
for (const { calls, why } of differingCalls) {
  const isStillTrue = kafka.some(({ call, answer }) => calls.test(call) && ours.get(call) !== answer);
  if (!isStillTrue) faults.push(`"${why}" is out of date`);
}
if (values.times) {
  for (const [kind, answers] of Object.entries({ ours: own, kafka }))
    for (const { call, ms } of answers) if (ms >= TOLD_MS) console.log(`${kind} ${ms} ms: ${call}`);
}
console.log(`${kafka.length} calls, ${alike} answered alike, ${faults.length} faults`);
for (const fault of faults) console.log(`FAILED ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
