/**
 * Many applications in one process, each with one small topology (a count by key, exactly once or not) of one partition, on one broker of ours in a process of its own: until all run, what they hold in memory, and what
 * they use of the processor while nothing comes, each application and the broker told apart.
 *
 *   npm run bench -- streams-many [--apps 100] [--idle-seconds 30] [--guarantee atLeastOnce] [--report]
 */
import { parseArgs } from "node:util";
import { createClient } from "@ottla/client";
import { serdes, streams, StreamsBuilder, type StreamsApplication } from "@ottla/streams";
import { startOttla } from "../../conformance/src/ottla/broker.ts";
import { readProcessUsage } from "../../conformance/src/process/process-usage.ts";
import { waitUntil } from "../../conformance/src/process/wait-until.ts";
import { writeReportSection } from "./measure/report.ts";

const MIB = 1024 * 1024;
const { values } = parseArgs({
  options: {
    apps: { type: "string", default: "100" },
    "idle-seconds": { type: "string", default: "30" },
    guarantee: { type: "string", default: "atLeastOnce" },
    report: { type: "boolean", default: false },
  },
});
const count = Number(values.apps);
const idleSeconds = Number(values["idle-seconds"]);
const guarantee = values.guarantee;
if (!(count > 0) || !(idleSeconds > 0) || (guarantee !== "atLeastOnce" && guarantee !== "exactlyOnce")) {
  process.stderr.write("Give applications and idle seconds above 0, and atLeastOnce or exactlyOnce.\n");
  process.exit(2);
}

const broker = await startOttla({ isInMemory: true });
const rows: (readonly [string, string])[] = [];
const tell = (what: string, figure: string): void => {
  rows.push([what, figure]);
  console.log(`${what.padEnd(60)} ${figure}`);
};
try {
  await using client = createClient({ bootstrapServers: broker.bootstrap });
  const numbers = Array.from({ length: count }, (_, number) => number);
  const made = await client
    .admin()
    .createTopics(numbers.flatMap((number) => [`in-${number}`, `out-${number}`]).map((name) => ({ name, partitionCount: 1 })));
  for (const { error } of made) if (error !== undefined) throw error;
  const before = await rest();
  const applications = numbers.map(application);
  const beganMs = performance.now();
  await Promise.all(applications.map((each) => each.start()));
  tell(`until all ${count} run, s`, ((performance.now() - beganMs) / 1000).toFixed(2));
  const started = usage();
  tell("  CPU of the applications until then, s", (started.apps.cpuSeconds - before.apps.cpuSeconds).toFixed(2));
  tell("  CPU of the broker until then, s", (started.broker.cpuSeconds - before.broker.cpuSeconds).toFixed(2));

  const producer = client.producer();
  for (const number of numbers) void producer.enqueue({ topic: `in-${number}`, key: "k", value: "v" });
  await producer.flush();
  await waitUntil("every application has counted", async () => {
    const ends = await client
      .admin()
      .listOffsets(numbers.map((number) => ({ topic: `out-${number}`, partition: 0, spec: "latest" as const })));
    return ends.every(({ value }) => (value?.offset ?? 0) > 0);
  });
  const idle = await rest();
  const held = (idle.apps.residentBytes - before.apps.residentBytes) / MIB;
  tell(`memory of ${count} running ones, MiB (of one, KiB)`, `${held.toFixed(0)} (${((held * 1024) / count).toFixed(0)})`);
  await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1_000));
  const after = usage();
  const appsIdle = after.apps.cpuSeconds - idle.apps.cpuSeconds;
  tell(
    `CPU of the applications in ${idleSeconds} s without records, s (of a core)`,
    `${appsIdle.toFixed(2)} (${((100 * appsIdle) / idleSeconds).toFixed(1)} %)`,
  );
  const brokerIdle = after.broker.cpuSeconds - idle.broker.cpuSeconds;
  tell(
    `CPU of the broker in the same time, s (of a core)`,
    `${brokerIdle.toFixed(2)} (${((100 * brokerIdle) / idleSeconds).toFixed(1)} %)`,
  );
  const closingMs = performance.now();
  await Promise.all(applications.map((each) => each.close()));
  tell("until all are closed, s", ((performance.now() - closingMs) / 1000).toFixed(2));
} finally {
  await broker.stop();
}

if (values.report) {
  writeReportSection({
    id: "streams-many",
    title: `${count} applications in one process`,
    command: `npm run bench -- streams-many --guarantee ${guarantee}`,
    body: ["| measure | figure |", "| --- | --- |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n"),
  });
}

function application(number: number): StreamsApplication {
  const b = new StreamsBuilder();
  b.stream(`in-${number}`, { key: serdes.string, value: serdes.string })
    .groupByKey({ key: serdes.string, value: serdes.string })
    .count({ store: `counts-${number}` })
    .toStream()
    .to(`out-${number}`);
  const options = { applicationId: `app-${number}`, bootstrapServers: broker.bootstrap, commitIntervalMs: 1_000, cacheMaxBytes: 0 };
  return streams(b.build(), { ...options, guarantee: guarantee as "atLeastOnce" | "exactlyOnce" });
}

function usage() {
  return { apps: readProcessUsage(process.pid), broker: readProcessUsage(...broker.pids) };
}

/** What is used when all garbage is gone and what was due has been done. */
async function rest() {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  (globalThis as { gc?: () => void }).gc?.();
  return usage();
}
