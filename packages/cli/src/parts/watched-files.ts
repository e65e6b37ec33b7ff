import { statSync } from "node:fs";

const LOOK_MS = 1_000;

/** Calls back when one of the files was written or replaced, and looks every second. Returns the way to stop. */
export function watchFiles(files: readonly string[], onChange: () => void, lookMs = LOOK_MS): () => void {
  let before = stateOf(files);
  const timer = setInterval(() => {
    const now = stateOf(files);
    if (now === before) return;
    before = now;
    onChange();
  }, lookMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** A file that is gone for a moment, while it is replaced, is looked at again. */
function stateOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? "-" : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    })
    .join("\n");
}
