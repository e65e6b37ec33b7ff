import { sortInSlices, type TimeSlice } from "@ottla/base";
import { searched } from "./page-of.ts";
import type { TopicRow } from "./topic-state.ts";

/** What people part the words of topic names by. */
export const SEPARATORS = [".", "-", "_"] as const;
type Separator = (typeof SEPARATORS)[number];

/** A line of the tree: topics whose names begin alike, or one topic. */
interface TreeLine {
  /** What is written: the words below the line above. */
  readonly label: string;
  /** All words from the root, with their separators. */
  readonly path: string;
  readonly depth: number;
  /** How many topics there are below; 0 for a topic. */
  readonly topics: number;
  /** Whether a topic has this very name. */
  readonly isTopic: boolean;
  readonly isOpen: boolean;
  readonly partitions: number;
  readonly records: number | undefined;
  readonly bytes: number | undefined;
  readonly inPerS: number | undefined;
  readonly offline: number;
  readonly underReplicated: number;
}

/** What is asked of the tree. */
export interface TreeQuery {
  /** Undefined: the one that parts the names best. */
  readonly separator: Separator | undefined;
  /** Paths of the lines that are open. */
  readonly open: ReadonlySet<string>;
  readonly search: string;
}

/** The lines that are seen. */
export interface TopicTree {
  readonly separator: Separator;
  readonly lines: readonly TreeLine[];
  /** Topics that fit the search. */
  readonly found: number;
  /** Whether there are more lines than may be shown. */
  readonly isCut: boolean;
}

const LINES_MAX = 1_000;
/** So many topics are looked at before the time is. */
const AT_ONCE = 64;

/** Topics by the words of their names, the open branches only, with rests in between where there are many. What only one line is below stands in one line with it. */
export async function topicTree(slice: TimeSlice, rows: readonly TopicRow[], { separator, open, search }: TreeQuery): Promise<TopicTree> {
  const fitting = await searched(slice, rows, ({ name }) => name, search);
  const found = await sortInSlices(slice, fitting, (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const by = separator ?? (await guessSeparator(slice, found));
  const lines: TreeLine[] = [];
  await addLines(slice, lines, found, "", 0, by, open);
  return { separator: by, lines: lines.slice(0, LINES_MAX), found: found.length, isCut: lines.length > LINES_MAX };
}

/** The one by which the most names share their first word with another. */
export async function guessSeparator(slice: TimeSlice, rows: readonly TopicRow[]): Promise<Separator> {
  let [best, most]: [Separator, number] = [".", 0];
  for (const separator of SEPARATORS) {
    const counts = new Map<string, number>();
    await eachOf(slice, rows, ({ name }) => {
      const end = name.indexOf(separator, 1);
      if (end > 0) counts.set(name.slice(0, end), (counts.get(name.slice(0, end)) ?? 0) + 1);
    });
    let shared = 0;
    for (const count of counts.values()) if (count > 1) shared += count;
    if (shared > most) [best, most] = [separator, shared];
  }
  return best;
}

/** Lines for topics whose names all begin with `path`; `rows` are in the order of their names. */
async function addLines(
  slice: TimeSlice,
  lines: TreeLine[],
  rows: readonly TopicRow[],
  path: string,
  depth: number,
  by: Separator,
  open: ReadonlySet<string>,
): Promise<void> {
  for (const group of await grouped(slice, rows, path.length, by)) {
    if (lines.length > LINES_MAX) return;
    const end = group.length === 1 ? group[0]!.name : sharedStart(group, path.length, by);
    // A topic whose name is all that the others below begin with.
    const label = end.slice(path.length) || end;
    if (group.length === 1) {
      lines.push(await lineOf(slice, label, end, depth, group, false));
      continue;
    }
    // A topic may have the name of a branch: it is a line of its own below.
    const isOpen = open.has(end);
    lines.push(await lineOf(slice, label, end, depth, group, isOpen));
    if (isOpen) await addLines(slice, lines, group, end, depth + 1, by, open);
  }
}

/** Topics that go on with the same word, in order. */
async function grouped(slice: TimeSlice, rows: readonly TopicRow[], from: number, by: Separator): Promise<Iterable<readonly TopicRow[]>> {
  const groups = new Map<string, TopicRow[]>();
  await eachOf(slice, rows, (row) => {
    const word = wordAt(row.name, from, by);
    const same = groups.get(word);
    if (same) same.push(row);
    else groups.set(word, [row]);
  });
  return groups.values();
}

/** The word at this place with the separator behind it; an empty one takes the next with it. */
function wordAt(name: string, from: number, by: Separator): string {
  const end = name.indexOf(by, from + 1);
  return end < 0 ? name.slice(from) : name.slice(from, end + 1);
}

/** How far all of these have the same words: one at least. */
function sharedStart(group: readonly TopicRow[], from: number, by: Separator): string {
  const [first, last] = [group[0]!.name, group.at(-1)!.name];
  let end = from + wordAt(first, from, by).length;
  for (;;) {
    const next = end + wordAt(first, end, by).length;
    if (next === end || next >= first.length || !last.startsWith(first.slice(0, next))) return first.slice(0, end);
    end = next;
  }
}

async function lineOf(
  slice: TimeSlice,
  label: string,
  path: string,
  depth: number,
  group: readonly TopicRow[],
  isOpen: boolean,
): Promise<TreeLine> {
  let [partitions, offline, underReplicated] = [0, 0, 0];
  let [records, bytes, inPerS]: (number | undefined)[] = [undefined, undefined, undefined];
  await eachOf(slice, group, (row) => {
    partitions += row.partitions;
    offline += row.offline;
    underReplicated += row.underReplicated;
    if (row.records !== undefined) records = (records ?? 0) + row.records;
    if (row.bytes !== undefined) bytes = (bytes ?? 0) + row.bytes;
    if (row.inPerS !== undefined) inPerS = (inPerS ?? 0) + row.inPerS;
  });
  const isTopic = group.length === 1;
  return {
    label,
    path,
    depth,
    topics: isTopic ? 0 : group.length,
    isTopic,
    isOpen,
    partitions,
    records,
    bytes,
    inPerS,
    offline,
    underReplicated,
  };
}

async function eachOf(slice: TimeSlice, rows: readonly TopicRow[], see: (row: TopicRow) => void): Promise<void> {
  for (const [i, row] of rows.entries()) {
    see(row);
    if (i % AT_ONCE === 0 && slice.isOver) await slice.rest();
  }
}
