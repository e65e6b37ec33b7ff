import { type PreviewedRecord, previewLine } from "./preview-source.ts";

/** Of the records that are shown, in characters of their JSON. */
const SHOWN_MAX = 2_000_000;
/** Once it has brought something, it is waited for only so long. */
const IDLE_MS = 1_500;

/** As many as came in time; `isEnd`: the source has no more. */
export async function firstRecords(
  source: AsyncGenerator<PreviewedRecord>,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly records: readonly PreviewedRecord[]; readonly isEnd: boolean }> {
  const records: PreviewedRecord[] = [];
  let characters = 0;
  try {
    while (records.length < limit && characters < SHOWN_MAX) {
      const isOver = records.length === 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(IDLE_MS)]);
      const over = new Promise<"over">((resolve) => {
        isOver.addEventListener("abort", () => resolve("over"), { once: true });
        if (isOver.aborted) resolve("over");
      });
      const next = await Promise.race([source.next(), over]);
      if (next === "over") return { records, isEnd: false };
      if (next.done) return { records, isEnd: true };
      records.push(next.value);
      characters += previewLine(next.value).length;
    }
    return { records, isEnd: false };
  } finally {
    // One that waits for its system ends with the signal, later.
    source.return(undefined).catch(() => {});
  }
}
