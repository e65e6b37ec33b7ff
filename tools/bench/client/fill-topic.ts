import { createClient } from "@ottla/client";
import { readPayloads } from "./payloads.ts";
import type { Compression } from "./task.ts";

/** Partitions of every topic. */
const PARTITIONS = 4;
const KEYS = 10_000;

/** A topic without records. */
export async function makeTopic(bootstrap: string, topic: string): Promise<void> {
  const client = createClient({ bootstrapServers: bootstrap });
  await client.admin().createTopics([{ name: topic, partitionCount: PARTITIONS, replicationFactor: 1 }]);
  await client.close();
}

/** A topic of `records` payloads in batches of at most 64 KiB, with ten thousand keys or none. */
export async function fillTopic(
  bootstrap: string,
  topic: string,
  content: {
    readonly payloadFile: string;
    readonly payloadBytes: number;
    readonly records: number;
    readonly compression?: Compression;
    readonly hasKeys?: boolean;
  },
): Promise<void> {
  await makeTopic(bootstrap, topic);
  const payloads = readPayloads(content.payloadFile, content.payloadBytes);
  const client = createClient({ bootstrapServers: bootstrap });
  const producer = client.producer({ lingerMs: 5, batchSizeBytes: 65_536, compression: content.compression ?? "none" });
  for (let i = 0; i < content.records; i++) {
    const key = content.hasKeys ? `key-${(i * 7919) % KEYS}` : null;
    const wait = producer.enqueue({ topic, key, value: payloads[i % payloads.length] });
    if (wait !== undefined) await wait;
  }
  await producer.flush();
  await client.close();
}
