import type { Disk } from "@ottla/base";
import { replacementPath, segmentPath, sortSegmentFiles, swapsAmong } from "../segment/segment-files.ts";

/**
 * Finishes what a crash has interrupted: a replacement that was whole takes the place of the segments it was made of. Doing it again changes nothing. Returns
 * what the directory holds afterwards. Errors: disk errors.
 */
export function completeSwaps(disk: Disk, directory: string): string[] {
  const names = disk.list(directory);
  const swaps = swapsAmong(names);
  if (swaps.length === 0) return names;
  const { logs } = sortSegmentFiles(names);
  for (const { base, end } of swaps) {
    for (const old of logs) {
      if (old < base || old >= end) continue;
      for (const kind of [".log", ".index", ".timeindex", ".txnindex"] as const) disk.remove(segmentPath(directory, old, kind));
      if (old > base) disk.remove(segmentPath(directory, old, ".snapshot"));
    }
    const transactions = replacementPath(directory, base, end, ".txnindex", ".swap");
    if (disk.stat(transactions) !== undefined) disk.rename(transactions, segmentPath(directory, base, ".txnindex"));
    // The log itself last: as long as it has its old name, all of this is done again.
    disk.rename(replacementPath(directory, base, end, ".log", ".swap"), segmentPath(directory, base, ".log"));
  }
  return disk.list(directory);
}
