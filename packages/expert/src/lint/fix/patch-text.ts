import { structuredPatch } from "diff";

/** Lines that a patch shows before and behind a change. */
const CONTEXT = 3;

/** The difference of two texts in unified form, as `patch` and `git apply` take it; empty when there is none. */
export function patchText(path: string, before: string, after: string): string {
  if (before === after) return "";
  // An absolute path has one slash behind the prefix, as git writes it; patch -p1 at the root of the file system takes it.
  const shown = path.replace(/^\/+/, "");
  const { hunks } = structuredPatch(shown, shown, before, after, undefined, undefined, { context: CONTEXT });
  const texts = hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) =>
    [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...lines].join("\n"),
  );
  return `--- a/${shown}\n+++ b/${shown}\n${texts.join("\n")}\n`;
}

/** A range of lines as patches write it: an empty one names the line before it. */
function range(from: number, count: number): string {
  return count === 0 ? `${from - 1},0` : `${from},${count}`;
}
