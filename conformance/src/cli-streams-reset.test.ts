// `ottla streams reset` beside Kafka's kafka-streams-application-reset: two applications that are alike, one reset by each; what the group has committed then, and which topics there are, must be the same.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createClient } from "@ottla/client";
import { runJavaTool } from "./kafka/java-tool.ts";
import { nodeBinary, repositoryRoot } from "./paths.ts";
import { runCommand } from "./process/child.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { requireTarget } from "./target.ts";

const target = requireTarget();
const client = createClient({ bootstrapServers: target.bootstrap });
const admin = client.admin();
const id = randomUUID().slice(0, 8);
const input = `reset-${id}-in`;
const middle = `reset-${id}-middle`;
const RECORDS = 10;
/** Of the records, a minute after each other. */
const begunMs = Date.UTC(2026, 0, 31, 12);
const suffixes = ["counts-changelog", "by-word-repartition", "join-subscription-registration-topic", "join-subscription-response-topic"];
/** By topic and partition, in both groups. */
const committedBefore = [
  { topic: input, partition: 0, offset: 4 },
  { topic: input, partition: 1, offset: 6 },
  { topic: middle, partition: 0, offset: 3 },
];

before(async () => {
  for (const { error } of await admin.createTopics([
    { name: input, partitionCount: 2, configs: { "retention.ms": "-1" } },
    { name: middle, partitionCount: 1, configs: { "retention.ms": "-1" } },
  ]))
    assert.equal(error, undefined);
  const producer = client.producer();
  for (const [topic, partition] of [
    [input, 0],
    [input, 1],
    [middle, 0],
  ] as const)
    for (let i = 0; i < RECORDS; i++) await producer.send({ topic, partition, value: "x", timestamp: begunMs + i * 60_000 });
  // It does not begin at 0.
  for (const { error } of await admin.deleteRecords([{ topic: input, partition: 1, beforeOffset: 2 }])) assert.equal(error, undefined);
});
after(async () => {
  await client.close();
  removeTemporaryFolder(folder);
});

/** An application that ran: its topics, and what its group has committed. */
async function made(applicationId: string): Promise<void> {
  await admin.createTopics(suffixes.map((suffix) => ({ name: `${applicationId}-${suffix}`, partitionCount: 1 })));
  for (const { error } of await admin.alterGroupOffsets(applicationId, committedBefore)) assert.equal(error, undefined);
}

async function stateOf(applicationId: string): Promise<{ readonly committed: readonly string[]; readonly topics: readonly string[] }> {
  const committed = await admin.listGroupOffsets(applicationId);
  const topics = (await admin.listTopics()).map(({ name }) => name).filter((name) => name.startsWith(`${applicationId}-`));
  return {
    committed: committed.map(({ topic, partition, value }) => `${topic}-${partition} ${value?.offset}`).sort(),
    topics: topics.map((name) => name.slice(applicationId.length + 1)).sort(),
  };
}

const folder = makeTemporaryFolder("streams-reset");
const file = `${folder}/offsets.csv`;
writeFileSync(file, `${input},0,7\n${input},1,99\n`);

