import { Hono } from "hono";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerJson, bodyObject, settingsIn } from "./answers.ts";

const RECORDS = 10;
const RECORDS_MAX = 50;
/** `/ottla/preview`: what a source would bring, as settings say it that no connector has yet; nothing is written, and no offset kept. One at a time: it opens connections of its own. */
export function previewRoutes(worker: ConnectWorker): Hono {
  let isBusy = false;
  return new Hono().put("/ottla/preview", async (context) => {
    const config = settingsIn(await bodyObject(context), "the body");
    const limit = Number(context.req.query("limit") ?? RECORDS);
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > RECORDS_MAX)
      throw new RequestError(400, `limit is a whole number from 1 to ${RECORDS_MAX}.`);
    if (isBusy) throw new RequestError(409, "Another preview is being made; try again in a moment.");
    isBusy = true;
    try {
      const { lines, isEnd } = await worker.preview(config, limit, context.req.raw.signal);
      return answerJson(context, { records: lines.map((line) => JSON.parse(line) as object), is_end: isEnd });
    } finally {
      isBusy = false;
    }
  });
}
