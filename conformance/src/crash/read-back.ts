import { type Client, createClient } from "@ottla/client";
import type { FinalLog } from "./history.ts";
import { crashGroup, crashPartitions, crashTopic, plainValue } from "./load.ts";

async function readPartitions(client: Client): Promise<FinalLog[]> {
  const partitions = Array.from({ length: crashPartitions }, (_, partition) => ({ topic: crashTopic, partition }));
  const logs = partitions.map(() => new Map<number, string>());
  const consumer = client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest", fetchMaxWaitMs: 100 });
  const ends = await consumer.endOffsets(partitions);
  consumer.assign(partitions);
  consumer.seekToBeginning(partitions);
  const isDone = async (): Promise<boolean> => {
    for (const end of ends) if ((await consumer.position(end)) < end.offset) return false;
    return true;
  };
  while (!(await isDone())) {
    for (const batch of await consumer.poll(1_000)) {
      for (const record of batch) logs[record.partition]?.set(record.offset, plainValue(record.value));
    }
  }
  await consumer.close();
  return logs;
}

async function readCommitted(client: Client): Promise<(number | undefined)[]> {
  const consumer = client.consumer({ groupId: crashGroup, enableAutoCommit: false });
  const partitions = Array.from({ length: crashPartitions }, (_, partition) => ({ topic: crashTopic, partition }));
  const answer = await consumer.committed(partitions);
  await consumer.close();
  return answer.map((each) => each.committed?.offset);
}

/** Reads the whole topic and the group's committed offsets with a client of its own. */
export async function readBack(bootstrap: string): Promise<{ readonly logs: FinalLog[]; readonly committed: (number | undefined)[] }> {
  const client = createClient({ bootstrapServers: bootstrap, clientId: "crash-check" });
  try {
    return { logs: await readPartitions(client), committed: await readCommitted(client) };
  } finally {
    await client.close();
  }
}
