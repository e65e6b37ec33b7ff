/** A name longer than this is no slip of the fingers. */
const NAME_CHARACTERS_MAX = 100;
/** One wrong, missing, doubled or swapped character for each so many. */
const CHARACTERS_PER_SLIP = 4;

/** Fewer characters begin too many names. */
const PREFIX_CHARACTERS_MIN = 4;

/**
 * The name among `known` that `name` was most likely meant to be: the nearest within a few slips, else the only one that it begins. Undefined when
 * there is none. Upper and lower case count as the same.
 */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > NAME_CHARACTERS_MAX) return undefined;
  const slipsMax = Math.max(1, Math.floor(name.length / CHARACTERS_PER_SLIP));
  const meant = name.toLowerCase();
  let nearest: string | undefined;
  let fewest = slipsMax + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= fewest) continue;
    const slips = slipsBetween(meant, candidate.toLowerCase());
    if (slips < fewest) [nearest, fewest] = [candidate, slips];
  }
  return nearest ?? onlyOneBegunBy(meant, known);
}

function onlyOneBegunBy(start: string, known: Iterable<string>): string | undefined {
  if (start.length < PREFIX_CHARACTERS_MIN) return undefined;
  const begun = [...known].filter((candidate) => candidate.toLowerCase().startsWith(start));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Optimal string alignment distance: insertions, deletions, replacements, and swaps of neighbours. */
function slipsBetween(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, beforePrevious[j - 2]! + 1);
      current.push(slips);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
