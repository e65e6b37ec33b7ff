import { createClient } from "@ottla/client";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";
import { LongestHold } from "./longest-hold.ts";
import type { SizesOptions } from "./sizes-part.ts";

const BRANCHES = 100;
const STEPS = 10;
const RECORDS = 20_000;
const texts = { key: serdes.string, value: serdes.string } as const;

/** A topology of a thousand nodes: a hundred branches of ten steps, of which each record goes through one to its end. */
export async function manyNodes({ bootstrap, tell }: SizesOptions): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap });
  await client.admin().createTopics(["in", "out"].map((name) => ({ name, partitionCount: 1 })));
  const builtMs = performance.now();
  const b = new StreamsBuilder();
  const read = b.stream("in", texts);
  for (let branch = 0; branch < BRANCHES; branch++) {
    let stream = read.filter((_value, key) => Number(key) % BRANCHES === branch);
    for (let step = 1; step < STEPS - 1; step++) stream = stream.mapValues((value) => value, { value: serdes.string });
    stream.to("out", texts);
  }
  const topology = b.build();
  tell(`a topology of ${BRANCHES * STEPS + 1} nodes: until it is built, ms`, (performance.now() - builtMs).toFixed(0));
  await client.producer().send(Array.from({ length: RECORDS }, (_, i) => ({ topic: "in", key: String(i), value: "v" })));
  using hold = new LongestHold();
  await using app = streams(topology, { applicationId: "many-nodes", bootstrapServers: bootstrap, commitIntervalMs: 1_000 });
  const before = process.cpuUsage();
  const beganMs = performance.now();
  await app.start();
  tell("  until it runs, ms", (performance.now() - beganMs).toFixed(0));
  await waitUntil(
    "all are written",
    async () => {
      const [end] = await client.admin().listOffsets([{ topic: "out", partition: 0, spec: "latest" }]);
      return (end?.value?.offset ?? 0) >= RECORDS;
    },
    { timeoutMs: 300_000, everyMs: 50 },
  );
  const { user, system } = process.cpuUsage(before);
  tell(`  ${RECORDS} records through ${BRANCHES} filters each: CPU of all of it, s`, ((user + system) / 1e6).toFixed(2));
  tell("  longest hold of the loop, ms of CPU", hold.take());
}
