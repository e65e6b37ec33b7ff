import type { Client, ConsumerRecord, TopicPartition } from "@ottla/client";

const POLL_MS = 500;

/** Shows every record from `from` (default: the first) up to the end as it is now, partition by partition in order. */
export async function readToEnd(
  client: Client,
  partitions: readonly TopicPartition[],
  visit: (record: ConsumerRecord) => void | Promise<void>,
  from?: (partition: TopicPartition, start: number, end: number) => number,
): Promise<void> {
  const consumer = client.consumer({ autoOffsetReset: "earliest" });
  try {
    const [starts, ends] = await Promise.all([consumer.beginningOffsets(partitions), consumer.endOffsets(partitions)]);
    const open = new Map<number, number>();
    consumer.assign(partitions);
    partitions.forEach((partition, i) => {
      const start = starts[i]!.offset;
      const end = ends[i]!.offset;
      const position = Math.max(start, from?.(partition, start, end) ?? start);
      if (position < end) open.set(partition.partition, end);
      consumer.seek(partition, position);
    });
    while (open.size > 0) {
      for (const batch of await consumer.poll(POLL_MS)) {
        const end = open.get(batch.partition);
        if (end === undefined) continue;
        for (const record of batch) if (record.offset < end) await visit(record);
      }
      // Positions pass the markers of transactions, of which no batch tells.
      for (const [partition, end] of open) {
        const place = partitions.find((each) => each.partition === partition)!;
        if ((await consumer.position(place)) >= end) open.delete(partition);
      }
    }
  } finally {
    await consumer.close();
  }
}
