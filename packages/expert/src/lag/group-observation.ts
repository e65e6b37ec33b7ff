import type { PartitionEvidence } from "./evaluate-partition.ts";
import { atOnce, PARTITIONS_PER_STEP, type Steps } from "../in-slices.ts";
import { type GroupSample, partitionName, type SampledPartition } from "./group-sample.ts";
import { EMPTY_HISTORY, type PartitionHistory, recordCommit, recordEnd } from "./partition-history.ts";

/** What is known of one partition of a group by now. */
export interface ObservedPartition extends SampledPartition {
  readonly history: PartitionHistory;
  /** The committed offset of the first sample, for the rate. */
  readonly firstCommitted: { readonly offset: number; readonly timeMs: number } | undefined;
}

/** A group as it is by the last of several samples, with what came before. */
export interface GroupObservation extends Omit<GroupSample, "partitions"> {
  readonly sinceMs: number;
  readonly samples: number;
  /** In how many samples the group was neither stable nor empty. */
  readonly unstableSamples: number;
  readonly partitions: ReadonlyMap<string, ObservedPartition>;
}

/**
 * The observation with one more sample. That a group commits the same offset once more cannot be seen on the wire: where a member has the partition, an
 * unchanged offset counts as such a commit; where nobody has it, as silence. A partition that the sample does not name is forgotten.
 */
export function observe(before: GroupObservation | undefined, sample: GroupSample): GroupObservation {
  return atOnce(observing(before, sample));
}

/** The same in steps: a group may have a hundred thousand partitions. */
export function* observing(before: GroupObservation | undefined, { partitions, ...sample }: GroupSample): Steps<GroupObservation> {
  const { timeMs } = sample;
  const observed = new Map<string, ObservedPartition>();
  for (const partition of partitions) {
    const name = partitionName(partition);
    observed.set(name, observePartition(before?.partitions.get(name), partition, timeMs));
    if (observed.size % PARTITIONS_PER_STEP === 0) yield;
  }
  return {
    ...sample,
    sinceMs: before?.sinceMs ?? timeMs,
    samples: (before?.samples ?? 0) + 1,
    unstableSamples: (before?.unstableSamples ?? 0) + (isSettled(sample.state) ? 0 : 1),
    partitions: observed,
  };
}

/** Whether a group in this state reads, or has nobody that could. */
export function isSettled(state: string): boolean {
  return state === "Stable" || state === "Empty" || state === "Dead";
}

function observePartition(before: ObservedPartition | undefined, partition: SampledPartition, timeMs: number): ObservedPartition {
  const { committed, highWatermark, memberId } = partition;
  let history = before?.history ?? EMPTY_HISTORY;
  if (highWatermark !== undefined) history = recordEnd(history, { offset: highWatermark, timeMs });
  const isNews = committed !== history.commits.at(-1)?.offset || memberId !== undefined;
  if (committed !== undefined && isNews)
    history = recordCommit(history, { offset: committed, timeMs, lag: Math.max(0, (highWatermark ?? committed) - committed) });
  const firstCommitted = before?.firstCommitted ?? (committed === undefined ? undefined : { offset: committed, timeMs });
  return { ...partition, history, firstCommitted };
}

/** Records behind the committed offset; of a group that has committed nothing here, all there are. Undefined when the end is not known. */
export function lagOf({ committed, highWatermark, logStartOffset }: SampledPartition): number | undefined {
  const from = committed ?? logStartOffset;
  return highWatermark === undefined || from === undefined ? undefined : Math.max(0, highWatermark - from);
}

/** What the evaluator judges. */
export function evidenceOf(partition: ObservedPartition, nowMs: number): PartitionEvidence {
  return { ...partition.history, currentLag: lagOf(partition) ?? 0, nowMs };
}
