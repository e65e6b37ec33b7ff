import { pause } from "@ottla/base";
import type { Admin } from "@ottla/client";
import { type GroupObservation, observe } from "../lag/group-observation.ts";
import { type ListedGroups, listGroupsWithGaps } from "./listed-groups.ts";
import { type GroupFailure, type LookOptions, sampleGroups, type UnseenPartition } from "./sample-groups.ts";

/** What a watch knows after a look. */
export interface WatchedGroups {
  readonly observations: ReadonlyMap<string, GroupObservation>;
  /** Groups that could not be looked at this time. */
  readonly failures: readonly GroupFailure[];
  /** Partitions whose end was not told this time. */
  readonly unseen: readonly UnseenPartition[];
  /** All groups were asked for, and this login may see a part of them only. */
  readonly mayLackGroups: boolean;
}

/** How a watch goes on. */
export interface WatchOptions extends LookOptions {
  /** Between the beginnings of two looks. */
  readonly intervalMs: number;
  /** The groups to look at; none: all that are listed, asked before each look, since groups come and go. */
  readonly named: readonly string[];
}

/**
 * Looks at groups again and again, and gives after each look all that is known of them. It never looks twice at once: a cluster that answers slowly is asked less often. The history of a group that
 * is gone is forgotten. Ends with the signal; errors of a whole look (`CLUSTER_UNREACHABLE`, `TIMED_OUT`, …) end it.
 */
export async function* watchGroups(
  admin: Admin,
  { clock, intervalMs, signal, named }: WatchOptions,
): AsyncGenerator<WatchedGroups, void, void> {
  let observations: ReadonlyMap<string, GroupObservation> = new Map();
  while (!signal.aborted) {
    const began = clock.monotonicMs();
    const listed: ListedGroups = named.length > 0 ? { groupIds: named, mayLackSome: false } : await listGroupsWithGaps(admin, { signal });
    const { samples, failures, unseen } = await sampleGroups(admin, listed.groupIds, { clock, signal });
    observations = new Map(samples.map((sample) => [sample.groupId, observe(observations.get(sample.groupId), sample)]));
    yield { observations, failures, unseen, mayLackGroups: listed.mayLackSome };
    await pause(clock, intervalMs - (clock.monotonicMs() - began), signal);
  }
}
