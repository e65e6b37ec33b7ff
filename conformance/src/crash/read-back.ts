import { type Client, createClient } from "@ottla/client";
import type { SeenRecord } from "../history/history.ts";
import type { HistoryRecorder } from "../history/recorder.ts";
import { crashGroup, crashPartitions, crashTopic, partitionName, plainValue } from "./load.ts";

const partitions = Array.from({ length: crashPartitions }, (_, partition) => ({ topic: crashTopic, partition }));

async function readPartitions(client: Client, history: HistoryRecorder): Promise<void> {
  const logs = partitions.map((): SeenRecord[] => []);
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
      for (const { partition, offset, value } of batch) logs[partition]?.push({ offset, value: plainValue(value) });
    }
  }
  await consumer.close();
  for (const [partition, records] of logs.entries())
    history.finals.push({ partition: partitionName(partition), logStartOffset: 0, uncommitted: records, committed: records });
}

async function readCommitted(client: Client, history: HistoryRecorder): Promise<void> {
  const consumer = client.consumer({ groupId: crashGroup, enableAutoCommit: false });
  const begun = history.tick();
  for (const { partition, committed } of await consumer.committed(partitions))
    history.fetchOffset({ group: crashGroup, partition: partitionName(partition), offset: committed?.offset, begun });
  await consumer.close();
}

/** Reads the whole topic and the group's committed offsets with a client of its own. */
export async function readBack(bootstrap: string, history: HistoryRecorder): Promise<void> {
  const client = createClient({ bootstrapServers: bootstrap, clientId: "crash-check" });
  try {
    await readPartitions(client, history);
    await readCommitted(client, history);
  } finally {
    await client.close();
  }
}
