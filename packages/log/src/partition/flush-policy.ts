import type { Clock } from "@ottla/base";
import type { LogFlusher } from "./log-flusher.ts";
import type { LogState } from "./log-state.ts";

/** When appended records are synced, what consumers see meanwhile, and which acknowledgements wait: `flush.messages` and `flush.ms`. */
export class FlushPolicy {
  readonly #log: LogState;
  readonly #clock: Clock;
  readonly #flusher: LogFlusher;
  /** Below this an acknowledgement has to wait for the disk. */
  #durableBelow = 0;
  /** Monotonic ms of the first append since the last flush; −1 if there was none. */
  #unflushedSinceMs = -1;

  constructor(log: LogState, clock: Clock, flusher: LogFlusher) {
    this.#log = log;
    this.#clock = clock;
    this.#flusher = flusher;
  }

  /** Records were appended. */
  appended(): void {
    const { logEndOffset, config } = this.#log;
    const { flushMessages, flushMs } = config;
    if (flushMessages > 1) this.#log.highWatermark = logEndOffset;
    if (flushMessages !== Infinity && logEndOffset - this.#flusher.flushedOffset >= flushMessages) {
      this.#durableBelow = logEndOffset;
      this.#flusher.request(logEndOffset);
    }
    if (flushMs !== Infinity && this.#unflushedSinceMs < 0) this.#unflushedSinceMs = this.#clock.monotonicMs();
  }

  /** Everything below `offset` is on the disk. */
  flushed(offset: number): void {
    const log = this.#log;
    if (log.config.flushMessages <= 1 && offset > log.highWatermark) log.highWatermark = offset;
    this.#unflushedSinceMs = offset < log.logEndOffset && this.#unflushedSinceMs >= 0 ? this.#clock.monotonicMs() : -1;
  }

  /** The configuration is another one. */
  configChanged(): void {
    const log = this.#log;
    if (log.config.flushMessages <= 1 || log.highWatermark === log.logEndOffset) return;
    log.highWatermark = log.logEndOffset;
    log.onMoved?.();
  }

  /** Undefined when an acknowledgement of `offset` need not wait; else resolves when it is on the disk. Rejects when the disk failed. */
  durable(offset: number): Promise<void> | undefined {
    if (offset >= this.#durableBelow || offset < this.#flusher.flushedOffset) return undefined;
    return this.#flusher.wait(offset);
  }

  /** Syncs everything appended so far. Rejects as `durable`. */
  flush(): Promise<void> {
    const { logEndOffset } = this.#log;
    return logEndOffset <= this.#flusher.flushedOffset ? Promise.resolve() : this.#flusher.wait(logEndOffset - 1);
  }

  /** Starts the sync that `flush.ms` asks for, once it is due. */
  flushIfDue(): void {
    const { config, logEndOffset } = this.#log;
    if (this.#unflushedSinceMs >= 0 && this.#clock.monotonicMs() - this.#unflushedSinceMs >= config.flushMs)
      this.#flusher.request(logEndOffset);
  }
}
