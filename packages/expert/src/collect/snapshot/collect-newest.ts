import type { TimeSlice } from "@ottla/base";
import type { Admin, TopicDescription, TopicPartition } from "@ottla/client";
import { partitionName } from "../../lag/group-sample.ts";
import { isObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { NewestRecord, PartitionOffsets } from "../../snapshot/topic-snapshot.ts";
import type { CallPacer } from "./call-pacer.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** A broker goes over the segments of each partition that is asked for: a look asks for a few of each topic. */
const PARTITIONS_MAX = 200;

/** The newest records, by their own times, of a sample of partitions that have any: first one of each topic, then another of each, up to so many. */
export async function collectNewest(
  admin: Admin,
  pacer: CallPacer,
  topics: readonly TopicDescription[],
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  slice: TimeSlice,
): Promise<Observed<readonly NewestRecord[]>> {
  const sample = await sampleOf(topics, offsets, slice);
  if (sample.length === 0) return observed([]);
  const leaders = new Set(sample.map(({ leader }) => leader)).size;
  const answer = await pacer.run(leaders, (options) =>
    admin.listOffsets(
      sample.map(({ topic, partition }) => ({ topic, partition, spec: "maxTimestamp" as const })),
      options,
    ),
  );
  if (!isObserved(answer)) return answer;
  const refused = answer.value.find(({ error }) => error !== undefined);
  if (refused?.error && answer.value.every(({ error }) => error !== undefined)) return notObservedOf(refused.error);
  return observed(
    answer.value.flatMap(({ topic, partition, value }, i): NewestRecord[] => {
      // What was refused is not seen: the sample is smaller by it.
      if (value === undefined) return [];
      // A record that was deleted may still be in its segment.
      const isThere = value.offset !== undefined && value.offset >= sample[i]!.start;
      return [{ topic, partition, timestampMs: isThere ? value.timestamp : undefined }];
    }),
  );
}

/** Of topics without records all partitions are looked over: it rests meanwhile. */
async function sampleOf(topics: readonly TopicDescription[], offsets: ReadonlyMap<string, Observed<PartitionOffsets>>, slice: TimeSlice) {
  const chosen: (TopicPartition & { readonly leader: number; readonly start: number })[] = [];
  let open = topics.filter(({ internal }) => !internal).map((topic) => ({ topic, next: 0 }));
  while (open.length > 0 && chosen.length < PARTITIONS_MAX) {
    const left: typeof open = [];
    for (const { topic, next } of open) {
      if (chosen.length >= PARTITIONS_MAX) break;
      if (slice.isOver) await slice.rest();
      const at = topic.partitions.findIndex(({ partition, leader }, i) => {
        if (i < next || leader === undefined) return false;
        const seen = offsets.get(partitionName({ topic: topic.name, partition }));
        return seen !== undefined && isObserved(seen) && (seen.value.highWatermark ?? 0) > (seen.value.logStartOffset ?? 0);
      });
      if (at < 0) continue;
      const { partition, leader } = topic.partitions[at]!;
      const seen = offsets.get(partitionName({ topic: topic.name, partition }))!;
      const start = isObserved(seen) ? (seen.value.logStartOffset ?? 0) : 0;
      chosen.push({ topic: topic.name, partition, leader: leader!, start });
      left.push({ topic, next: at + 1 });
    }
    open = left;
  }
  return chosen;
}
