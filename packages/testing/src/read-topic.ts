import type { Client, IsolationLevel, TopicPartition } from "@ottla/client";
import { type DecodeOptions, decodeRecord, type TopicRecord } from "./topic-record.ts";

/** How a topic is read. */
export interface ReadOptions extends DecodeOptions {
  /** Default `read_committed`: what aborted transactions left behind is not shown. */
  readonly isolationLevel?: IsolationLevel;
}

const POLL_MS = 100;

/** Every record that a topic has now, oldest first in each partition, partition after partition. Empty where there is no such topic. */
export async function readTopic(
  client: Client,
  topic: string,
  { isolationLevel = "read_committed", ...decode }: ReadOptions,
): Promise<TopicRecord[]> {
  const ends = await endsOf(client, topic, isolationLevel);
  if (ends.length === 0) return [];
  const consumer = client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest", isolationLevel, fetchMinBytes: 1 });
  try {
    consumer.assign(ends);
    const records: TopicRecord[] = [];
    const isRead = async (): Promise<boolean> => {
      for (const end of ends) if ((await consumer.position(end)) < end.offset) return false;
      return true;
    };
    while (!(await isRead())) {
      for (const batch of await consumer.poll(POLL_MS)) {
        for (const record of batch) if (record.offset < endOf(ends, record.partition)) records.push(decodeRecord(record, decode));
      }
    }
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  } finally {
    await consumer.close({ timeoutMs: 0 });
  }
}

type End = TopicPartition & { readonly offset: number };

/** Where each partition ends that has records; none where there is no such topic. */
async function endsOf(client: Client, topic: string, isolationLevel: IsolationLevel): Promise<readonly End[]> {
  const admin = client.admin();
  try {
    const [described] = await admin.describeTopics([topic]);
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") return [];
    if (described?.error) throw described.error;
    const partitions = described?.value?.partitions.map(({ partition }) => ({ topic, partition })) ?? [];
    const latest = await admin.listOffsets(
      partitions.map((each) => ({ ...each, spec: "latest" as const })),
      { isolationLevel },
    );
    return latest.flatMap(({ partition, error, value }) => {
      if (error) throw error;
      const offset = value.offset ?? 0;
      return offset > 0 ? [{ topic, partition, offset }] : [];
    });
  } finally {
    await admin.close();
  }
}

function endOf(ends: readonly End[], partition: number): number {
  return ends.find((end) => end.partition === partition)?.offset ?? 0;
}
