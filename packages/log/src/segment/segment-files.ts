import { join } from "node:path";

const OFFSET_DIGITS = 20;

export type SegmentFileKind = ".log" | ".index" | ".timeindex" | ".txnindex" | ".snapshot";

/** A removed file until it is really gone. */
export const DELETED_SUFFIX = ".deleted";
/** A file that recovery set aside because it follows a hole. */
export const LOST_SUFFIX = ".lost";
export const LEADER_EPOCH_FILE = "leader-epoch-checkpoint";
export const PARTITION_METADATA_FILE = "partition.metadata";

/** `00000000000000000042.log`: the first offset in 20 digits, so that names sort as offsets do. */
function segmentFileName(offset: number, kind: SegmentFileKind): string {
  return String(offset).padStart(OFFSET_DIGITS, "0") + kind;
}

export function segmentPath(directory: string, offset: number, kind: SegmentFileKind): string {
  return join(directory, segmentFileName(offset, kind));
}

/** What a directory holds, by kind; offsets ascend. `leftovers` are removed or half-written files of ours. */
export interface SegmentFiles {
  readonly logs: readonly number[];
  readonly indexes: readonly string[];
  readonly transactionIndexes: readonly number[];
  readonly snapshots: readonly number[];
  readonly leftovers: readonly string[];
}

const SEGMENT_FILE = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)$/;
/** A `.swap` of a transaction index that is still there once swaps are completed has no log to go with. */
const LEFTOVER =
  /^((\d{20}\.\w+|\d{20}\.\d{20}\.\w+|leader-epoch-checkpoint|partition\.metadata|compacted-below)\.(deleted|tmp|cleaned)|\d{20}\.\d{20}\.txnindex\.swap)$/;
const SWAP_FILE = /^(\d{20})\.(\d{20})\.log\.swap$/;

/** A file that is to take the place of all segments that begin at or after `base` and before `end`; `.cleaned` until it is whole, `.swap` from then on. */
export function replacementPath(
  directory: string,
  base: number,
  end: number,
  kind: ".log" | ".txnindex",
  state: ".cleaned" | ".swap",
): string {
  return join(directory, `${segmentFileName(base, ".log").slice(0, OFFSET_DIGITS)}.${segmentFileName(end, kind)}${state}`);
}

/** The replacements that were whole when the process ended, perhaps in the middle of taking their place. */
export function swapsAmong(names: readonly string[]): { readonly base: number; readonly end: number }[] {
  return names.flatMap((name) => {
    const match = SWAP_FILE.exec(name);
    return match === null ? [] : [{ base: Number(match[1]), end: Number(match[2]) }];
  });
}

/** Sorts a directory's names into {@link SegmentFiles}; unknown names are left alone. */
export function sortSegmentFiles(names: readonly string[]): SegmentFiles {
  const logs: number[] = [];
  const indexes: string[] = [];
  const transactionIndexes: number[] = [];
  const snapshots: number[] = [];
  const leftovers: string[] = [];
  for (const name of names) {
    const match = SEGMENT_FILE.exec(name);
    if (match === null) {
      if (LEFTOVER.test(name)) leftovers.push(name);
    } else if (match[2] === "log") logs.push(Number(match[1]));
    else if (match[2] === "snapshot") snapshots.push(Number(match[1]));
    else {
      indexes.push(name);
      if (match[2] === "txnindex") transactionIndexes.push(Number(match[1]));
    }
  }
  return { logs: logs.sort(ascending), indexes, transactionIndexes, snapshots: snapshots.sort(ascending), leftovers };
}

function ascending(a: number, b: number): number {
  return a - b;
}
