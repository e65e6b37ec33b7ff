/**
 * The smallest list found by dropping elements while `isFailing` holds: halves first, then smaller pieces, down to single ones.
 * Asks at most `triesMax` times.
 */
export async function shrink<Item>(
  items: readonly Item[],
  isFailing: (items: readonly Item[]) => Promise<boolean>,
  triesMax: number,
): Promise<Item[]> {
  let smallest = [...items];
  let tries = 0;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = smallest.length - size; at > -size && tries < triesMax; at -= size) {
      const from = Math.max(0, at);
      const candidate = [...smallest.slice(0, from), ...smallest.slice(at + size)];
      if (candidate.length === 0 || candidate.length === smallest.length) continue;
      tries++;
      if (await isFailing(candidate)) smallest = candidate;
    }
  }
  return smallest;
}
