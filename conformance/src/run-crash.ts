// npm run test:crash [-- --cycles 25 --producers 3 --seed N]: kill -9 under load, again and again; every promise must hold in the end.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "@ottla/client";
import { findAnomalies, History } from "./crash/history.ts";
import { CrashLoad, crashPartitions, crashTopic } from "./crash/load.ts";
import { readBack } from "./crash/read-back.ts";
import { startOttla } from "./ottla/broker.ts";
import { findFreePorts } from "./process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";
import { waitUntil } from "./process/wait-until.ts";

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "25" },
    producers: { type: "string", default: "3" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    "min-up-ms": { type: "string", default: "300" },
    "max-up-ms": { type: "string", default: "2500" },
  },
});
const cycles = Number(values.cycles);
process.stdout.write(`${cycles} cycles, seed ${values.seed}\n`);

/** mulberry32: enough to vary the moments of death, and to repeat them. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = makeRandom(Number(values.seed));
const dataDir = makeTemporaryFolder("crash");
const [port = 0] = await findFreePorts(1);
// Small segments and a frequent index: rolls and recovery over several segments happen within seconds.
const config = {
  "log.segment.bytes": "1048576",
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "2",
  "auto.create.topics.enable": "false",
};
const start = () => startOttla({ dataDir, port, config });
const history = new History(crashPartitions);

let broker = await start();
const client = createClient({ bootstrapServers: broker.bootstrap });
const [created] = await client.admin().createTopics([{ name: crashTopic, partitionCount: crashPartitions }]);
if (created?.error !== undefined) throw created.error;
await client.close();

const load = new CrashLoad(broker.bootstrap, Number(values.producers), history);
load.start();
const startTimes: number[] = [];
const startedAt = performance.now();
for (let cycle = 1; cycle <= cycles; cycle += 1) {
  const before = history.acknowledgedCount;
  await waitUntil("records are acknowledged after the start", () => load.failure !== undefined || history.acknowledgedCount > before, {
    everyMs: 5,
  });
  const upMs = Number(values["min-up-ms"]) + random() * (Number(values["max-up-ms"]) - Number(values["min-up-ms"]));
  await sleep(upMs);
  await broker.kill();
  broker = await start();
  startTimes.push(broker.startMs);
  if (load.failure !== undefined) break;
  process.stdout.write(
    `cycle ${cycle}: up ${Math.round(upMs)} ms, ${history.acknowledgedCount} records acknowledged, up again in ${Math.round(broker.startMs)} ms\n`,
  );
}
const before = history.acknowledgedCount;
await waitUntil("records are acknowledged after the last start", () => load.failure !== undefined || history.acknowledgedCount > before, {
  everyMs: 5,
});
await load.stop();
const seconds = Math.round((performance.now() - startedAt) / 1_000);

const { logs, committed } = await readBack(broker.bootstrap);
const anomalies = findAnomalies(history, logs, committed);
if (load.failure !== undefined) anomalies.unshift(`a client gave up: ${load.failure.stack ?? load.failure.message}`);
const records = logs.reduce((sum, log) => sum + log.size, 0);
startTimes.sort((a, b) => a - b);
process.stdout.write(
  `${cycles} kills in ${seconds} s: ${history.acknowledgedCount} records acknowledged, ${records} in the log, ${history.seen.reduce((sum, seen) => sum + seen.size, 0)} read on the way; ` +
    `start after a kill ${Math.round(startTimes[startTimes.length >> 1] ?? 0)} ms in the middle, ${Math.round(startTimes.at(-1) ?? 0)} ms at most.\n`,
);
const stopped = await broker.stop().then(() => broker.outputTail());
if (anomalies.length > 0) {
  process.stderr.write(
    `${anomalies.length} anomalies (seed ${values.seed}, data kept in ${dataDir}):\n${anomalies.slice(0, 50).join("\n")}\n${stopped.slice(-2_000)}\n`,
  );
  process.exit(1);
}
removeTemporaryFolder(dataDir);
process.stdout.write("Every acknowledged record is there once and in order; no offset was used again; committed offsets were kept.\n");
