import type { Clock } from "@ottla/base";
import type { Partition, PartitionWatcher } from "../partitions/partition.ts";

/**
 * Waits until `missingBytes` have been appended to the partitions together, or one of them changed in another way (deleted, moved, trimmed), or
 * `maxWaitMs` have passed. The caller reads again afterwards. Source: KIP-74, trap D3.
 */
export function awaitBytes(clock: Clock, partitions: Iterable<Partition>, missingBytes: number, maxWaitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const watched = [...partitions];
    let missing = missingBytes;
    const finish = (): void => {
      timer.cancel();
      for (const partition of watched) partition.unwatch(watcher);
      resolve();
    };
    const watcher: PartitionWatcher = {
      onAdvance(bytes) {
        missing -= bytes;
        if (missing <= 0) finish();
      },
      onChange: finish,
    };
    const timer = clock.schedule(maxWaitMs, finish);
    for (const partition of watched) partition.watch(watcher);
  });
}
