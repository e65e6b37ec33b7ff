import { join } from "node:path";
import type { Disk } from "@ottla/base";
import { readHintFile } from "../shared/hint-file.ts";

/** In a partition's directory: below which offset compaction may have taken records. Absent where it never did. */
const FILE = "compacted-below";

/** Below it offsets may be missing without being lost; 0 where the partition was never compacted, `Infinity` where that cannot be told. `names`: what the directory holds. Errors: disk errors. */
export function readCompactionBound(disk: Disk, directory: string, names: readonly string[]): number {
  if (!names.includes(FILE)) return 0;
  const content = readHintFile(disk, join(directory, FILE));
  if (content === undefined) return 0;
  const match = /^0\n(\d{1,16})\n$/.exec(content.toString("latin1"));
  return match === null ? Infinity : Number(match[1]);
}

/** Durable when it resolves. Errors: disk errors. */
export function writeCompactionBound(disk: Disk, directory: string, offset: number): Promise<void> {
  return disk.replace(join(directory, FILE), Buffer.from(`0\n${offset}\n`));
}
