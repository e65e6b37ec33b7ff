import { type IndexedTask, lagOf, type Share } from "./task-index.ts";

/**
 * Who is to run each task of one sub-topology when all state is where it belongs: of each sub-topology, and of all together (`totals` so far, by member), no member has more than one task more than another. Within that a task stays
 * where it runs, else it goes where most of its state is; who has too many gives up those whose state is elsewhere first.
 */
export function idealShares(shares: readonly Share[], tasks: readonly IndexedTask[], totals: number[]): Map<IndexedTask, Share> {
  const running = shares.map((): IndexedTask[] => []);
  for (const task of tasks) for (const runner of task.runners) running[runner.index]!.push(task);
  const smallShare = Math.floor(tasks.length / shares.length);
  const orphans = orphansOf(shares, tasks);
  // One more goes to those who have the fewest of all so far, of these to those whose process has the least for its workers, then to those who would have to give up most, and then to those who have state of what runs nowhere.
  const byNeed = rankByNeed(
    shares,
    tasks.length % shares.length,
    totals,
    (a, b) => running[b.index]!.length - running[a.index]!.length || orphans[b.index]! - orphans[a.index]! || a.index - b.index,
  );
  const room: number[] = [];
  for (const [rank, { index }] of byNeed.entries()) room[index] = smallShare + (rank < tasks.length % shares.length ? 1 : 0);
  const ideal = new Map<IndexedTask, Share>();
  const give = (task: IndexedTask, share: Share) => {
    ideal.set(task, share);
    room[share.index]!--;
    totals[share.index]!++;
  };
  // Rooms that those fill who have too few, before anything is given.
  const free = shares.map(({ index }) => Math.max(0, room[index]! - running[index]!.length));
  for (const share of byNeed) {
    const own = running[share.index]!;
    const isTooMuch = own.length > room[share.index]!;
    for (const task of isTooMuch ? dearestFirst(own, share, free) : own) {
      if (room[share.index]! > 0 && !ideal.has(task)) give(task, share);
    }
  }
  const homeless = tasks.filter((task) => !ideal.has(task));
  // Those whose state is somewhere choose first.
  for (const task of homeless) {
    const best = fullest(task, ({ index }) => room[index]! > 0);
    if (best !== undefined) give(task, best);
  }
  let next = 0;
  for (const task of homeless) {
    if (ideal.has(task)) continue;
    while (room[byNeed[next]!.index]! <= 0) next++;
    give(task, byNeed[next]!);
  }
  return ideal;
}

/** The order in which one task more is given to as many as `extra`: whoever is chosen makes others of its process come later. */
function rankByNeed(
  shares: readonly Share[],
  extra: number,
  totals: readonly number[],
  otherwise: (a: Share, b: Share) => number,
): Share[] {
  const workers = new Map<string, { count: number; tasks: number }>();
  for (const { member, index } of shares) {
    const process = workers.get(member.processId) ?? { count: 0, tasks: 0 };
    process.count++;
    process.tasks += totals[index]!;
    workers.set(member.processId, process);
  }
  const loadOf = ({ member }: Share): number => {
    const { count, tasks } = workers.get(member.processId)!;
    return tasks / count;
  };
  const byMember = (a: Share, b: Share): number => totals[a.index]! - totals[b.index]! || otherwise(a, b);
  const byProcess = (a: Share, b: Share): number => totals[a.index]! - totals[b.index]! || loadOf(a) - loadOf(b) || otherwise(a, b);
  const rest = [...shares];
  const chosen: Share[] = [];
  // Where each process has one worker, choosing one changes nothing for the others.
  const isPlain = workers.size === shares.length;
  while (!isPlain && chosen.length < extra) {
    const next = rest.reduce((best, share) => (byProcess(share, best) < 0 ? share : best));
    rest.splice(rest.indexOf(next), 1);
    chosen.push(next);
    workers.get(next.member.processId)!.tasks++;
  }
  return [...chosen.sort(byMember), ...rest.sort(byMember)];
}

/** Who lacks least of a task; undefined: nobody of those has anything. */
function fullest(task: IndexedTask, mayBe: (share: Share) => boolean): Share | undefined {
  let best: Share | undefined;
  for (const share of task.lags.keys()) {
    if (!mayBe(share)) continue;
    const ahead = best === undefined ? -1 : lagOf(task, share) - lagOf(task, best) || share.index - best.index;
    if (ahead < 0) best = share;
  }
  return best;
}

/** Of how many tasks that run nowhere a member has most of the state. */
function orphansOf(shares: readonly Share[], tasks: readonly IndexedTask[]): number[] {
  const counts = shares.map(() => 0);
  for (const task of tasks) {
    const best = task.runners.length > 0 ? undefined : fullest(task, () => true);
    if (best !== undefined) counts[best.index]!++;
  }
  return counts;
}

/** Tasks that are not elsewhere first; the last ones are those that others with room lack least of. */
function dearestFirst(tasks: readonly IndexedTask[], home: Share, free: readonly number[]): IndexedTask[] {
  const lackElsewhere = new Map(
    tasks.map((task) => {
      let least = task.lags.size === 0 ? 0 : Infinity;
      for (const share of task.lags.keys()) {
        if (share !== home && free[share.index]! > 0) least = Math.min(least, lagOf(task, share));
      }
      return [task, least];
    }),
  );
  const lack = (task: IndexedTask) => lackElsewhere.get(task)!;
  return [...tasks].sort((a, b) => (lack(a) === lack(b) ? a.partition - b.partition : lack(b) - lack(a)));
}
