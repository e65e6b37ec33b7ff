import { type Clock, type Logger, type Timer, TimeSlice } from "@ottla/base";
import type { ClusterWatch } from "../watch/cluster-watch.ts";

/** Looks come in bursts; a page is told of them at most so often. */
const TOLD_EVERY_MS = 1_000;
const ALIVE_EVERY_MS = 15_000;
/** Whoever takes nothing for so long is not waited for: a machine that sleeps holds a place that others want. */
const TAKEN_WITHIN_MS = 30_000;

/** What followers stand on. */
export interface FollowedWorld {
  readonly watch: Pick<ClusterWatch, "touch" | "onLook">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where a page is told. */
export interface FollowerDoor {
  /** Address of the page's browser. */
  readonly host: string;
  /** Gives up the connection, whatever was sent and not taken. */
  readonly cutOff: () => void;
  /** Aborted when the login ends. */
  readonly login: AbortSignal;
}

interface Follower extends FollowerDoor {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Whether there was a look that it was not told of. */
  isBehind: boolean;
  toldMs: number;
}

/**
 * Pages that are told when something may have changed. An event says that there was a look and nothing of it, so all are told by the same bytes; of who has not taken an event no second one is kept, and who takes none for half a minute is cut off, and comes again by itself.
 */
export class LookFollowers {
  readonly #watch: Pick<ClusterWatch, "touch" | "onLook">;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #followers = new Set<Follower>();
  #forget: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor({ watch, clock, logger }: FollowedWorld) {
    this.#watch = watch;
    this.#clock = clock;
    this.#logger = logger;
  }

  get size(): number {
    return this.#followers.size;
  }

  /** What one more page is told, from now on; `isBehind` where it does not know the newest look. */
  follow(door: FollowerDoor, isBehind: boolean): ReadableStream<Uint8Array> {
    let mine: Follower | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          mine = { ...door, controller, isBehind, toldMs: this.#clock.monotonicMs() };
          this.#followers.add(mine);
          this.#begin();
          if (isBehind) this.#tell(mine, this.#event());
        },
        cancel: () => this.#leave(mine!),
      },
      { highWaterMark: 1 },
    );
  }

  #begin(): void {
    this.#watch.touch();
    if (this.#forget !== undefined) return;
    this.#forget = this.#watch.onLook(() => {
      for (const each of this.#followers) each.isBehind = true;
    });
    this.#tellLater();
  }

  /** Once, whoever asks. */
  #tellLater(): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(TOLD_EVERY_MS, () => void this.#tellAll());
  }

  async #tellAll(): Promise<void> {
    this.#watch.touch();
    const event = this.#event();
    const slice = new TimeSlice(this.#clock);
    for (const each of this.#followers) {
      if (each.login.aborted) this.#end(each);
      else this.#tell(each, event);
      // Whoever waits for an event takes it behind this.
      await Promise.resolve();
      if (slice.isOver) await slice.rest();
    }
    if (this.#followers.size > 0) this.#tellLater();
  }

  #tell(follower: Follower, event: Uint8Array): void {
    const { controller, isBehind, toldMs } = follower;
    const sinceMs = this.#clock.monotonicMs() - toldMs;
    if ((controller.desiredSize ?? 0) <= 0) {
      if (sinceMs < TAKEN_WITHIN_MS) return;
      this.#logger.info("A page that took nothing of what it is told was cut off.", { host: follower.host, withinMs: TAKEN_WITHIN_MS });
      this.#end(follower);
      follower.cutOff();
      return;
    }
    if (!isBehind && sinceMs < ALIVE_EVERY_MS) return;
    follower.isBehind = false;
    follower.toldMs = this.#clock.monotonicMs();
    controller.enqueue(event);
  }

  #event(): Uint8Array {
    return Buffer.from(`event: look\ndata: ${this.#clock.nowMs()}\n\n`);
  }

  #end(follower: Follower): void {
    this.#leave(follower);
    follower.controller.close();
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.#timer?.cancel();
    this.#forget?.();
    this.#forget = undefined;
  }
}
