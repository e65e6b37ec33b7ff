import { ClientError, type Consumer, type ConsumerRecord, type TopicPartition } from "@ottla/client";

const POLL_MS = 500;

/**
 * The records of assigned partitions that are there now, as they come; ends at their ends as of the call, or when the signal comes. Positions must be known: by a
 * seek, or by committed offsets and a reset.
 */
export async function* readToEnd(
  consumer: Consumer,
  partitions: readonly TopicPartition[],
  signal: AbortSignal,
): AsyncGenerator<readonly ConsumerRecord[], void, undefined> {
  const ends = new Map(
    (await consumer.endOffsets(partitions, { signal })).map(({ topic, partition, offset }) => [`${topic} ${partition}`, offset]),
  );
  const endOf = ({ topic, partition }: TopicPartition) => ends.get(`${topic} ${partition}`) ?? 0;
  for (let open = [...partitions]; ; ) {
    const positions = await Promise.all(open.map((each) => consumer.position(each, { signal })));
    open = open.filter((each, i) => positions[i]! < endOf(each));
    if (open.length === 0 || signal.aborted) return;
    for (const batch of await poll(consumer, signal)) {
      const records = [...batch].filter((record) => record.offset < endOf(record));
      if (records.length > 0) yield records;
    }
  }
}

async function poll(consumer: Consumer, signal: AbortSignal): ReturnType<Consumer["poll"]> {
  try {
    return await consumer.poll(POLL_MS, { signal });
  } catch (error) {
    if (error instanceof ClientError && error.code === "ABORTED" && signal.aborted) return [];
    throw error;
  }
}
