// What topics have at the end of a day, and whether tables and sinks agree with them.
import assert from "node:assert/strict";
import type { Client } from "@ottla/client";
import { waitUntil } from "../../process/wait-until.ts";
import type { DatabaseWriter, WrittenTable } from "./writers.ts";

interface Row {
  readonly id: number;
  readonly n: number;
  readonly note: string | null;
}

/** A record of a topic of changes; `value` is the payload, null for a tombstone. */
export interface ChangeRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: Row["id"];
  readonly value: { readonly op: string; readonly before: Row | null; readonly after: Row | null } | null;
}

const rowText = ({ n, note }: Row): string => `${n} ${String(note)}`;

/** What is committed in topics, read on from where it was read before. */
export class ReadTopics {
  readonly records = new Map<string, ChangeRecord[]>();
  readonly #consumer: ReturnType<Client["consumer"]>;

  constructor(client: Client, topics: readonly string[], partitions: number) {
    this.#consumer = client.consumer({ autoOffsetReset: "earliest", enableAutoCommit: false, isolationLevel: "read_committed" });
    this.#consumer.assign(topics.flatMap((topic) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition }))));
    for (const topic of topics) this.records.set(topic, []);
  }

  async poll(): Promise<void> {
    const parse = <T>(bytes: Uint8Array | null): T =>
      (bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString()) as { payload: T }).payload) as T;
    for (const batch of await this.#consumer.poll(200))
      for (const { topic, partition, offset, key, value } of batch)
        this.records.get(topic)!.push({
          partition,
          offset: Number(offset),
          key: parse<{ id: number }>(key).id,
          value: parse<ChangeRecord["value"]>(value),
        });
  }

  async close(): Promise<void> {
    await this.#consumer.close();
  }
}

/** Rows that a topic's records leave, by id. */
export function replayed(records: readonly ChangeRecord[]): Map<string, string> {
  const rows = new Map<string, string>();
  for (const { key, value } of records)
    if (value?.after != null) rows.set(String(key), rowText(value.after));
    else rows.delete(String(key));
  return rows;
}

/** Numbers of the changes that a topic has, in its order. */
export const numbersOf = (records: readonly ChangeRecord[]): number[] =>
  records.flatMap(({ value }) => (value?.after == null ? [] : [value.after.n]));

/** Every change that was committed is in the topic, none twice, each behind the one that it follows, and replaying gives the table. */
export async function checkTopic(
  { name, topic }: WrittenTable,
  writer: DatabaseWriter,
  read: ReadTopics,
): Promise<readonly ChangeRecord[]> {
  const records = read.records.get(topic)!;
  const committed = writer.committed.get(name)!;
  const last = Math.max(...committed);
  await waitUntil(`${topic} has change ${last}`, async () => (await read.poll(), numbersOf(records).includes(last)), {
    timeoutMs: 240_000,
    everyMs: 1,
  });
  const numbers = numbersOf(records);
  const seen = new Set<number>();
  const twice = numbers.filter((n) => seen.has(n) || !seen.add(n));
  assert.deepEqual(twice, [], `${topic}: changes that came twice`);
  assert.deepEqual(
    [...committed].filter((n) => !seen.has(n)),
    [],
    `${topic}: changes that are missing`,
  );
  const lastOf = new Map<number, number>();
  for (const { partition, value } of records) {
    // Rows of the snapshot come in the order of their keys.
    if (value?.after == null || value.op === "r") continue;
    assert.ok(value.after.n > (lastOf.get(partition) ?? 0), `${topic}: change ${value.after.n} came behind ${lastOf.get(partition)}`);
    lastOf.set(partition, value.after.n);
  }
  assert.deepEqual(sorted(replayed(records)), sorted(await writer.rowsOf(name)), `${topic}: replaying it gives another table`);
  return records;
}

export const sorted = (rows: ReadonlyMap<string, string>): [string, string][] => [...rows].sort(([a], [b]) => Number(a) - Number(b));
