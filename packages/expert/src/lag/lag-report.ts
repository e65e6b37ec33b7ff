import { greatestOf, leastOf, type TimeSlice } from "@ottla/base";
import { evaluatingGroup, type GroupStatus } from "./evaluate-group.ts";
import type { PartitionEvidence, PartitionStatus } from "./evaluate-partition.ts";
import { atOnce, inSlices, PARTITIONS_PER_STEP, type Steps } from "../in-slices.ts";
import { evidenceOf, type GroupObservation, lagOf, type ObservedPartition } from "./group-observation.ts";
import { drainTimeS, lossDeadlineS, ratePerS } from "./lag-forecast.ts";
import { timeLagMs } from "./time-lag.ts";

/** How a group stands on one partition. What could not be observed, or not yet, is undefined. */
export interface PartitionReport {
  readonly topic: string;
  readonly partition: number;
  readonly status: PartitionStatus | "UNKNOWN";
  readonly committed: number | undefined;
  readonly logStartOffset: number | undefined;
  readonly lastStableOffset: number | undefined;
  readonly highWatermark: number | undefined;
  readonly lag: number | undefined;
  readonly timeLagMs: number | undefined;
  readonly producedPerS: number | undefined;
  readonly consumedPerS: number | undefined;
  readonly memberId: string | undefined;
}

/** How a group stands, in figures. Infinite times are null, so that JSON can say them. */
export interface LagReport {
  readonly groupId: string;
  readonly state: string;
  /** `UNKNOWN`: records wait, and it was watched for too short a time to tell more. */
  readonly status: GroupStatus | "UNKNOWN";
  readonly members: number;
  readonly totalLag: number;
  /** That of the partition with the oldest record that waits. */
  readonly timeLagMs: number | undefined;
  readonly producedPerS: number | undefined;
  readonly consumedPerS: number | undefined;
  /** Until the lag is gone if rates stay; null: it does not go. */
  readonly drainS: number | null | undefined;
  /** Until retention takes records that were not read, at the partition where that comes first; null: never at these rates. */
  readonly lossS: number | null | undefined;
  /** The partition that decides the status. */
  readonly worst: string | undefined;
  readonly observedMs: number;
  readonly samples: number;
  readonly partitions: readonly PartitionReport[];
}

/** Consumers commit every 5 s if nothing else is said: what was watched for less than two of these times, and something, is not judged. */
export const JUDGED_AFTER_MS = 12_000;

/** The figures of what was observed. */
export function reportLag(observation: GroupObservation): LagReport {
  return atOnce(reportingLag(observation));
}

/** As {@link reportLag}, for callers whose loop has other work: a group may have a hundred thousand partitions. */
export function reportLagInSlices(observation: GroupObservation, slice: TimeSlice): Promise<LagReport> {
  return inSlices(reportingLag(observation), slice);
}

/** The same in steps: a group may have a hundred thousand partitions. */
export function* reportingLag(observation: GroupObservation): Steps<LagReport> {
  const { timeMs, sinceMs, samples } = observation;
  const evidence = new Map<string, PartitionEvidence>();
  for (const [name, partition] of observation.partitions) {
    evidence.set(name, evidenceOf(partition, timeMs));
    if (evidence.size % PARTITIONS_PER_STEP === 0) yield;
  }
  const verdict = yield* evaluatingGroup(evidence);
  const isJudged = timeMs - sinceMs >= JUDGED_AFTER_MS;
  const partitions: PartitionReport[] = [];
  for (const [name, partition] of observation.partitions) {
    const { status, rule } = verdict.partitions.get(name)!;
    partitions.push(reportPartition(partition, isJudged || rule === "caught up" ? status : "UNKNOWN", timeMs));
    if (partitions.length % PARTITIONS_PER_STEP === 0) yield;
  }
  const totalLag = partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
  const producedPerS = total(partitions.map((partition) => partition.producedPerS));
  const consumedPerS = total(partitions.map((partition) => partition.consumedPerS));
  const rates = producedPerS === undefined || consumedPerS === undefined ? undefined : { producedPerS, consumedPerS };
  return {
    groupId: observation.groupId,
    state: observation.state,
    status: isJudged || totalLag === 0 ? verdict.status : "UNKNOWN",
    members: observation.members.length,
    totalLag,
    timeLagMs: greatestTimeLag(partitions),
    producedPerS,
    consumedPerS,
    drainS: rates && finite(drainTimeS(totalLag, rates)),
    lossS: lossOf(partitions),
    worst: verdict.worst,
    observedMs: timeMs - sinceMs,
    samples,
    partitions,
  };
}

function reportPartition(partition: ObservedPartition, status: PartitionReport["status"], nowMs: number): PartitionReport {
  const { topic, committed, history, firstCommitted } = partition;
  const now = committed === undefined ? undefined : { offset: committed, timeMs: nowMs };
  return {
    topic,
    partition: partition.partition,
    status,
    committed,
    logStartOffset: partition.logStartOffset,
    lastStableOffset: partition.lastStableOffset,
    highWatermark: partition.highWatermark,
    lag: lagOf(partition),
    timeLagMs: committed === undefined ? undefined : timeLagMs(history.ends, committed),
    producedPerS: ratePerS(history.ends),
    consumedPerS: firstCommitted && now && ratePerS([firstCommitted, now]),
    memberId: partition.memberId,
  };
}

/** Only where retention has begun to take records does what is kept stay the same; before, it grows with what comes. */
function lossOf(partitions: readonly PartitionReport[]): number | null | undefined {
  const deadlines = partitions.flatMap(({ lag, producedPerS, consumedPerS, highWatermark, logStartOffset }) =>
    lag === undefined || producedPerS === undefined || consumedPerS === undefined || highWatermark === undefined || !logStartOffset
      ? []
      : [lossDeadlineS(lag, highWatermark - logStartOffset, { producedPerS, consumedPerS })],
  );
  return deadlines.length === 0 ? undefined : finite(leastOf(deadlines));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The sum of what is known; undefined when nothing is. */
function total(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0);
}

/** Undefined when it is not known of a partition with lag: that could be the greatest. */
function greatestTimeLag(partitions: readonly PartitionReport[]): number | undefined {
  if (partitions.some(({ lag, timeLagMs }) => lag !== 0 && timeLagMs === undefined)) return undefined;
  return partitions.length === 0 ? undefined : greatestOf(partitions.map((partition) => partition.timeLagMs ?? 0));
}
