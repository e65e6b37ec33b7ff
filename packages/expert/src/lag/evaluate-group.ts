import {
  evaluatePartition,
  PARTITION_STATUSES,
  type PartitionEvidence,
  type PartitionStatus,
  type PartitionVerdict,
} from "./evaluate-partition.ts";
import { atOnce, PARTITIONS_PER_STEP, type Steps } from "../in-slices.ts";
import { COMMITS_MAX } from "./partition-history.ts";

/** A group's status is that of its worst partition; what is worse than `ERR` on a partition is `ERR` for the group. */
export type GroupStatus = "OK" | "WARN" | "ERR" | "NOTFOUND";

/** The verdict on a group. */
export interface GroupVerdict {
  readonly status: GroupStatus;
  /** Share of the partitions whose window of commits is full, 0 to 1. */
  readonly complete: number;
  readonly totalLag: number;
  /** The partition that decides; undefined for a group without any. */
  readonly worst: string | undefined;
  readonly partitions: ReadonlyMap<string, PartitionVerdict>;
}

/**
 * Judges a group by its partitions, each under a name of the caller's. A partition whose window is less complete than `minimumComplete` (0 to 1) counts as `OK`.
 * Source: Burrow's evaluator.
 */
export function evaluateGroup(
  partitions: ReadonlyMap<string, PartitionEvidence>,
  options: { readonly minimumComplete?: number } = {},
): GroupVerdict {
  return atOnce(evaluatingGroup(partitions, options));
}

/** The same in steps. */
export function* evaluatingGroup(
  partitions: ReadonlyMap<string, PartitionEvidence>,
  { minimumComplete = 0 }: { readonly minimumComplete?: number } = {},
): Steps<GroupVerdict> {
  const verdicts = new Map<string, PartitionVerdict>();
  let worst: string | undefined;
  let worstStatus: PartitionStatus = "OK";
  let worstLag = -1;
  let full = 0;
  let totalLag = 0;
  for (const [name, evidence] of partitions) {
    const completeness = evidence.commits.length / COMMITS_MAX;
    if (completeness >= 1) full++;
    totalLag += evidence.currentLag;
    const verdict: PartitionVerdict = completeness < minimumComplete ? { status: "OK", rule: "no commits" } : evaluatePartition(evidence);
    verdicts.set(name, verdict);
    if (verdicts.size % PARTITIONS_PER_STEP === 0) yield;
    const difference = PARTITION_STATUSES[verdict.status] - PARTITION_STATUSES[worstStatus];
    if (worst !== undefined && (difference < 0 || (difference === 0 && evidence.currentLag <= worstLag))) continue;
    worst = name;
    worstStatus = verdict.status;
    worstLag = evidence.currentLag;
  }
  const status: GroupStatus = partitions.size === 0 ? "NOTFOUND" : worstStatus === "OK" || worstStatus === "WARN" ? worstStatus : "ERR";
  return { status, complete: partitions.size === 0 ? 0 : full / partitions.size, totalLag, worst, partitions: verdicts };
}
