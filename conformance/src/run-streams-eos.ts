// npm run test:streams-eos [-- --target ottla|kafka --protocol classic|streams --blows 30 --seed N]: Java's Kafka Streams counts words with exactly_once_v2 while kill -9 meets the application, the broker, or both,
// behind a net that breaks; every count must be exact, and every change of a count seen once and in order.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import { killsBehindFlakyNet } from "./crash/trouble.ts";
import { startStreamsApplication } from "./kafka/java-tool.ts";
import type { Child } from "./process/child.ts";
import { makeRandom } from "./process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";
import { CountCheck } from "./streams/count-check.ts";
import { OutputReader } from "./streams/output-reader.ts";
import { describeStandstill } from "./streams/standstill.ts";
import { WordSource } from "./streams/word-source.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "ottla" },
    protocol: { type: "string", default: "classic" },
    blows: { type: "string", default: "5" },
    "max-up-ms": { type: "string", default: "2500" },
    seed: { type: "string", default: String(testSeed()) },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") throw new Error(`--target is ottla or kafka, not ${values.target}.`);
if (values.protocol !== "classic" && values.protocol !== "streams")
  throw new Error(`--protocol is classic or streams, not ${values.protocol}.`);
const blows = Number(values.blows);
process.stdout.write(`${blows} blows on ${values.target}, ${values.protocol} group, seed ${values.seed}\n`);

const PARTITIONS = 3;
const INPUT = "lines";
const OUTPUT = "counts";
const APPLICATION_ID = "word-count";
/** Longer than a session and a transaction of a killed application last, and its start. */
const STANDSTILL_MS = 25_000;
const random = makeRandom(Number(values.seed));
const trouble = await killsBehindFlakyNet(values.target, random, {
  "transaction.state.log.num.partitions": "2",
  "group.streams.initial.rebalance.delay.ms": "500",
  "group.streams.min.session.timeout.ms": "6000",
  "group.streams.session.timeout.ms": "6000",
  "group.streams.min.heartbeat.interval.ms": "1000",
  "group.streams.heartbeat.interval.ms": "1000",
});
const client = createClient({ bootstrapServers: trouble.bootstrap });
const created = await client.admin().createTopics([INPUT, OUTPUT].map((name) => ({ name, partitionCount: PARTITIONS })));
for (const { error } of created) if (error !== undefined) throw error;
await client.close();

const stateFolder = makeTemporaryFolder("streams");
const uncaught: string[] = [];
let starts = 0;
async function startApplication(): Promise<Child> {
  const child = await startStreamsApplication("WordCount", [
    trouble.bootstrap,
    APPLICATION_ID,
    stateFolder,
    INPUT,
    OUTPUT,
    "2",
    values.protocol,
  ]);
  starts += 1;
  let rest = "";
  child.process.stdout?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    uncaught.push(...lines.filter((line) => line.startsWith("uncaught")));
  });
  return child;
}

const check = new CountCheck();
const outputs = { bootstrap: trouble.bootstrap, topics: [OUTPUT], partitionCount: PARTITIONS, isolationLevel: "read_committed" } as const;
const reader = new OutputReader(outputs, (batch) => {
  for (const { partition, offset, key, value } of batch) check.take(String(key), Number(value), `${partition}:${offset}`);
});
const source = new WordSource(trouble.bootstrap, INPUT, random);
let application = await startApplication();
let waitingSince = performance.now();
/** Resolves with the milliseconds until a count was committed after now. */
const untilCounting = async (): Promise<number> => {
  const before = check.total;
  const since = performance.now();
  waitingSince = since;
  const watch = setInterval(() => void tellOfStandstill(), STANDSTILL_MS);
  try {
    await waitUntil("words are counted", () => check.total > before, { everyMs: 10, timeoutMs: 300_000 });
  } finally {
    clearInterval(watch);
  }
  return Math.round(performance.now() - since);
};
async function tellOfStandstill(): Promise<void> {
  const seconds = Math.round((performance.now() - waitingSince) / 1_000);
  const waitsFor = await describeStandstill(trouble.bootstrap, APPLICATION_ID, application, trouble.pids());
  process.stdout.write(
    `waiting for ${seconds} s (${source.total} words sent, ${check.total} counts read):\n${waitsFor}\napplication:\n${application.outputTail().slice(-6_000)}\nbroker:\n${trouble.outputTail().slice(-4_000)}\n`,
  );
}
async function killApplication(): Promise<void> {
  await application.kill();
  application = await startApplication();
}
let brokerStory = "";
async function strikeBroker(): Promise<void> {
  brokerStory = ` (${await trouble.strike()})`;
}

const actions = [
  { name: "application", strike: killApplication },
  { name: "broker", strike: strikeBroker },
  {
    name: "both",
    strike: async () => {
      await Promise.all([killApplication(), strikeBroker()]);
    },
  },
];
const faults: string[] = [];
const startedAt = performance.now();
source.start();
try {
  for (let blow = 0; blow < blows; blow += 1) {
    const untilCountingMs = await untilCounting();
    const upMs = Math.round(random() * Number(values["max-up-ms"]));
    await sleep(upMs);
    const action = actions[blow % actions.length]!;
    const counted = check.total;
    brokerStory = "";
    await action.strike();
    process.stdout.write(
      `blow ${blow + 1}: counting again after ${untilCountingMs} ms, ${counted} counted, well for ${upMs} ms, killed: ${action.name}${brokerStory}\n`,
    );
  }
  await untilCounting();
  await source.stop();
  waitingSince = performance.now();
  await waitUntil("every word is counted", () => check.total >= source.total, { timeoutMs: 120_000 });
} catch (error) {
  faults.push(String(error));
  await tellOfStandstill();
}
// What is counted twice comes behind the last.
await application.stop(30_000);
await sleep(500);
await reader.stop();
faults.push(...check.faults, ...check.compare(source.counts));
const seconds = Math.round((performance.now() - startedAt) / 1_000);
process.stdout.write(
  `${blows} blows in ${seconds} s: ${source.total} words sent, ${check.total} counts committed, ${starts} starts of the application, ${uncaught.length} errors that ended a thread of it.\n`,
);
for (const line of new Set(uncaught)) process.stdout.write(`  ${line.slice(0, 600)}\n`);
await trouble.end(faults.length === 0);
removeTemporaryFolder(stateFolder);
if (faults.length > 0) {
  process.stderr.write(`${faults.length} faults (seed ${values.seed}):\n${faults.slice(0, 30).join("\n")}\n`);
  process.stderr.write(`${application.outputTail().slice(-3_000)}\n${trouble.outputTail().slice(-2_000)}\n`);
}
process.exit(faults.length > 0 ? 1 : 0);
