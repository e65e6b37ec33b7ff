import { TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { parseSubjectName } from "../subjects/subject-name.ts";

const PIECE_CHARACTERS = 65_536;

/** Whether a subject begins as asked: `:*:` and `:*:a` mean every context; a prefix without a context means the default one. */
export function subjectFilter(written: string): (subject: string) => boolean {
  const { context, subject: prefix } = parseSubjectName(written);
  if (context === "*" && prefix === "") return () => true;
  return (subject) => {
    const name = parseSubjectName(subject);
    return (context === "*" || context === name.context) && name.subject.startsWith(prefix);
  };
}

/** As `Array.filter`, with rests in between: there may be hundreds of thousands. */
export async function filteredInTurns<T>(all: readonly T[], isWanted: (each: T) => boolean): Promise<T[]> {
  const slice = new TimeSlice(systemClock);
  const wanted: T[] = [];
  for (const each of all) {
    if (isWanted(each)) wanted.push(each);
    if (slice.isOver) await slice.rest();
  }
  return wanted;
}

/** As `Array.flatMap`, for the first so many alone and with rests in between. */
export async function firstInTurns<T, Result>(
  all: readonly T[],
  most: number,
  resultsOf: (each: T) => readonly Result[],
): Promise<Result[]> {
  const slice = new TimeSlice(systemClock);
  const results: Result[] = [];
  for (const each of all) {
    if (results.length >= most) break;
    for (const result of resultsOf(each)) results.push(result);
    if (slice.isOver) await slice.rest();
  }
  return results;
}

/** A list as JSON, written piece by piece as it is taken: a thousand schemas may have a gigabyte. */
export function jsonListOf<T>(items: readonly T[], write: (item: T) => string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Others have their turns between two pieces.
      await new Promise(setImmediate);
      let piece = next === 0 ? "[" : "";
      for (; next < items.length && piece.length < PIECE_CHARACTERS; next++) piece += `${next === 0 ? "" : ","}${write(items[next] as T)}`;
      const isEnd = next === items.length;
      controller.enqueue(encoder.encode(isEnd ? `${piece}]` : piece));
      if (isEnd) controller.close();
    },
  });
}
