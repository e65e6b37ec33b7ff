import type { Punctuation, PunctuationType, Punctuator } from "../processor/processor.ts";
import { StreamsError } from "../streams-error.ts";
import { firstFrom, PUNCTUATIONS_MAX, Punctuations } from "./punctuations.ts";

/** The punctuators of a task, by the clock that they follow. */
export class TaskPunctuations {
  readonly streamTime = new Punctuations();
  readonly wallClock = new Punctuations();
  readonly #streamTimeMs: () => number;
  readonly #systemTimeMs: () => number;

  constructor(streamTimeMs: () => number, systemTimeMs: () => number) {
    this.#streamTimeMs = streamTimeMs;
    this.#systemTimeMs = systemTimeMs;
  }

  /** Throws `STREAMS_BAD_ARGUMENT` where there are too many. */
  schedule(owner: string, intervalMs: number, type: PunctuationType, punctuator: Punctuator, startMs: number | undefined): Punctuation {
    const isStreamTime = type === "streamTime";
    const punctuations = isStreamTime ? this.streamTime : this.wallClock;
    if (punctuations.size >= PUNCTUATIONS_MAX) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${owner} asks for one punctuator more than the ${PUNCTUATIONS_MAX} that a task may have: cancel those that are no longer wanted.`,
      );
    }
    const nowMs = isStreamTime ? this.#streamTimeMs() : this.#systemTimeMs();
    // Stream time is aligned to 0, so the first record calls; the machine's clock begins now.
    const firstMs = startMs !== undefined ? firstFrom(startMs, intervalMs, nowMs) : isStreamTime ? 0 : nowMs + intervalMs;
    return punctuations.schedule(owner, firstMs, intervalMs, punctuator, startMs);
  }
}
