import { hasAllWords } from "./page-of.ts";
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

/** Topics by the words of their names, the open branches only. What only one line is below stands in one line with it. Pure. */
export function topicTree(rows: readonly TopicRow[], { separator, open, search }: TreeQuery): TopicTree {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows
    .filter(({ name }) => hasAllWords(name.toLowerCase(), words))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const by = separator ?? guessSeparator(found);
  const lines: TreeLine[] = [];
  addLines(lines, found, "", 0, by, open);
  return { separator: by, lines: lines.slice(0, LINES_MAX), found: found.length, isCut: lines.length > LINES_MAX };
}

/** The one by which the most names share their first word with another. */
export function guessSeparator(rows: readonly TopicRow[]): Separator {
  let [best, most]: [Separator, number] = [".", 0];
  for (const separator of SEPARATORS) {
    const counts = new Map<string, number>();
    for (const { name } of rows) {
      const end = name.indexOf(separator, 1);
      if (end > 0) counts.set(name.slice(0, end), (counts.get(name.slice(0, end)) ?? 0) + 1);
    }
    let shared = 0;
    for (const count of counts.values()) if (count > 1) shared += count;
    if (shared > most) [best, most] = [separator, shared];
  }
  return best;
}

/** Lines for topics whose names all begin with `path`; `rows` are in the order of their names. */
function addLines(
  lines: TreeLine[],
  rows: readonly TopicRow[],
  path: string,
  depth: number,
  by: Separator,
  open: ReadonlySet<string>,
): void {
  for (const group of grouped(rows, path.length, by)) {
    if (lines.length > LINES_MAX) return;
    const end = group.length === 1 ? group[0]!.name : sharedStart(group, path.length, by);
    // A topic whose name is all that the others below begin with.
    const label = end.slice(path.length) || end;
    if (group.length === 1) {
      lines.push(lineOf(label, end, depth, group, false));
      continue;
    }
    // A topic may have the name of a branch: it is a line of its own below.
    const isOpen = open.has(end);
    lines.push(lineOf(label, end, depth, group, isOpen));
    if (isOpen) addLines(lines, group, end, depth + 1, by, open);
  }
}

/** Topics that go on with the same word, in order. */
function grouped(rows: readonly TopicRow[], from: number, by: Separator): Iterable<readonly TopicRow[]> {
  const groups = new Map<string, TopicRow[]>();
  for (const row of rows) {
    const word = wordAt(row.name, from, by);
    const same = groups.get(word);
    if (same) same.push(row);
    else groups.set(word, [row]);
  }
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

function lineOf(label: string, path: string, depth: number, group: readonly TopicRow[], isOpen: boolean): TreeLine {
  const sum = (of: (row: TopicRow) => number | undefined): number | undefined => {
    let total: number | undefined;
    for (const row of group) {
      const value = of(row);
      if (value !== undefined) total = (total ?? 0) + value;
    }
    return total;
  };
  const isTopic = group.length === 1;
  return {
    label,
    path,
    depth,
    topics: isTopic ? 0 : group.length,
    isTopic,
    isOpen,
    partitions: sum(({ partitions }) => partitions) ?? 0,
    records: sum(({ records }) => records),
    bytes: sum(({ bytes }) => bytes),
    inPerS: sum(({ inPerS }) => inPerS),
    offline: sum(({ offline }) => offline) ?? 0,
    underReplicated: sum(({ underReplicated }) => underReplicated) ?? 0,
  };
}
