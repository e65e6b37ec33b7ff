import type { ClusterSnapshot } from "./cluster-snapshot.ts";
import { valueOf } from "./observed.ts";

/** Beyond what a look takes: less may be the way of an answer. */
const APART_MS = 30_000;

/** How far the clock of the quorum's leader is ahead of this machine's, where that is more than a look can explain; undefined where they agree, or nobody tells. */
export function clockAheadMs({ quorum, takenAtMs, cost }: ClusterSnapshot): number | undefined {
  const { voters = [], leaderId } = valueOf(quorum) ?? {};
  // A leader says of itself that it has fetched just now.
  const leader = voters.find(({ nodeId }) => nodeId === leaderId);
  const saidMs = leader?.lastFetchAtMs ?? leader?.lastCaughtUpAtMs;
  if (saidMs === undefined || saidMs <= 0) return undefined;
  const aheadMs = saidMs - takenAtMs;
  return Math.abs(aheadMs) > APART_MS + cost.tookMs ? aheadMs : undefined;
}

/** The time of the look, since 1970: the cluster's where this machine's clock is another. */
export function clusterNowMs(snapshot: ClusterSnapshot): number {
  return snapshot.takenAtMs + (clockAheadMs(snapshot) ?? 0);
}
