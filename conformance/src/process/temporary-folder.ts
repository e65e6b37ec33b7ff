import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder of our own under the system's temporary folder. */
export function makeTemporaryFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), `ottla-${prefix}-`));
}

/** Removes a folder made by {@link makeTemporaryFolder} with all it holds. */
export function removeTemporaryFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
