import type { Logger } from "@ottla/base";
import { Hono } from "hono";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { type PreviewedRecord, previewLine, previewSource } from "../worker/preview-source.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerJson, bodyObject, settingsIn } from "./answers.ts";

const RECORDS = 10;
const RECORDS_MAX = 50;
/** Of the records that are shown, in characters of their JSON. */
const SHOWN_MAX = 2_000_000;
/** A source that has nothing more is not waited for. */
const WITHIN_MS = 8_000;

/** `/ottla/preview`: what a source would bring, as settings say it that no connector has yet; nothing is written, and no offset kept. One at a time: it opens connections of its own. */
export function previewRoutes(worker: ConnectWorker, logger: Logger): Hono {
  let isBusy = false;
  return new Hono().put("/ottla/preview", async (context) => {
    const config = settingsIn(await bodyObject(context), "the body");
    const limit = Number(context.req.query("limit") ?? RECORDS);
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > RECORDS_MAX)
      throw new RequestError(400, `limit is a whole number from 1 to ${RECORDS_MAX}.`);
    if (isBusy) throw new RequestError(409, "Another preview is being made; try again in a moment.");
    isBusy = true;
    try {
      const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(WITHIN_MS)]);
      const { records, isEnd } = await firstRecords(
        previewSource(await worker.resolve(config), { catalogue: worker.catalogue, defaults: worker.properties, logger, signal }),
        limit,
        signal,
      );
      return answerJson(context, { records: records.map((record) => JSON.parse(previewLine(record)) as object), is_end: isEnd });
    } finally {
      isBusy = false;
    }
  });
}

/** As many as came in time; `isEnd`: the source has no more. */
async function firstRecords(
  source: AsyncGenerator<PreviewedRecord>,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly records: readonly PreviewedRecord[]; readonly isEnd: boolean }> {
  const records: PreviewedRecord[] = [];
  const over = new Promise<"over">((resolve) => signal.addEventListener("abort", () => resolve("over"), { once: true }));
  let characters = 0;
  try {
    while (records.length < limit && characters < SHOWN_MAX) {
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
