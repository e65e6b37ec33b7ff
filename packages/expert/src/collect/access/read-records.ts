import type { Clock } from "@ottla/base";
import type { Client, TopicPartition } from "@ottla/client";
import type { RecordRequest, SampledRecord } from "../../mcp/cluster-access.ts";

/** How long is waited for the records; what came by then is the sample. */
const READ_WITHIN_MS = 10_000;
const POLL_MS = 500;

/** Some records of a topic, without a group and without a trace in the cluster. Fewer than asked for when there are no more, when their bytes are too many, or when time is over. */
export async function readRecords(
  client: Client,
  clock: Clock,
  { topic, partition, from, maxRecords, maxBytes }: RecordRequest,
  signal: AbortSignal,
): Promise<readonly SampledRecord[]> {
  const places = await placesOf(client, topic, partition, from, maxRecords, signal);
  const consumer = client.consumer({ enableAutoCommit: false, maxPollRecords: Math.min(maxRecords, 500), autoOffsetReset: "earliest" });
  const records: SampledRecord[] = [];
  let bytes = 0;
  const deadlineMs = clock.monotonicMs() + READ_WITHIN_MS;
  try {
    const open = new Map(places.filter(({ start, end }) => start < end).map((place) => [place.partition, place.end]));
    consumer.assign([...open.keys()].map((index) => ({ topic, partition: index })));
    for (const { partition: index, start } of places) if (open.has(index)) consumer.seek({ topic, partition: index }, start);
    while (open.size > 0 && records.length < maxRecords && clock.monotonicMs() < deadlineMs) {
      signal.throwIfAborted();
      for (const batch of await consumer.poll(POLL_MS, { signal })) {
        if (batch.nextOffset >= (open.get(batch.partition) ?? 0)) open.delete(batch.partition);
        for (const { partition: index, offset, timestamp, key, value, headers } of batch) {
          bytes += (key?.length ?? 0) + (value?.length ?? 0);
          if (records.length >= maxRecords || bytes > maxBytes) return records;
          records.push({ topic, partition: index, offset, timestampMs: timestamp, key, value, headers });
        }
      }
    }
    return records;
  } finally {
    await consumer.close({ timeoutMs: 1000 });
  }
}

interface Place {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** From where to where each partition is read: its end as it is now, so that a busy topic does not keep the reader. */
async function placesOf(
  client: Client,
  topic: string,
  only: number | undefined,
  from: RecordRequest["from"],
  maxRecords: number,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const admin = client.admin();
  const [described] = await admin.describeTopics([topic], { signal });
  if (described?.error) throw described.error;
  const partitions: TopicPartition[] = (described?.value.partitions ?? [])
    .filter(({ partition }) => only === undefined || partition === only)
    .map(({ partition }) => ({ topic, partition }));
  const [starts, ends] = await Promise.all([
    admin.listOffsets(
      partitions.map((place) => ({ ...place, spec: "earliest" as const })),
      { signal },
    ),
    admin.listOffsets(
      partitions.map((place) => ({ ...place, spec: "latest" as const })),
      { signal },
    ),
  ]);
  const each = Math.max(1, Math.ceil(maxRecords / Math.max(1, partitions.length)));
  return partitions.flatMap(({ partition }, i) => {
    const [first, end] = [starts[i]?.value?.offset, ends[i]?.value?.offset];
    if (first === undefined || end === undefined) return [];
    const start = from === "beginning" ? first : from === "end" ? Math.max(first, end - each) : Math.max(first, from);
    return [{ partition, start, end }];
  });
}
