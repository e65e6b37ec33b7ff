import type { TimeSlice } from "@ottla/base";
import type { AclBinding, AclFilter } from "@ottla/protocol";
import { isUnknownFilter, matchesFilter } from "./acl-filter.ts";
import { isBroad } from "./acl-rules.ts";

/** ACLs are compared so often before the time is looked at. */
const COMPARED_AT_ONCE = 256;

interface Wanted {
  readonly filter: AclFilter;
  readonly found: AclBinding[];
}

/** The ACLs that each filter means, in one pass over all of them with rests in between; undefined where they are more than `most` together. One with unknown numbers means none. */
export async function selectAcls(
  acls: Iterable<AclBinding>,
  filters: readonly AclFilter[],
  slice: TimeSlice,
  most: number = Infinity,
): Promise<readonly (readonly AclBinding[])[] | undefined> {
  const wanted = filters.map((filter): Wanted => ({ filter, found: [] }));
  const known = wanted.filter(({ filter }) => !isUnknownFilter(filter));
  const broad = known.filter(({ filter }) => isBroad(filter));
  // Filters that name one resource are not compared with the ACLs of others.
  const byPattern = Map.groupBy(
    known.filter(({ filter }) => !isBroad(filter)),
    ({ filter }) => patternKey(filter),
  );
  let count = 0;
  let compared = 0;
  for (const acl of [...acls]) {
    const narrow = byPattern.size === 0 ? [] : (byPattern.get(patternKey(acl)) ?? []);
    for (const among of [broad, narrow]) {
      for (const { filter, found } of among) {
        if (!matchesFilter(filter, acl)) continue;
        if (++count > most) return undefined;
        found.push(acl);
      }
    }
    compared += 1 + broad.length + narrow.length;
    if (compared < COMPARED_AT_ONCE) continue;
    compared = 0;
    if (slice.isOver) await slice.rest();
  }
  return wanted.map(({ found }) => found);
}

function patternKey({ resourceType, resourceName, patternType }: Pick<AclFilter, "resourceType" | "resourceName" | "patternType">): string {
  return `${resourceType}:${patternType}:${resourceName}`;
}
