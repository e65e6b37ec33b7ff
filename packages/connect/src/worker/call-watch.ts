import type { Clock, Logger, Timer } from "@ottla/base";
import { stuckWarnMsOf } from "./task-settings.ts";
import type { TaskPlan, TaskWorld } from "./task-world.ts";

/** What a watch works with. */
export interface CallWatchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connector: string;
  readonly task: number;
  /** A call that is not back for so long is told of; 0: none is. */
  readonly warnMs: number;
}

interface Call {
  readonly what: string;
  readonly sinceMs: number;
  readonly sinceWallMs: number;
  timer: Timer | undefined;
  isTold: boolean;
}

/** Calls of a plugin that come back by themselves, or should: one that does not is told of with since when, again after twice the time, and when it is back after all. Nothing is ended: who waits too long is for people to say. */
export class CallWatch {
  readonly #options: CallWatchOptions;
  readonly #calls = new Set<Call>();

  constructor(options: CallWatchOptions) {
    this.#options = options;
  }

  /** For how long the oldest call that was told of is not back; 0: there is none. */
  get stuckMs(): number {
    const nowMs = this.#options.clock.monotonicMs();
    return Math.round(Math.max(0, ...[...this.#calls].filter(({ isTold }) => isTold).map(({ sinceMs }) => nowMs - sinceMs)));
  }

  async during<T>(what: string, run: () => Promise<T>): Promise<T> {
    const { clock, warnMs } = this.#options;
    const call: Call = { what, sinceMs: clock.monotonicMs(), sinceWallMs: clock.nowMs(), timer: undefined, isTold: false };
    this.#calls.add(call);
    if (warnMs > 0) this.#warnAfter(call, warnMs);
    try {
      return await run();
    } finally {
      call.timer?.cancel();
      this.#calls.delete(call);
      if (call.isTold) this.#tell("info", "a plugin's call is back", call);
    }
  }

  #warnAfter(call: Call, delayMs: number): void {
    call.timer = this.#options.clock.schedule(delayMs, () => {
      call.isTold = true;
      this.#tell("warn", "a plugin's call does not come back; look at the system that it waits for, or restart the task", call);
      this.#warnAfter(call, this.#options.clock.monotonicMs() - call.sinceMs);
    });
  }

  #tell(level: "warn" | "info", message: string, { what, sinceMs, sinceWallMs }: Call): void {
    const { logger, clock, connector, task } = this.#options;
    const since = new Date(sinceWallMs).toISOString();
    logger[level](message, { connector, task, call: what, since, forMs: Math.round(clock.monotonicMs() - sinceMs) });
  }
}

/** The watch of a task, by its settings. */
export function callWatch({ connector, task, properties }: TaskPlan, { clock, logger }: TaskWorld): CallWatch {
  return new CallWatch({ clock, logger, connector, task, warnMs: stuckWarnMsOf(properties) });
}
