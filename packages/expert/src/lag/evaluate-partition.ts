import type { CommitSample, PartitionHistory } from "./partition-history.ts";

/**
 * How a group fares on a partition, by Burrow's rules. `STOP`: it no longer commits. `STALL`: it commits the same offset again and again. `REWIND`: it went back and has
 * not come to where it was. `WARN`: it commits and falls further behind. `OK`: none of these.
 */
export type PartitionStatus = keyof typeof PARTITION_STATUSES;

/** The numbers that Burrow gives them, for metrics; 0 and 3 are statuses of groups. */
export const PARTITION_STATUSES = { OK: 1, WARN: 2, STOP: 4, STALL: 5, REWIND: 6 } as const;

/** A status, and the rule that decided. */
export interface PartitionVerdict {
  readonly status: PartitionStatus;
  readonly rule: "caught up" | "stopped" | "rewound" | "was caught up" | "stalled" | "falls behind" | "catches up" | "no commits";
}

/** What is judged. */
export interface PartitionEvidence extends PartitionHistory {
  /** Records behind the group now. */
  readonly currentLag: number;
  readonly nowMs: number;
  /** As much lag as is no lag. Default 0. */
  readonly allowedLag?: number;
}

/**
 * Judges one partition by the shape of its lag, never by its size: the first rule that fits decides. Source: Burrow's evaluator.
 */
export function evaluatePartition({ commits, ends, currentLag, nowMs, allowedLag = 0 }: PartitionEvidence): PartitionVerdict {
  const first = commits[0];
  const last = commits.at(-1);
  if (currentLag <= allowedLag) return { status: "OK", rule: "caught up" };
  if (!first || !last) return { status: "OK", rule: "no commits" };
  const isSilent = nowMs - last.timeMs > last.timeMs - first.timeMs;
  if (isSilent && !ends.some(({ offset }) => offset <= last.offset)) return { status: "STOP", rule: "stopped" };
  if (isRewound(commits)) return { status: "REWIND", rule: "rewound" };
  if (commits.some(({ lag }) => lag <= allowedLag)) return { status: "OK", rule: "was caught up" };
  if (commits.every(({ offset }) => offset === first.offset)) return { status: "STALL", rule: "stalled" };
  const everDecreases = commits.some(({ lag }, i) => i > 0 && lag < commits[i - 1]!.lag);
  return everDecreases ? { status: "OK", rule: "catches up" } : { status: "WARN", rule: "falls behind" };
}

/** Whether the group went back and has not come again to where it had been: its last commit is not the furthest. */
function isRewound(commits: readonly CommitSample[]): boolean {
  let furthest = Number.NEGATIVE_INFINITY;
  for (const { offset } of commits) furthest = Math.max(furthest, offset);
  return commits.at(-1)!.offset < furthest;
}
