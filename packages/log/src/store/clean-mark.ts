import { join } from "node:path";
import type { Disk } from "@ottla/base";
import { readHintFile } from "../shared/hint-file.ts";

/** Kafka's name of the mark. */
const CLEAN_MARK_FILE = ".kafka_cleanshutdown";

/** How long files beside the partitions were at a clean stop, in bytes, by name. */
export type VouchedSizes = ReadonlyMap<string, number>;

/** The mark of a clean stop, and what it vouches for; undefined where there is none. It is taken away, durably, before anything is written. Errors: disk errors. */
export function takeCleanMark(disk: Disk, directory: string): VouchedSizes | undefined {
  const path = join(directory, CLEAN_MARK_FILE);
  const content = readHintFile(disk, path);
  if (content === undefined) return undefined;
  disk.remove(path);
  disk.syncDirectory(directory);
  return decodeSizes(content.toString("utf8"));
}

/** Leaves the mark of a clean stop, after all that it vouches for. Errors: disk errors. */
export function writeCleanMark(disk: Disk, directory: string, sizes: VouchedSizes): void {
  const content = { version: 0, brokerEpoch: -1, sizes: Object.fromEntries(sizes) };
  disk.replaceFile(join(directory, CLEAN_MARK_FILE), Buffer.from(`${JSON.stringify(content)}\n`));
}

/** Of Kafka's mark, of an older one, and of one that cannot be read: none. */
function decodeSizes(text: string): VouchedSizes {
  const sizes = new Map<string, number>();
  try {
    const { sizes: found } = JSON.parse(text) as { sizes?: Record<string, unknown> };
    for (const [name, bytes] of Object.entries(found ?? {})) if (Number.isSafeInteger(bytes)) sizes.set(name, bytes as number);
  } catch {
    // The mark stands by its being there.
  }
  return sizes;
}
