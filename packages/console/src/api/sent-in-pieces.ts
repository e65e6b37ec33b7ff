import type { ServerResponse } from "node:http";
import { type Clock, TimeSlice } from "@ottla/base";
import type { Context } from "hono";

/** Whoever has not taken all of an answer by then is cut off: others wait for what it holds. */
const TAKEN_WITHIN_MS = 60_000;
/** Small pieces are sent together. */
const SENT_CHARS = 64 * 1024;

/** An answer of JSON whose pieces are made as they are sent, with rests between. `onEnd` is called when all was sent, and when the connection is gone before. */
export function sentInPieces(c: Context, clock: Clock, pieces: Iterable<string>, onEnd: () => void): Response {
  const { outgoing } = c.env as { readonly outgoing?: ServerResponse };
  const timer = clock.schedule(TAKEN_WITHIN_MS, () => outgoing?.destroy());
  const end = (): void => {
    timer.cancel();
    onEnd();
  };
  // A connection that is gone by now tells nobody any more.
  if (outgoing === undefined || outgoing.destroyed) end();
  else outgoing.once("close", end);
  async function* slices(): AsyncGenerator<Uint8Array, void, void> {
    const slice = new TimeSlice(clock);
    let text = "";
    for (const piece of pieces) {
      text += piece;
      if (text.length >= SENT_CHARS) {
        yield Buffer.from(text);
        text = "";
      }
      if (slice.isOver) await slice.rest();
    }
    yield Buffer.from(text);
  }
  const parts = slices();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return();
    },
  });
  return c.body(body, 200, { "Content-Type": "application/json" });
}
