import { isDeepStrictEqual } from "node:util";
import type { ClusterChange, ConfigChange } from "./cluster-change.ts";
import type { WantedChange } from "./plan.ts";

/** Asked for by two that contradict each other: the first, which is the graver, is kept. */
export interface Contradiction {
  readonly kept: WantedChange;
  readonly dropped: WantedChange;
  readonly setting: string;
}

/**
 * Puts changes into the order in which they can be made: what others need and what frees the cluster first, what cannot be taken back and what is left to a human last. The same change asked for twice is
 * one, with both reasons; settings of one resource are one change.
 */
export function orderChanges(wanted: readonly WantedChange[]): {
  readonly changes: readonly WantedChange[];
  readonly contradictions: readonly Contradiction[];
} {
  const changes: WantedChange[] = [];
  const contradictions: Contradiction[] = [];
  for (const one of wanted) {
    const at = changes.findIndex((other) => belongTogether(other.change, one.change));
    if (at < 0) {
      changes.push(one);
      continue;
    }
    const { merged, setting } = merge(changes[at]!, one);
    if (setting === undefined) changes[at] = merged;
    else contradictions.push({ kept: changes[at]!, dropped: one, setting });
  }
  return { changes: changes.toSorted((a, b) => rankOf(a.change) - rankOf(b.change)), contradictions };
}

function belongTogether(a: ClusterChange, b: ClusterChange): boolean {
  if (a.kind === "config" && b.kind === "config") return isDeepStrictEqual(a.target, b.target) && rankOf(a) === rankOf(b);
  return isDeepStrictEqual(a, b);
}

function merge(first: WantedChange, second: WantedChange): { readonly merged: WantedChange; readonly setting?: string } {
  const rule = joined(first.rule, second.rule, ", ");
  const reason = joined(first.reason, second.reason, " ");
  const reasons = { ...(rule !== undefined && { rule }), ...(reason !== undefined && { reason }) };
  if (first.change.kind !== "config" || second.change.kind !== "config") return { merged: { change: first.change, ...reasons } };
  const { settings } = first.change;
  const setting = Object.entries(second.change.settings).find(([name, value]) => name in settings && settings[name] !== value)?.[0];
  const change: ConfigChange = { ...first.change, settings: { ...settings, ...second.change.settings } };
  return { merged: { change, ...reasons }, ...(setting !== undefined && { setting }) };
}

function joined(first: string | undefined, second: string | undefined, by: string): string | undefined {
  if (first === undefined || first === second) return second ?? first;
  return second === undefined || first.split(by).includes(second) ? first : `${first}${by}${second}`;
}

const RANKS: Readonly<Record<Exclude<ClusterChange["kind"], "config">, number>> = {
  createTopic: 0,
  addAcls: 1,
  cancelReassignment: 2,
  removeThrottles: 3,
  // Settings come in at 4, and at 8 for those that need replicas.
  abortTransaction: 5,
  setQuota: 6,
  reassign: 7,
  electLeaders: 9,
  // What is forgotten of a topic as a whole is set again where it had begun.
  deleteShareGroupOffsets: 10,
  setGroupOffsets: 11,
  setShareGroupOffsets: 11,
  addPartitions: 12,
  removeAcls: 13,
  deleteGroupOffsets: 14,
  deleteGroup: 15,
  upgradeFeature: 16,
  deleteTopic: 17,
  manual: 18,
};
const SETTINGS_RANK = 4;
const SETTINGS_OF_REPLICAS_RANK = 8;

function rankOf(change: ClusterChange): number {
  if (change.kind !== "config") return RANKS[change.kind];
  // Two in sync are asked for only when there are two.
  return "min.insync.replicas" in change.settings ? SETTINGS_OF_REPLICAS_RANK : SETTINGS_RANK;
}
