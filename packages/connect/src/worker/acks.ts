import type { Clock, Logger, Timer } from "@ottla/base";
import type { SourceOffset } from "../storage/offset-store.ts";
import { placeKey } from "../storage/place-json.ts";

/** A source that takes longer is told of. */
const LATE_MS = 30_000;

/** Tells a source what is durable: one call after the other, none of which keeps what follows from becoming durable. What comes while the source is busy is told in one, the last place of each partition. */
export class Acks {
  readonly #tell: (offsets: readonly SourceOffset[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #waiting = new Map<string, SourceOffset>();
  #telling: Promise<void> | undefined;

  constructor(tell: (offsets: readonly SourceOffset[]) => Promise<void>, clock: Clock, logger: Logger) {
    this.#tell = tell;
    this.#clock = clock;
    this.#logger = logger;
  }

  add(offsets: readonly SourceOffset[]): void {
    for (const offset of offsets) this.#waiting.set(placeKey(offset.partition), offset);
    this.#telling ??= this.#tellAll();
  }

  /** Resolves when the source knows all. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    while (this.#waiting.size > 0) {
      const offsets = [...this.#waiting.values()];
      this.#waiting = new Map();
      const timer = this.#warnLate();
      try {
        await this.#tell(offsets);
      } catch (error) {
        this.#logger.warn("a source could not take that its records are durable", { error });
      } finally {
        timer.cancel();
      }
    }
    this.#telling = undefined;
  }

  #warnLate(): Timer {
    return this.#clock.schedule(LATE_MS, () =>
      this.#logger.warn("a source has not taken for long that its records are durable; it is told of no more until it has", {
        lateMs: LATE_MS,
      }),
    );
  }
}
