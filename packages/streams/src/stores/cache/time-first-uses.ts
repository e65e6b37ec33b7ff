import { compareBytes } from "../bytes/compare-bytes.ts";
import type { Overlay } from "../merged-walk.ts";
import type { CachedEntry, NamedCache } from "./record-cache.ts";

/** Is told which of a cache's entries a walk looks at, and that it looked behind the last of them (undefined). */
export type LookedAt = (entry: Pick<Overlay, "key"> | undefined) => void;

/** What Java's cache sorts an entry of a store in memory by: its time, then its bytes. */
export interface TimeFirst {
  readonly timeMs: number;
  readonly bytes: Uint8Array;
}

/**
 * What a walk uses in a small cache, as it does in Java: all entries between two places, sorted by time first and whatever their keys, up to the one that it looks at. Which entry a full cache gives up next hangs on that, and so does
 * what is written when. As many as a small cache has, so only there: in a large one each read would take as long as it is large.
 */
export function timeFirstUses(
  cache: NamedCache,
  placeOf: (entry: CachedEntry) => TimeFirst,
  from: TimeFirst | undefined,
  to: TimeFirst | undefined,
  isReverse: boolean,
): LookedAt {
  const ahead: (TimeFirst & { readonly key: Uint8Array })[] = [];
  const next = cache.table.unordered();
  for (let entry = next(); entry !== undefined; entry = next()) {
    const place = { ...placeOf(entry), key: entry.key };
    if ((from === undefined || byTime(place, from) >= 0) && (to === undefined || byTime(place, to) <= 0)) ahead.push(place);
  }
  ahead.sort(byTime);
  if (isReverse) ahead.reverse();
  let at = 0;
  return (entry) => {
    const last =
      entry === undefined ? ahead.length - 1 : ahead.findIndex(({ key }, index) => index >= at && compareBytes(key, entry.key) === 0);
    for (; at <= last; at++) cache.get(ahead[at]!.key);
  };
}

function byTime(a: TimeFirst, b: TimeFirst): number {
  return a.timeMs - b.timeMs || compareBytes(a.bytes, b.bytes);
}
