import type { FinalPartition, Isolation, SeenRecord } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import type { Client } from "./actors/client.ts";
import { EARLIEST, listOffset } from "./actors/fetch-position.ts";
import { FetchSession } from "./actors/fetch-session.ts";
import { fetchedRecords } from "./actors/fetched-records.ts";
import type { SimulatedTopic } from "./world/simulated-topic.ts";

const LIMITS = { maxWaitMs: 0, minBytes: 0, maxBytes: 1 << 22, partitionMaxBytes: 1 << 20 };

/** Reads every partition whole, both ways. */
export async function readEverything(client: Client): Promise<void> {
  for (const topic of client.world.topics.filter(({ isDoomed }) => !isDoomed)) {
    for (let partition = 0; partition < topic.partitionCount; partition++)
      client.world.history.finals.push(await readPartition(client, topic, partition));
  }
}

async function readPartition(client: Client, topic: SimulatedTopic, partition: number): Promise<FinalPartition> {
  let start: number | undefined;
  while (start === undefined) {
    start = await listOffset(client, topic, partition, { timestamp: EARLIEST });
    if (start === undefined) await client.pause(20);
  }
  const uncommitted = await readAll(client, { topic, partition, from: start }, "read_uncommitted");
  const committed = await readAll(client, { topic, partition, from: start }, "read_committed");
  return {
    partition: topic.label(partition),
    logStartOffset: start,
    uncommitted: uncommitted.records,
    committed: committed.records,
    end: uncommitted.end,
    lastStableOffset: committed.end,
  };
}

async function readAll(
  client: Client,
  { topic, partition, from }: { readonly topic: SimulatedTopic; readonly partition: number; readonly from: number },
  isolation: Isolation,
): Promise<{ readonly records: SeenRecord[]; readonly end: number }> {
  const records: SeenRecord[] = [];
  let offset = from;
  for (;;) {
    const leader = await client.leaderOf(topic, partition);
    const session = leader === undefined ? undefined : new FetchSession(client, leader, isolation, false);
    const data = (await session?.fetch([{ topic, partition, offset }], LIMITS))?.[0]?.data;
    if (data?.errorCode !== ErrorCode.NONE) {
      client.note("cannot read", topic.label(partition), offset, `code ${data?.errorCode}`);
      client.forgetLeaders();
      await client.pause(20);
      continue;
    }
    const fetched = fetchedRecords(data, offset, isolation);
    records.push(...fetched.records);
    if (fetched.next === offset) {
      const end = isolation === "read_committed" ? data.lastStableOffset : data.highWatermark;
      if (offset < end) client.world.fault(`${topic.label(partition)} ends at ${end}, and a fetch from ${offset} gives nothing`);
      return { records, end };
    }
    offset = fetched.next;
  }
}
