import { createClient } from "@ottla/client";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { readProcessUsage } from "../../../conformance/src/process/process-usage.ts";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";
import { LongestHold } from "./longest-hold.ts";
import type { SizesOptions } from "./sizes-part.ts";
import { writeAll } from "./write-all.ts";

const TOPICS = 1_000;
const PARTITIONS = 10;
const RECORDS = 100_000;
const MIB = 1024 * 1024;
const texts = { key: serdes.string, value: serdes.string } as const;

/** What is loaded at the first use is there then: of sources, whose types are taken away first, that holds the loop for some 50 ms. */
async function runOnce(bootstrap: string): Promise<void> {
  const b = new StreamsBuilder();
  b.stream("in-0", texts).to("out", texts);
  await using app = streams(b.build(), { applicationId: "one-topic", bootstrapServers: bootstrap });
  await app.start();
}

/** One stream of a thousand topics: ten tasks of a thousand partitions each, of which most have nothing. */
export async function manyTopics({ bootstrap, tell }: SizesOptions): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap });
  const names = Array.from({ length: TOPICS }, (_, i) => `in-${i}`);
  const made = await client.admin().createTopics(names.map((name) => ({ name, partitionCount: PARTITIONS })));
  for (const { error } of made) if (error !== undefined) throw error;
  const b = new StreamsBuilder();
  b.stream(names, texts).to("out", texts);
  await runOnce(bootstrap);
  const residentBefore = readProcessUsage(process.pid).residentBytes;
  using hold = new LongestHold();
  await using app = streams(b.build(), { applicationId: "many-topics", bootstrapServers: bootstrap, commitIntervalMs: 1_000 });
  const beganMs = performance.now();
  await app.start();
  tell(`${TOPICS} topics, ${TOPICS * PARTITIONS} partitions read: until all run, s`, ((performance.now() - beganMs) / 1_000).toFixed(2));
  tell("  longest hold of the loop until then, ms of CPU", hold.take());
  await writeAll(client, RECORDS, (i) => ({
    topic: names[i % TOPICS]!,
    partition: Math.floor(i / TOPICS) % PARTITIONS,
    key: String(i),
    value: "v",
  }));
  // What writing them held is no application's.
  hold.take();
  const before = process.cpuUsage();
  const flowMs = performance.now();
  await waitUntil(
    "all are written",
    async () => {
      const ends = await client
        .admin()
        .listOffsets(Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: "out", partition, spec: "latest" as const })));
      return ends.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0) >= RECORDS;
    },
    { timeoutMs: 300_000, everyMs: 50 },
  );
  const { user, system } = process.cpuUsage(before);
  tell(`  ${RECORDS} records of all of them, from when they are there: s`, ((performance.now() - flowMs) / 1_000).toFixed(2));
  tell("  CPU of the application meanwhile, s", ((user + system) / 1e6).toFixed(2));
  tell("  longest hold of the loop, ms of CPU", hold.take());
  tell("  memory more than before, MiB", ((readProcessUsage(process.pid).residentBytes - residentBefore) / MIB).toFixed(0));
}
