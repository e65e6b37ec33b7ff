import type { Clock, Timer } from "@ottla/base";
import { StreamsError } from "../../../streams-error.ts";

/** Who takes nothing for so long, while something is there for it, keeps a place from others: its stream is ended. */
const READER_MS = 60_000;

/** Answers that go on for as long as their readers read: bounded in number, each taking the next piece only when its reader has room, and ended when it has none for a minute. */
export class OpenStreams {
  readonly #max: number;
  readonly #clock: Pick<Clock, "schedule">;
  readonly #open = new Set<AbortController>();

  constructor(max: number, clock: Pick<Clock, "schedule">) {
    this.#max = max;
    this.#clock = clock;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Throws `STREAMS_TOO_MANY_STREAMS`. */
  answer(make: (signal: AbortSignal) => AsyncGenerator<string, void>, contentType: string): Response {
    if (this.#open.size >= this.#max)
      throw new StreamsError(
        "STREAMS_TOO_MANY_STREAMS",
        `${this.#max} streams are open, which is as many as this instance serves: ask again later.`,
      );
    const life = new AbortController();
    this.#open.add(life);
    let untaken: Timer | undefined;
    const end = (): void => {
      untaken?.cancel();
      this.#open.delete(life);
      life.abort();
    };
    const pieces = make(life.signal);
    const clock = this.#clock;
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          untaken?.cancel();
          try {
            const { done, value } = await pieces.next();
            if (done !== true) {
              controller.enqueue(encoder.encode(value));
              untaken = clock.schedule(READER_MS, () => {
                end();
                controller.error(new Error(`its reader took nothing for ${READER_MS} ms`));
                void pieces.return().catch(() => {});
              });
              return;
            }
            end();
            controller.close();
          } catch (error) {
            end();
            controller.error(error);
          }
        },
        async cancel() {
          end();
          await pieces.return();
        },
      },
      { highWaterMark: 1 },
    );
    return new Response(body, { headers: { "content-type": contentType, "cache-control": "no-store", "x-accel-buffering": "no" } });
  }

  close(): void {
    for (const life of this.#open) life.abort();
  }
}
