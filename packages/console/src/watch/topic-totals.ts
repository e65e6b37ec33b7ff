import type { TopicRow } from "./topic-state.ts";

const BUSIEST_SHOWN = 5;

/** All topics of a cluster in a few figures. */
export interface TopicTotals {
  readonly internalTopics: number;
  readonly partitions: number;
  /** Of those that are known; null where none is, though there are topics. */
  readonly bytes: number | null;
  readonly offline: number;
  readonly underReplicated: number;
  /** Those that are written to most, five at most, the busiest first. */
  readonly busiest: readonly TopicRow[];
}

/** In one pass: there may be a hundred thousand. */
export function totalsOf(rows: readonly TopicRow[]): TopicTotals {
  let [internalTopics, partitions, bytes, offline, underReplicated] = [0, 0, 0, 0, 0];
  let areBytesKnown = rows.length === 0;
  const busiest: TopicRow[] = [];
  for (const row of rows) {
    if (row.internal) internalTopics++;
    partitions += row.partitions;
    offline += row.offline;
    underReplicated += row.underReplicated;
    if (row.bytes !== undefined) {
      areBytesKnown = true;
      bytes += row.bytes;
    }
    if (busier(row, busiest[BUSIEST_SHOWN - 1])) insert(busiest, row);
  }
  return { internalTopics, partitions, bytes: areBytesKnown ? bytes : null, offline, underReplicated, busiest };
}

function busier({ inPerS = 0 }: TopicRow, than: TopicRow | undefined): boolean {
  return inPerS > (than?.inPerS ?? 0);
}

/** Behind those that are as busy. */
function insert(busiest: TopicRow[], row: TopicRow): void {
  const at = busiest.findIndex((each) => busier(row, each));
  busiest.splice(at < 0 ? busiest.length : at, 0, row);
  busiest.length = Math.min(busiest.length, BUSIEST_SHOWN);
}
