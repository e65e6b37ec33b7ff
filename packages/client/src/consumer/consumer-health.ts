import type { AssignedPartition } from "./assigned-partition.ts";
import type { ConsumerHealth } from "./run/run-types.ts";

/** What the health of a consumer is told from. */
export interface HealthFacts {
  readonly isClosed: boolean;
  readonly isClosing: boolean;
  /** What it cannot go on from. */
  readonly failure: Error | undefined;
  /** It has a subscription or an assignment, and somebody asked for records. */
  readonly isBegun: boolean;
  /** The broker gave it its partitions, perhaps none, or they were assigned by hand. */
  readonly isAssigned: boolean;
  readonly unreachable: Error | undefined;
  /** Since the application asked for records; 0 while it does. */
  readonly askedAgoMs: number;
  readonly maxPollIntervalMs: number;
  readonly isCircuitOpen: boolean;
  readonly inHand: number;
  readonly oldestInHandMs: number;
  readonly stuckAfterMs: number;
  readonly partitions: Iterable<AssignedPartition>;
  readonly isReadCommitted: boolean;
}

export function healthOf(facts: HealthFacts): ConsumerHealth {
  const { state, reason } = stateOf(facts);
  let lag: number | undefined;
  let assignedPartitions = 0;
  for (const partition of facts.partitions) {
    assignedPartitions++;
    const end = facts.isReadCommitted ? partition.lastStableOffset : partition.highWatermark;
    if (end !== undefined && partition.consumed !== undefined) lag = (lag ?? 0) + Math.max(0, end - partition.consumed);
  }
  return {
    state,
    isAlive: state !== "failed" && state !== "closed" && state !== "stuck",
    isReady: state === "running",
    reason,
    error: facts.failure ?? facts.unreachable,
    assignedPartitions,
    inHand: facts.inHand,
    oldestInHandMs: facts.oldestInHandMs,
    lag,
  };
}

function stateOf(facts: HealthFacts): Pick<ConsumerHealth, "state" | "reason"> {
  const { failure, unreachable, oldestInHandMs, stuckAfterMs, askedAgoMs, maxPollIntervalMs } = facts;
  if (failure !== undefined) return { state: "failed", reason: failure.message };
  if (facts.isClosed) return { state: "closed", reason: "The consumer was closed." };
  if (facts.isClosing) return { state: "draining", reason: "The consumer is closing." };
  if (oldestInHandMs > stuckAfterMs) return { state: "stuck", reason: `A handler has been at work for ${Math.round(oldestInHandMs)} ms.` };
  if (!facts.isBegun) return { state: "idle", reason: "Nobody has asked for records yet." };
  if (askedAgoMs > maxPollIntervalMs)
    return { state: "stuck", reason: `The application has not asked for records for ${Math.round(askedAgoMs)} ms.` };
  if (unreachable !== undefined) return { state: "unreachable", reason: unreachable.message };
  if (!facts.isAssigned) return { state: "starting", reason: "The group has not given it its partitions yet." };
  if (facts.isCircuitOpen) return { state: "paused", reason: "Too many handlers failed in a row; the next one is tried after a pause." };
  return { state: "running", reason: undefined };
}
