import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { createClient } from "@ottla/client";
import { startDev } from "./contestants.ts";
import type { RegistryBenchPart } from "./part.ts";

const RECORD_BYTES = 1_024;
const RECORDS = 100_000;
const TOPICS = [
  { name: "unguarded", configs: {}, label: "off" },
  { name: "guarded", configs: { "confluent.value.schema.validation": "true" }, label: "on" },
] as const;

/** What a producer sees of it: records of 1 KB with a registered id, by our client, to a topic whose records are looked at and to one whose are not, in turns. */
export const guardPart: RegistryBenchPart = async ({ rounds }, comparison) => {
  const dev = await startDev();
  const client = createClient({ bootstrapServers: dev.bootstrap });
  try {
    const ids: number[] = [];
    for (const { name } of TOPICS) {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${dev.url}/subjects/${name}-value/versions`, {
        method: "POST",
        headers,
        body: '{"schema":"\\"bytes\\""}',
      });
      ids.push(((await answer.json()) as { readonly id: number }).id);
    }
    await client.admin().createTopics(TOPICS.map(({ name, configs }) => ({ name, partitionCount: 6, configs })));
    const producer = client.producer({ lingerMs: 5 });
    const value = Buffer.alloc(RECORD_BYTES);
    value.writeInt32BE(ids[0] ?? 0, 1);
    for (let round = -1; round < rounds; round++) {
      for (const { name, label } of round % 2 === 0 ? TOPICS : TOPICS.toReversed()) {
        const before = readProcessUsage(dev.pid).cpuSeconds;
        const startedMs = performance.now();
        const sent: Promise<unknown>[] = [];
        for (let n = 0; n < RECORDS; n++) {
          sent.push(producer.send({ topic: name, key: null, value }));
          // A full buffer makes senders wait; so does this, and nothing piles up here.
          if (sent.length === 10_000) await Promise.all(sent.splice(0));
        }
        await Promise.all(sent);
        const seconds = (performance.now() - startedMs) / 1_000;
        const bytes = RECORDS * RECORD_BYTES;
        if (round < 0) continue;
        comparison.add(`produce, guard ${label}, MB/s`, "ottla", bytes / 1e6 / seconds);
        comparison.add(
          `produce, guard ${label}, broker's CPU seconds a GB`,
          "ottla",
          (readProcessUsage(dev.pid).cpuSeconds - before) / (bytes / 1e9),
        );
      }
    }
  } finally {
    await client.close();
    await dev.stop();
  }
};
