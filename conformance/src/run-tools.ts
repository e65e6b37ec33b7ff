// npm run test:tools [-- --only groups|transactions|security|ottla --show]: Kafka's own kafka-consumer-groups, kafka-transactions, kafka-acls and kafka-configs for users, every verb, at ours and at Apache Kafka side by side; what they
// print is the same apart from ids and times. `ottla transactions` must tell of both what Kafka's tool does. `--show` prints what was compared.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClient } from "@ottla/client";
import type { RunningCluster } from "./cluster.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { startCluster, testProfile } from "./target.ts";
import { comparableOutput } from "./tools/comparable-output.ts";
import { groupNames, groupSteps } from "./tools/group-steps.ts";
import { compareWithOttla } from "./tools/ottla-transactions.ts";
import { securitySteps } from "./tools/security-steps.ts";
import { ToolSession } from "./tools/tool-session.ts";
import type { ToolStep } from "./tools/tool-step.ts";
import { hangingProducerIds, transactionalIds, transactionSteps } from "./tools/transaction-steps.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" }, show: { type: "boolean", default: false } } });

const FIRST_RECORD_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const HOUR_MS = 3_600_000;
const config = {
  ...testProfile,
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": "User:ANONYMOUS",
  // So that a transaction can hang at all: no coordinator is asked about its batches.
  "transaction.partition.verification.enable": "false",
  // A member keeps its place while the machine is busy with other things.
  "group.consumer.session.timeout.ms": "45000",
};

async function writeTopics({ bootstrap }: RunningCluster): Promise<void> {
  const client = createClient({ bootstrapServers: bootstrap });
  // The records are of a fixed day, long ago.
  const configs = { "retention.ms": "-1" };
  const topics = [
    { name: "first", partitionCount: 3, configs },
    { name: "second", partitionCount: 1, configs },
    { name: "third", partitionCount: 3, configs },
    { name: "fourth", partitionCount: 1, configs },
  ];
  for (const { error } of await client.admin().createTopics(topics)) if (error !== undefined) throw error;
  const producer = client.producer();
  const at = { first: [10, 5, 0], second: [3] };
  for (const [topic, counts] of Object.entries(at)) {
    for (const [partition, count] of counts.entries()) {
      for (let index = 0; index < count; index += 1)
        await producer.send({ topic, partition, value: `${index}`, timestamp: FIRST_RECORD_MS + index * 1_000 });
    }
  }
  const positions = [
    { topic: "first", partition: 0, offset: 6 },
    { topic: "first", partition: 1, offset: 1 },
    { topic: "second", partition: 0, offset: 3 },
  ];
  await client.admin().alterGroupOffsets(groupNames.classicEmpty, positions);
  await client.close();
}

/** The state that both clusters are in when the tools look at them. */
async function prepare(session: ToolSession): Promise<void> {
  await writeTopics(session.cluster);
  await session.join("emptying", "consumer", groupNames.consumerEmpty, "first");
  await session.leave("emptying");
  await session.join("member-a", "classic", groupNames.classicActive, "first");
  await session.join("member-s", "classic", groupNames.classicStatic, "second", "instance-s");
  await session.join("member-c", "consumer", groupNames.consumerActive, "first");
  await session.begin(transactionalIds.committed, "fourth", 0);
  await session.end(transactionalIds.committed, "commit");
  await session.begin(transactionalIds.aborted, "fourth", 0);
  await session.end(transactionalIds.aborted, "abort");
  await session.begin(transactionalIds.open, "fourth", 0);
  for (const [partition, producerId] of hangingProducerIds.entries())
    await session.hang("third", partition, producerId, FIRST_RECORD_MS - partition * HOUR_MS);
}

const folder = makeTemporaryFolder("tools");
// What nobody can answer is not waited for all of the usual minute.
writeFileSync(`${folder}/client.properties`, "default.api.timeout.ms=5000\nrequest.timeout.ms=4000\n");
const timeLimit = ["--command-config", `${folder}/client.properties`];
const clusters = await Promise.all([startCluster("ottla", { config }), startCluster("kafka", { config })]);
const [ours, kafka] = (await Promise.all(clusters.map((cluster) => ToolSession.start(cluster)))) as [ToolSession, ToolSession];
const faults: string[] = [];
let calls = 0;

async function compare({ tool, args }: ToolStep): Promise<void> {
  const all = [...timeLimit, ...args];
  const [own, expected] = (await Promise.all([ours.run(tool, all), kafka.run(tool, all)])).map(comparableOutput);
  const name = `${tool} ${args.join(" ").replaceAll(`${folder}/`, "")}`;
  calls += 1;
  if (values.show) process.stdout.write(`== ${name}\n${expected}\n`);
  if (own !== expected) faults.push(`${name}\n--- Kafka\n${expected}\n--- ours\n${own}`);
}

try {
  if (values.only !== "security") await Promise.all([prepare(ours), prepare(kafka)]);
  if (values.only === "" || values.only === "ottla") faults.push(...(await compareWithOttla(ours)), ...(await compareWithOttla(kafka)));
  if (values.only === "" || values.only === "groups") for (const step of groupSteps(folder)) await compare(step);
  if (values.only === "" || values.only === "transactions") for (const step of transactionSteps) await compare(step);
  if (values.only === "" || values.only === "security") for (const step of securitySteps) await compare(step);
} finally {
  await Promise.all([ours.close(), kafka.close()]);
  await Promise.all(clusters.map((cluster) => cluster.kill()));
  removeTemporaryFolder(folder);
}
process.stdout.write(`${calls} calls of Kafka's tools on each side, ${faults.length} faults\n`);
for (const fault of faults) process.stdout.write(`FAILED ${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
