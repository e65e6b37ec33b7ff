import { lagOf } from "../lag/group-observation.ts";
import { partitionName, type SampledPartition } from "../lag/group-sample.ts";

/** A group that went back in a partition, and has not come to where it was again. */
interface Rewind {
  readonly from: number;
  /** The first commit that was seen behind that. */
  readonly to: number;
  /** When that was seen, by the clock that never jumps. */
  readonly atMs: number;
}

/** How far a group has come, by {@link partitionName}, and where it is behind that. Bounded by what the last look shows. */
export interface GroupCourse {
  readonly furthest: ReadonlyMap<string, number>;
  readonly rewinds: ReadonlyMap<string, Rewind>;
}

/**
 * The course with one more look. Unlike the ten commits that the lag's evaluation judges by, it forgets nothing while the group is watched: how often the doctor looks, and for how long, makes no difference. A
 * topic that was made anew begins anew.
 */
export function followCourse(
  before: GroupCourse | undefined,
  positions: readonly SampledPartition[],
  atMs: number,
  isAnew: (topic: string) => boolean,
): GroupCourse {
  const furthest = new Map<string, number>();
  const rewinds = new Map<string, Rewind>();
  for (const position of positions) {
    const { committed, topic } = position;
    const name = partitionName(position);
    const known = isAnew(topic) ? undefined : before?.furthest.get(name);
    if (committed === undefined) {
      if (known !== undefined) furthest.set(name, known);
      continue;
    }
    furthest.set(name, Math.max(committed, known ?? committed));
    // Set back to where nothing waits: there is nothing to read again.
    if (known === undefined || committed >= known || lagOf(position) === 0) continue;
    rewinds.set(name, before?.rewinds.get(name) ?? { from: known, to: committed, atMs });
  }
  return { furthest, rewinds };
}
