import { StreamsError } from "../../../streams-error.ts";

/** Answers that go on for as long as their readers read: bounded in number, each taking the next piece only when its reader has room. */
export class OpenStreams {
  readonly #max: number;
  readonly #open = new Set<AbortController>();

  constructor(max: number) {
    this.#max = max;
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
    const end = (): void => {
      this.#open.delete(life);
      life.abort();
    };
    const pieces = make(life.signal);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await pieces.next();
            if (done !== true) return controller.enqueue(encoder.encode(value));
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
