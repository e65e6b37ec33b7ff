import { printable } from "@ottla/base";
import type { ToolAnswer } from "./tool.ts";

/** The most that one answer may have, in bytes of JSON. An agent reads all of it. */
export const ANSWER_BYTES_MAX = 32 * 1024;
/** The most of one text that comes from outside. */
export const TEXT_CHARACTERS_MAX = 1000;
/** How deep an answer may be nested. */
const DEPTH_MAX = 12;

/** Lines about what was not looked at; of more the first are told, and how many there are. */
const GAPS_MAX = 50;

/** An answer as it is sent: within its bound, with printable texts, and with the time and the gaps of the look. */
export function boundedAnswer({ data, observedAtMs, notChecked = [] }: ToolAnswer): Readonly<Record<string, unknown>> {
  const cleaning = new Cleaning();
  const shown = cleaning.clean(data, 0, "") as Record<string, unknown>;
  const gaps = notChecked.slice(0, GAPS_MAX).map((line) => clippedText(line, GAP_CHARACTERS_MAX));
  if (notChecked.length > GAPS_MAX) gaps.push(`and ${notChecked.length - GAPS_MAX} more that were not looked at`);
  const answer = {
    ...shown,
    ...(observedAtMs !== undefined && { observedAt: new Date(observedAtMs).toISOString() }),
    notChecked: [...gaps, ...cleaning.leftOut],
  };
  return sizeOf(answer) <= ANSWER_BYTES_MAX ? answer : cut(answer, data);
}

const GAP_CHARACTERS_MAX = 300;

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}

/** Takes entries from the end of the longest list until the answer fits, and says so: nothing is left out silently. */
function cut(
  answer: Readonly<Record<string, unknown>> & { readonly notChecked: readonly string[] },
  data: ToolAnswer["data"],
): Record<string, unknown> {
  const shorter: Record<string, unknown> = { ...answer };
  const kept = new Map<string, number>();
  for (;;) {
    const [name, list] = longestList(shorter);
    if (name === undefined || list.length === 0) break;
    const keep = Math.floor(list.length / 2);
    shorter[name] = list.slice(0, keep);
    kept.set(name, keep);
    const leftOut = [...kept].map(([each, count]) => leftOutLine(each, (data[each] as unknown[]).length, count));
    const told = answer.notChecked.filter((line) => [...kept.keys()].every((each) => !line.startsWith(`${each}: `)));
    const whole = { ...shorter, notChecked: [...told, ...leftOut] };
    if (sizeOf(whole) <= ANSWER_BYTES_MAX) return whole;
  }
  return { notChecked: [`The answer has more than ${ANSWER_BYTES_MAX} bytes; ask for less.`] };
}

function leftOutLine(name: string, all: number, kept: number): string {
  return `${name}: ${all - kept} of ${all} are left out, since an answer has at most ${ANSWER_BYTES_MAX} bytes; ask for a page or for less.`;
}

function longestList(answer: Readonly<Record<string, unknown>>): readonly [string | undefined, readonly unknown[]] {
  const lists = Object.entries(answer).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[0] !== "notChecked",
  );
  const [longest] = lists.sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
  return longest ?? [undefined, []];
}

/** Makes values plain and printable. In a list it stops at what no answer can hold, so that a long one costs no more than what is told of it, and says what it left out. */
class Cleaning {
  readonly leftOut: string[] = [];

  clean(value: unknown, depth: number, place: string): unknown {
    if (typeof value === "string") return clippedText(value);
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    if (typeof value === "bigint") return String(value);
    if (value === undefined || value === null || typeof value === "boolean") return value;
    if (depth >= DEPTH_MAX) return "…";
    if (Array.isArray(value)) return this.#list(value, depth, place);
    if (value instanceof Map) return this.clean(Object.fromEntries(value), depth, place);
    if (typeof value !== "object") return undefined;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [clippedText(key), this.clean(each, depth + 1, place === "" ? key : `${place}.${key}`)]),
    );
  }

  #list(values: readonly unknown[], depth: number, place: string): unknown[] {
    const kept: unknown[] = [];
    let bytes = 0;
    for (const value of values) {
      const each = this.clean(value, depth + 1, place);
      bytes += sizeOf(each) + 1;
      if (bytes > ANSWER_BYTES_MAX) {
        if (this.leftOut.length < GAPS_MAX) this.leftOut.push(leftOutLine(clippedText(place, 100), values.length, kept.length));
        break;
      }
      kept.push(each);
    }
    return kept;
  }
}

/** A text without control and direction characters, line ends apart, and not longer than a reader reads. */
export function clippedText(text: string, charactersMax: number = TEXT_CHARACTERS_MAX): string {
  const clean = text.split("\n").map(printable).join("\n");
  return clean.length <= charactersMax ? clean : `${clean.slice(0, charactersMax)}… (${clean.length - charactersMax} more characters)`;
}

/** One page of a list: what begins after the cursor, and the cursor of the next. A cursor is the name of the last that was told, so that it holds while others come and go. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): { readonly items: readonly Item[]; readonly total: number; readonly nextCursor?: string } {
  const sorted = [...items].sort((a, b) => compare(nameOf(a), nameOf(b)));
  const from = cursor === undefined ? 0 : sorted.findIndex((item) => compare(nameOf(item), cursor) > 0);
  const page = from < 0 ? [] : sorted.slice(from, from + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && from + limit < sorted.length;
  return { items: page, total: sorted.length, ...(isMore && { nextCursor: nameOf(last) }) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
