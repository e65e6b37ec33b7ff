import type { Client } from "@ottla/client";
import { generateInputs } from "../streams-driver/inputs.ts";

/** Of every topic. */
export const PARTITIONS = 4;
const STEP_MS = 10;
/** The inputs are made once and written again and again, each time later: making them costs more than writing. */
const ROUND = 100_000;

/** `left`, `right` and `out`, all of them empty. */
export async function makeInputTopics(client: Client): Promise<void> {
  const topic = (name: string) => ({ name, partitionCount: PARTITIONS, replicationFactor: 1, configs: { "retention.ms": "-1" } });
  await client.admin().createTopics([topic("left"), topic("right"), topic("out")]);
}

/** `left` and `right` with so many records in all (`generateInputs`), and `out`, which stays empty. Times end now. */
export async function fillInputs(client: Client, records: number): Promise<void> {
  await makeInputTopics(client);
  const inputs = [...generateInputs(Math.min(records, ROUND), 1)];
  const startMs = Date.now() - records * STEP_MS;
  const producer = client.producer({ lingerMs: 5, batchSizeBytes: 65_536 });
  for (let i = 0; i < records; i++) {
    const { isLeft, key, value, timestamp } = inputs[i % inputs.length]!;
    const roundMs = (i - (i % inputs.length)) * STEP_MS;
    const room = producer.enqueue({ topic: isLeft ? "left" : "right", key, value, timestamp: startMs + roundMs + timestamp });
    if (room !== undefined) await room;
  }
  await producer.close();
}

/** How many records the topics have. */
export async function countRecords(client: Client, topics: readonly string[]): Promise<number> {
  const places = topics.flatMap((topic) => Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition })));
  const ends = await client.admin().listOffsets(places.map((place) => ({ ...place, spec: "latest" as const })));
  return ends.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0);
}

/** What the group has committed of all it reads, added up. */
export async function committedRecords(client: Client, groupId: string): Promise<number> {
  const offsets = await client.admin().listGroupOffsets(groupId);
  return offsets.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0);
}
