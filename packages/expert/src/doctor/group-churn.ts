import type { SampledMember } from "../lag/group-sample.ts";

/** How programs came back to their group while it was watched. */
interface Comebacks {
  /** The member left before the program came again, and it had got on meanwhile: a restart, as in a deployment. */
  readonly restarts: number;
  /** The member left before the program came again, records waited, and nothing was committed in all its time: it overran max.poll.interval.ms, or fails at the same record again and again. */
  readonly overruns: number;
  /** The program came again while its former member was still there: that had not left, and was expelled later. A crash, or a session that was lost. */
  readonly losses: number;
}

/** One program, by its client id, host and instance, as its members come and go. */
interface Program {
  readonly memberIds: ReadonlySet<string>;
  /** Members that left and were not followed by one yet. */
  readonly gone: number;
  /** Members that came beyond those that left. */
  readonly extra: number;
  /** What the group had committed when the program came last. */
  readonly committed: number;
}

/** Who came and went in a group. Bounded: of programs that have gone only the last are known. */
export interface GroupChurn extends Comebacks {
  readonly programs: ReadonlyMap<string, Program>;
}

/** What a look shows of a group, as far as it matters here. */
export interface ChurnLook {
  readonly members: readonly SampledMember[];
  /** The sum of all committed offsets. */
  readonly committed: number;
  readonly totalLag: number;
}

const PROGRAMS_MAX = 1000;
const NEW: Program = { memberIds: new Set(), gone: 0, extra: 0, committed: 0 };

/** The churn with one more look, and whether somebody came back in it. */
export function followChurn(before: GroupChurn | undefined, { members, committed, totalLag }: ChurnLook): GroupChurn {
  let { restarts, overruns, losses } = before ?? { restarts: 0, overruns: 0, losses: 0 };
  const now = Map.groupBy(members, programOf);
  const programs = new Map(before?.programs);
  for (const name of new Set([...programs.keys(), ...now.keys()])) {
    const known = programs.get(name) ?? NEW;
    const memberIds = new Set((now.get(name) ?? []).map(({ memberId }) => memberId));
    const came = countOutside(memberIds, known.memberIds);
    const left = countOutside(known.memberIds, memberIds);
    // Who left and who came between two looks: one after the other, unless more are there than before.
    const followed = Math.min(came, left + known.gone);
    const expelled = Math.min(Math.max(0, left - came), known.extra);
    if (committed > known.committed) restarts += followed;
    else if (totalLag > 0) overruns += followed;
    else restarts += followed;
    losses += expelled;
    programs.delete(name);
    programs.set(name, {
      memberIds,
      gone: known.gone + left - followed - expelled,
      // The first members of a program come beyond nobody.
      extra: known === NEW ? 0 : known.extra + came - followed - expelled,
      committed: came > 0 || known === NEW ? committed : known.committed,
    });
  }
  const kept = programs.size <= PROGRAMS_MAX ? programs : new Map([...programs].slice(-PROGRAMS_MAX));
  return { restarts, overruns, losses, programs: kept };
}

function countOutside(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let count = 0;
  for (const each of some) if (!others.has(each)) count++;
  return count;
}

function programOf({ clientId, clientHost, groupInstanceId = "" }: SampledMember): string {
  return `${clientId} ${clientHost} ${groupInstanceId}`;
}
