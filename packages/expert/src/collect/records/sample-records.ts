import { type Clock, TimeSlice } from "@ottla/base";
import type { Client } from "@ottla/client";
import { partitionName } from "../../lag/group-sample.ts";
import type { SampledTopic } from "../../snapshot/sampled-topic.ts";
import { RecordLooks } from "./record-looks.ts";

/** Newest records of a partition that are looked at. */
const RECORDS_PER_TOPIC = 100;
const BYTES_MAX = 32 * 1024 * 1024;
const POLL_MS = 200;

/** A partition to sample, and where it begins and ends. */
export interface SampledPlace {
  readonly topic: string;
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

/** Looks at some records of each of the partitions. */
export type SampleRecords = (places: readonly SampledPlace[], timeoutMs: number, signal: AbortSignal) => Promise<readonly SampledTopic[]>;

/** Looks at the newest records of partitions, without a group and without a trace in the cluster. A partition of which nothing came in time is not among them. Errors: those of the client. */
export function recordSampler(client: Client, clock: Clock): SampleRecords {
  return async (places, timeoutMs, signal) => {
    if (places.length === 0) return [];
    const deadlineMs = clock.monotonicMs() + timeoutMs * 0.9;
    const slice = new TimeSlice(clock);
    const open = new Map(places.map((place) => [partitionName(place), { ...place, looks: new RecordLooks(clock.nowMs()) }]));
    const all = [...open.values()];
    const consumer = client.consumer({ enableAutoCommit: false, autoOffsetReset: "earliest", maxPartitionFetchBytes: 1024 * 1024 });
    let bytes = 0;
    try {
      consumer.assign(places.map(({ topic, partition }) => ({ topic, partition })));
      for (const { topic, partition, start, end } of places) consumer.seek({ topic, partition }, Math.max(start, end - RECORDS_PER_TOPIC));
      while (open.size > 0 && bytes < BYTES_MAX && clock.monotonicMs() < deadlineMs) {
        signal.throwIfAborted();
        for (const batch of await consumer.poll(POLL_MS, { signal })) {
          const place = open.get(partitionName(batch));
          if (place === undefined) continue;
          place.looks.takeCodec(batch.codec);
          for (const { offset, key, value } of batch) {
            if (offset >= place.end) break;
            bytes += (key?.length ?? 0) + (value?.length ?? 0);
            place.looks.take(key, value);
            if (slice.isOver) await slice.rest();
          }
        }
        for (const [name, { topic, partition, end }] of open)
          if ((await consumer.position({ topic, partition }, { signal })) >= end) {
            open.delete(name);
            consumer.pause([{ topic, partition }]);
          }
      }
      return all.flatMap(({ topic, partition, looks }) => looks.sampled(topic, partition) ?? []);
    } finally {
      await consumer.close({ timeoutMs: 1000 });
    }
  };
}
