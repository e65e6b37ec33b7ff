import type { Client } from "@ottla/client";
import type { Domain } from "@ottla/expert/design";
import { type ProofRecord, recordIn } from "./load.ts";

const POLL_MS = 500;
/** Nothing comes for so many polls although something is missing: then it is not there. */
const EMPTY_POLLS_MAX = 20;

/** An event as it stands in the cluster: its records by partition, in their order. */
export type AuditedEvent = ReadonlyMap<number, readonly ProofRecord[]>;

/** Reads every event from the beginning, committed records only. */
export async function auditEvents(client: Client, { events }: Domain, signal: AbortSignal): Promise<ReadonlyMap<string, AuditedEvent>> {
  const described = await client.admin().describeTopics(events.map(({ name }) => name));
  const partitions = described.flatMap(({ name, value, error }) => {
    if (error) throw error;
    return value.partitions.map(({ partition }) => ({ topic: name, partition }));
  });
  const consumer = client.consumer({ autoOffsetReset: "earliest", isolationLevel: "read_committed" });
  consumer.assign(partitions);
  const ends = await consumer.endOffsets(partitions);
  const left = new Map(ends.filter(({ offset }) => offset > 0).map(({ topic, partition, offset }) => [`${topic}\n${partition}`, offset]));
  const found = new Map(events.map(({ name }) => [name, new Map<number, ProofRecord[]>()]));
  for (let empty = 0; left.size > 0 && empty < EMPTY_POLLS_MAX; ) {
    const batches = await consumer.poll(POLL_MS, { signal });
    empty = batches.length === 0 ? empty + 1 : 0;
    for (const batch of batches) {
      const of = found.get(batch.topic)!;
      const records = of.get(batch.partition) ?? [];
      of.set(batch.partition, records);
      for (const { value } of batch) records.push(recordIn(value));
    }
    for (const { topic, partition } of partitions) {
      const end = left.get(`${topic}\n${partition}`);
      if (end !== undefined && (await consumer.position({ topic, partition })) >= end) left.delete(`${topic}\n${partition}`);
    }
  }
  await consumer.close();
  return found;
}

/** What each group has left to read, in records. */
export async function lagOf(client: Client, group: string, topics: readonly string[]): Promise<number> {
  const committed = await client.admin().listGroupOffsets(group);
  const described = await client.admin().describeTopics(topics);
  const partitions = described.flatMap(({ name, value }) => (value?.partitions ?? []).map(({ partition }) => ({ topic: name, partition })));
  const consumer = client.consumer({ isolationLevel: "read_committed" });
  const ends = await consumer.endOffsets(partitions);
  const starts = await consumer.beginningOffsets(partitions);
  await consumer.close();
  return ends.reduce((lag, { topic, partition, offset }, i) => {
    const at = committed.find((each) => each.topic === topic && each.partition === partition)?.value?.offset ?? starts[i]!.offset;
    return lag + Math.max(0, offset - at);
  }, 0);
}
