// npm run test:crash [-- --target ottla|kafka --failovers --cycles 15 --producers 3 --seed N]: kill -9 and a net that breaks, or virtual brokers that fail, under load, again and again; what the
// clients saw must contradict no promise. Against Apache Kafka it shows that the checker raises no false alarm.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { testSeed } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import { CrashLoad, crashPartitions, crashTopic } from "./crash/load.ts";
import { readBack } from "./crash/read-back.ts";
import { failovers, killsBehindFlakyNet } from "./crash/trouble.ts";
import { checkHistory } from "./history/check-history.ts";
import { HistoryRecorder } from "./history/recorder.ts";
import { makeRandom } from "./process/seeded-random.ts";
import { waitUntil } from "./process/wait-until.ts";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "ottla" },
    failovers: { type: "boolean", default: false },
    cycles: { type: "string", default: "15" },
    producers: { type: "string", default: "3" },
    seed: { type: "string", default: String(testSeed()) },
    "min-up-ms": { type: "string", default: "300" },
    "max-up-ms": { type: "string", default: "2500" },
  },
});
if (values.target !== "ottla" && values.target !== "kafka") throw new Error(`--target is ottla or kafka, not ${values.target}.`);
const cycles = Number(values.cycles);
process.stdout.write(`${cycles} cycles on ${values.target}, seed ${values.seed}\n`);

const random = makeRandom(Number(values.seed));
const trouble = values.failovers ? await failovers(random) : await killsBehindFlakyNet(values.target, random);
const history = new HistoryRecorder();

const client = createClient({ bootstrapServers: trouble.bootstrap });
const [created] = await client.admin().createTopics([{ name: crashTopic, partitionCount: crashPartitions }]);
if (created?.error !== undefined) throw created.error;
await client.close();

const load = new CrashLoad(trouble.bootstrap, Number(values.producers), history);
const isGoingOn = (before: number): Promise<unknown> =>
  waitUntil("records are acknowledged", () => load.failure !== undefined || load.acknowledgedCount > before, {
    everyMs: 5,
    timeoutMs: 300_000,
  });
load.start();
const startedAt = performance.now();
for (let cycle = 1; cycle <= cycles && load.failure === undefined; cycle += 1) {
  await isGoingOn(load.acknowledgedCount);
  const upMs = Number(values["min-up-ms"]) + random() * (Number(values["max-up-ms"]) - Number(values["min-up-ms"]));
  await sleep(upMs);
  const blow = await trouble.strike();
  process.stdout.write(`cycle ${cycle}: well for ${Math.round(upMs)} ms, ${load.acknowledgedCount} records acknowledged, ${blow}\n`);
}
await isGoingOn(load.acknowledgedCount);
await load.stop();
const seconds = Math.round((performance.now() - startedAt) / 1_000);

await readBack(trouble.bootstrap, history);
const anomalies = checkHistory(history).map(({ kind, sentence }) => `${kind}: ${sentence}`);
if (load.failure !== undefined) anomalies.unshift(`a client gave up: ${load.failure.stack ?? load.failure.message}`);
const records = history.finals.reduce((sum, { uncommitted }) => sum + uncommitted.length, 0);
const polled = history.polls.reduce((sum, poll) => sum + poll.records.length, 0);
process.stdout.write(
  `${cycles} cycles in ${seconds} s: ${load.acknowledgedCount} records acknowledged, ${records} in the log, ${polled} polled on the way, ` +
    `${history.commits.length} commits, ${history.offsetFetches.length} look-ups of committed offsets.\n`,
);
await trouble.end(anomalies.length === 0);
if (anomalies.length > 0) {
  const tail = trouble.outputTail().slice(-2_000);
  process.stderr.write(`${anomalies.length} anomalies (seed ${values.seed}):\n${anomalies.slice(0, 50).join("\n")}\n${tail}\n`);
  process.exit(1);
}
process.stdout.write(
  "No promise was broken: every acknowledged record is there once and in order, nothing was skipped, committed offsets were kept.\n",
);
