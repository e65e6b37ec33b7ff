import { type Client, type ClientOptions, type Consumer, type ConsumerRecord, createClient } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import type { Target } from "../target.ts";

/** Gives the cluster a suite of cases talks to; called when the cases run. */
export type TargetSource = () => Target;

/** Cases mostly wait, each on topics and groups of its own. */
export const CASES_AT_ONCE = 4;

const IMPATIENT: Partial<ClientOptions> = { requestTimeoutMs: 20_000, apiTimeoutMs: 20_000 };

/** Runs a case with a client of its own and closes it whatever happens. */
export async function withClient<T>(
  target: TargetSource,
  run: (client: Client) => Promise<T>,
  options: Partial<ClientOptions> = {},
): Promise<T> {
  const client = createClient({ ...IMPATIENT, bootstrapServers: target().bootstrap, ...options });
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

/** A topic of its own for a case. */
export async function makeTopic(client: Client, partitionCount: number, configs: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = uniqueName("client");
  const admin = client.admin();
  const [created] = await admin.createTopics([{ name, partitionCount, configs }]);
  if (created?.error) throw created.error;
  // A creation is answered before the brokers have heard of it.
  const isKnown = async () => (await admin.describeTopics([name]))[0]?.value?.partitions.every(({ leader }) => leader !== undefined);
  await waitUntil(`topic ${name} is known`, isKnown, { everyMs: 5 });
  await admin.close();
  return name;
}

/** Reads until there are `count` records. Fails with what was read when `timeoutMs` (20,000) pass. */
export async function readRecords(consumer: Consumer, count: number, timeoutMs = 60_000): Promise<ConsumerRecord[]> {
  const records: ConsumerRecord[] = [];
  const deadline = performance.now() + timeoutMs;
  while (records.length < count) {
    if (performance.now() > deadline) throw new Error(`Read ${records.length} of ${count} records within ${timeoutMs} ms.`);
    for (const batch of await consumer.poll(200)) records.push(...batch);
  }
  return records;
}

/** All partitions of a topic. */
export function partitionsOf(topic: string, count: number): { readonly topic: string; readonly partition: number }[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

/** Polls, dropping what comes, until `holds`. Fails when `timeoutMs` (20,000) pass. */
export async function pollUntil(consumer: Consumer, what: string, holds: () => boolean, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Polled ${timeoutMs} ms in vain: ${what}.`);
    await consumer.poll(100);
  }
}