const cases: Readonly<Record<string, { readonly options: readonly string[]; readonly isRefused?: boolean }>> = {
  "nothing named": { options: [] },
  "to the earliest unless told": { options: ["--input-topics", input] },
  "to the earliest": { options: ["--input-topics", input, "--to-earliest"] },
  "to the latest": { options: ["--input-topics", input, "--to-latest"] },
  "to an offset": { options: ["--input-topics", input, "--to-offset", "5"] },
  "to an offset behind the end": { options: ["--input-topics", input, "--to-offset", "50"] },
  "to an offset before the beginning": { options: ["--input-topics", input, "--to-offset", "0"] },
  "to a time": { options: ["--input-topics", input, "--to-datetime", "2026-01-31T12:03:00.000"] },
  "to a time behind all": { options: ["--input-topics", input, "--to-datetime", "2036-01-31T12:03:00.000"] },
  "to a time with its zone": { options: ["--input-topics", input, "--to-datetime", "2026-01-31T14:03:00.000+02:00"] },
  "by a duration": { options: ["--input-topics", input, "--by-duration", "P3650DT1H2M3S"] },
  "shifted on": { options: ["--input-topics", input, "--shift-by", "2"] },
  "shifted back": { options: ["--input-topics", input, "--shift-by", "-3"] },
  "shifted too far": { options: ["--input-topics", input, "--shift-by", "-30"] },
  "from a file": { options: ["--input-topics", input, "--from-file", file] },
  "an intermediate topic": { options: ["--input-topics", input, "--intermediate-topics", middle] },
  "some of its own topics": { options: ["--input-topics", input, "--internal-topics", "ID-counts-changelog,ID-by-word-repartition"] },
  "in words only": { options: ["--input-topics", input, "--intermediate-topics", middle, "--dry-run"] },
  "two places": { options: ["--input-topics", input, "--to-latest", "--to-earliest"], isRefused: true },
  "an own topic that is none": { options: ["--internal-topics", "ID-nothing-changelog"], isRefused: true },
};

let number = 0;

/** Two applications that are alike, one for each tool. */
async function madeTwo(): Promise<readonly [theirs: string, ours: string]> {
  number++;
  const [theirs, ours] = [`reset-${id}-${number}-theirs`, `reset-${id}-${number}-ours`] as const;
  await Promise.all([made(theirs), made(ours)]);
  return [theirs, ours];
}

/** Whether each of the tools has done it, and what they said. */
async function reset(theirs: string, ours: string, options: readonly string[]) {
  const optionsOf = (applicationId: string) => options.map((each) => each.replaceAll("ID", applicationId));
  const main = `${repositoryRoot}packages/cli/src/main.ts`;
  const common = ["--bootstrap-server", target.bootstrap];
  const [java, node] = await Promise.all([
    runJavaTool("streams-application-reset", [...common, "--application-id", theirs, ...optionsOf(theirs)]),
    runCommand(nodeBinary, ["--conditions=source", main, "streams", "reset", ours, ...optionsOf(ours), ...common]),
  ]);
  const told = `${java.stdout}${java.stderr}\n---\n${node.stdout}${node.stderr}`;
  return { areDone: [java.status === 0, node.status === 0], told };
}

for (const [what, { options, isRefused = false }] of Object.entries(cases)) {
  test(`an application is reset as by Kafka's tool: ${what}`, async () => {
    const [theirs, ours] = await madeTwo();
    const { areDone, told } = await reset(theirs, ours, options);
    assert.deepEqual(await stateOf(ours), await stateOf(theirs), told);
    assert.deepEqual(areDone, [!isRefused, !isRefused], told);
  });
}

test("an input topic that is not there is refused before anything is done; Kafka's tool has gone on to the application's topics by then", async () => {
  const [theirs, ours] = await madeTwo();
  const before = await stateOf(ours);
  const { areDone, told } = await reset(theirs, ours, ["--input-topics", "nowhere"]);
  assert.deepEqual(areDone, [false, false], told);
  assert.deepEqual(await stateOf(ours), before);
});

test("members keep both tools from a reset, and are taken out by --force", async () => {
  const [theirs, ours] = await madeTwo();
  const consumers = [theirs, ours].map((groupId) => client.consumer({ groupId, groupProtocol: "classic", enableAutoCommit: false }));
  for (const consumer of consumers) {
    consumer.subscribe([input]);
    while (consumer.assignment().length === 0) await consumer.poll(100);
  }
  const before = await stateOf(ours);
  const refused = await reset(theirs, ours, ["--input-topics", input]);
  assert.deepEqual(refused.areDone, [false, false], refused.told);
  assert.deepEqual(await stateOf(ours), before);
  const forced = await reset(theirs, ours, ["--input-topics", input, "--force"]);
  assert.deepEqual(forced.areDone, [true, true], forced.told);
  assert.deepEqual(await stateOf(ours), await stateOf(theirs), forced.told);
  for (const consumer of consumers) await consumer.close({ timeoutMs: 0 });
});
