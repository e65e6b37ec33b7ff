import { type Clock, TimeSlice } from "@ottla/base";
import type { Context } from "hono";

/** What is shorter leaves whole, with its length. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * An answer that is made as it is taken: behind the first piece of a large one its client decides when the next is made, so that one who reads slowly, and a hundred at a time, hold a piece each and not the whole. Others have
 * their turn in between. What fails behind the first piece ends the connection: the answer must not look whole.
 */
export async function answerInPieces(context: Context, texts: AsyncIterable<string>, type: string): Promise<Response> {
  const rest = texts[Symbol.asyncIterator]();
  const headers = { "Content-Type": type };
  const first = await rest.next();
  const second = first.done === true ? first : await rest.next();
  if (second.done === true) return context.body(first.done === true ? "" : first.value, 200, headers);
  const begun = [first.value, second.value];
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = begun.shift() ?? (await nextOf(rest));
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      async cancel() {
        await rest.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return context.body(body, 200, headers);
}

/** A list as JSON: what `items` gives, with commas between them and `around` them, in pieces of some length. */
export async function* jsonInPieces(
  clock: Clock,
  items: Iterable<string> | AsyncIterable<string>,
  [open, close]: readonly [open: string, close: string],
): AsyncGenerator<string, void> {
  const slice = new TimeSlice(clock);
  let piece = open;
  let comma = "";
  for await (const item of items) {
    piece += comma + item;
    comma = ",";
    if (piece.length >= PIECE_CHARACTERS) {
      yield piece;
      piece = "";
    }
    if (slice.isOver) await slice.rest();
  }
  yield piece + close;
}

async function nextOf(texts: AsyncIterator<string>): Promise<string | undefined> {
  const next = await texts.next();
  return next.done === true ? undefined : next.value;
}
