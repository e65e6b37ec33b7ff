import { dirname } from "node:path";
import type { Disk } from "@ottla/base";

/** Makes a directory and those above it, so that a power loss does not take them away again. */
export function makeDirectoryDurably(disk: Disk, directory: string): void {
  if (disk.stat(directory) !== undefined) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectoryDurably(disk, parent);
  disk.makeDirectory(directory);
  disk.syncDirectory(parent);
}
