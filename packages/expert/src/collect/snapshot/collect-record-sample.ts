import type { TopicDescription } from "@ottla/client";
import { partitionName } from "../../lag/group-sample.ts";
import { notObserved, type Observed, valueOf } from "../../snapshot/observed.ts";
import type { SampledTopic } from "../../snapshot/sampled-topic.ts";
import type { PartitionOffsets } from "../../snapshot/topic-snapshot.ts";
import type { SampledPlace, SampleRecords } from "../records/sample-records.ts";
import type { CallPacer } from "./call-pacer.ts";

const TOPICS_MAX = 100;
const NO_SAMPLE_ASKED = notObserved("notAsked", "Records are read only where that is asked for (--sample).");

/** What the newest records of topics look like: of each the partition with the most, up to so many topics, those with the most records first. */
export async function collectRecordSample(
  pacer: CallPacer,
  topics: readonly TopicDescription[],
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  sample: SampleRecords | undefined,
): Promise<Observed<readonly SampledTopic[]>> {
  if (sample === undefined) return NO_SAMPLE_ASKED;
  const places = topics.flatMap((topic) => (topic.internal ? [] : (fullestOf(topic, offsets) ?? [])));
  const chosen = places.toSorted((a, b) => b.end - b.start - (a.end - a.start)).slice(0, TOPICS_MAX);
  const leaders = new Set(topics.flatMap(({ partitions }) => partitions.map(({ leader }) => leader))).size;
  return pacer.run(Math.max(1, leaders * 2), ({ timeoutMs, signal }) => sample(chosen, timeoutMs, signal));
}

function fullestOf(
  { name: topic, partitions }: TopicDescription,
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
): SampledPlace | undefined {
  let fullest: SampledPlace | undefined;
  for (const { partition } of partitions) {
    const seen = offsets.get(partitionName({ topic, partition }));
    const { logStartOffset: start, highWatermark: end } = (seen && valueOf(seen)) ?? {};
    if (start === undefined || end === undefined || end <= start) continue;
    if (fullest === undefined || end - start > fullest.end - fullest.start) fullest = { topic, partition, start, end };
  }
  return fullest;
}
