import type { DivisionRules } from "./division-types.ts";
import { type IndexedTask, lagOf, type Share } from "./task-index.ts";

/**
 * Gives each task of a sub-topology its standbys: never two copies in one process, first where the tags differ from those of the other copies, then where state is, and evenly, but that a copy that is there is
 * worth one more standby than others have.
 */
export function placeStandbys(
  shares: readonly Share[],
  tasks: readonly IndexedTask[],
  homes: ReadonlyMap<IndexedTask, readonly Share[]>,
  rules: DivisionRules,
): void {
  for (const task of tasks) {
    const copies = [...homes.get(task)!];
    const processes = new Set(copies.map(({ member }) => member.processId));
    for (let replica = 0; replica < rules.standbyReplicas; replica++) {
      const free = shares.filter(({ member }) => !processes.has(member.processId));
      const best = bestOf(free, task, copies, rules.rackAwareTags);
      if (best === undefined) break;
      best.standby.push(task);
      copies.push(best);
      processes.add(best.member.processId);
    }
  }
}

function bestOf(free: readonly Share[], task: IndexedTask, copies: readonly Share[], tags: readonly string[]): Share | undefined {
  const apart = tags.length === 0 ? free : farthest(free, copies, tags);
  let fewest: Share | undefined;
  for (const share of apart) if (fewest === undefined || burden(share) < burden(fewest)) fewest = share;
  if (fewest === undefined) return undefined;
  let fullest: Share | undefined;
  for (const share of apart) {
    if (!task.lags.has(share) || burden(share) > burden(fewest) + 1) continue;
    if (fullest === undefined || lagOf(task, share) < lagOf(task, fullest)) fullest = share;
  }
  return fullest ?? fewest;
}

function burden({ standby, warmup }: Share): number {
  return standby.length + warmup.length;
}

/** Those whose tags have most values that no other copy has; the first tag counts more than all that follow. */
function farthest(free: readonly Share[], copies: readonly Share[], tags: readonly string[]): Share[] {
  let best = -1;
  let found: Share[] = [];
  for (const share of free) {
    let apart = 0;
    for (const tag of tags) {
      const value = share.member.clientTags?.[tag];
      apart = apart * 2 + (copies.every(({ member }) => member.clientTags?.[tag] !== value) ? 1 : 0);
    }
    if (apart > best) {
      best = apart;
      found = [];
    }
    if (apart === best) found.push(share);
  }
  return found;
}
