import { diffLines } from "diff";

/** A line of two texts side by side; undefined where a text has none there. */
export interface SideLine {
  readonly before?: { readonly number: number; readonly text: string };
  readonly after?: { readonly number: number; readonly text: string };
  readonly isChanged: boolean;
}

/** Texts that differ in more places are shown whole, without a comparison. */
const EDITS_MAX = 4_000;

/** Two texts line by line; undefined where they differ too much to be compared in a moment. */
export function sideBySide(before: string, after: string): readonly SideLine[] | undefined {
  const pieces = diffLines(before, after, { maxEditLength: EDITS_MAX, timeout: 500 });
  if (pieces === undefined) return undefined;
  const lines: SideLine[] = [];
  let [left, right] = [0, 0];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    const own = linesOf(piece.value);
    if (!piece.added && !piece.removed) {
      for (const text of own) lines.push({ before: { number: ++left, text }, after: { number: ++right, text }, isChanged: false });
      continue;
    }
    const next = pieces[i + 1];
    const isPair = piece.removed && next?.added;
    const gone = piece.removed ? own : [];
    const come = piece.added ? own : isPair ? linesOf(next.value) : [];
    if (isPair) i++;
    for (let at = 0; at < Math.max(gone.length, come.length); at++)
      lines.push({
        ...(at < gone.length && { before: { number: ++left, text: gone[at]! } }),
        ...(at < come.length && { after: { number: ++right, text: come[at]! } }),
        isChanged: true,
      });
  }
  return lines;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
