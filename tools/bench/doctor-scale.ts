/**
 * What a look of `ottla doctor` costs on a large cluster: time, requests, memory of the doctor's process.
 *
 *   npm run bench:doctor [-- --partitions 10000 --groups 500] [-- --turns]
 *
 * With --turns the looks are taken in this process instead, as an agents' server takes them, and the longest turn of its loop is told, in time of its thread's CPU.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { systemClock } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import { registryReader, takeSnapshot } from "@ottla/expert/collect";
import { type ClusterObservation, examineInSlices, observeInSlices } from "@ottla/expert/doctor";
import { LongestHold } from "./streams-sizes/longest-hold.ts";

const { values } = parseArgs({
  options: {
    partitions: { type: "string", default: "10000" },
    groups: { type: "string", default: "500" },
    turns: { type: "boolean", default: false },
  },
});
const [partitions, groups] = [Number(values.partitions), Number(values.groups)];
const TOPIC_PARTITIONS = 100;
const topics = Array.from({ length: Math.ceil(partitions / TOPIC_PARTITIONS) }, (_, i) => `topic-${i}`);

const ottla = ["packages/cli/bin/ottla.js"];
const dev = spawn(process.execPath, [...ottla, "dev", "--port", "0", "--memory", "--json", "--only", "broker"], {
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = (await once(createInterface({ input: dev.stdout }), "line")) as [string];
  const { bootstrap } = JSON.parse(line) as { bootstrap: string };
  const client = createClient({ bootstrapServers: bootstrap });
  const admin = client.admin();
  for (let i = 0; i < topics.length; i += 10)
    await admin.createTopics(topics.slice(i, i + 10).map((name) => ({ name, partitionCount: TOPIC_PARTITIONS })));
  for (let i = 0; i < groups; i++) {
    const topic = topics[i % topics.length]!;
    await admin.alterGroupOffsets(
      `group-${i}`,
      Array.from({ length: 20 }, (_, partition) => ({ topic, partition, offset: 0 })),
    );
  }
  if (values.turns) await lookHere(client);
  await client.close();
  for (let run = 1; run <= 3 && !values.turns; run++) {
    const began = performance.now();
    // Node reports what its process used at most when it ends.
    const report = `process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))`;
    const doctor = spawn(process.execPath, [
      "--import",
      `data:text/javascript,${encodeURIComponent(report)}`,
      ...ottla,
      "doctor",
      "-b",
      bootstrap,
      "--json",
    ]);
    let [stdout, stderr] = ["", ""];
    doctor.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    doctor.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(doctor, "close")) as [number];
    const { verdict, cluster, cost } = JSON.parse(stdout) as {
      verdict: string;
      cluster: unknown;
      cost: { tookMs: number; requests: number };
    };
    process.stdout.write(
      `run ${run}: ${((performance.now() - began) / 1000).toFixed(1)} s in all, the look ${cost.tookMs} ms and ${cost.requests} requests, ` +
        `at most ${Math.round(Number(stderr.trim()) / 1024)} MiB; status ${status}, ${verdict}, ${JSON.stringify(cluster)}\n`,
    );
  }
} finally {
  dev.kill();
}

async function lookHere(client: Client): Promise<void> {
  const { signal } = new AbortController();
  let observation: ClusterObservation | undefined;
  for (let run = 1; run <= 3; run++) {
    using hold = new LongestHold();
    const began = performance.now();
    const before = observation?.snapshot;
    const snapshot = await takeSnapshot(client.admin(), {
      clock: systemClock,
      signal,
      registry: registryReader(client, systemClock),
      before,
    });
    observation = await observeInSlices(observation, snapshot, systemClock);
    const { findings } = await examineInSlices(observation, systemClock, { profile: "prod" });
    const tookMs = Math.round(performance.now() - began);
    process.stdout.write(
      `run ${run}: ${tookMs} ms, ${snapshot.cost.requests} requests, ${findings.length} findings; longest turn ${hold.take()} ms of CPU\n`,
    );
  }
}
