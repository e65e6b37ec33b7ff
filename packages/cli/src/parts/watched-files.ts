import { statSync } from "node:fs";
import type { Logger } from "@ottla/base";

const LOOK_MS = 1_000;

/** Calls back when one of the files was written or replaced, and looks every second. Returns the way to stop. */
function watchFiles(files: readonly string[], onChange: () => void): () => void {
  let before = stateOf(files);
  const timer = setInterval(() => {
    const now = stateOf(files);
    if (now === before) return;
    before = now;
    onChange();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Reads changed files of a service again. What is wrong with them is told, and what held before goes on. Returns the way to stop. */
export function renewing(service: string, files: readonly string[], logger: Logger, renew: () => void | Promise<void>): () => void {
  const renewNow = async (): Promise<void> => {
    try {
      await renew();
      logger.info(`Changed files of the ${service} are in force.`, { files: files.join(", ") });
    } catch (error) {
      logger.error(`Changed files of the ${service} cannot be used; what held before goes on.`, {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  return watchFiles(files, () => void renewNow());
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
