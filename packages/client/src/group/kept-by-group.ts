import type { Clock, Timer } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";

/** Until when the coordinator surely had this member: its session is counted from there. */
export class KeptByGroup {
  readonly #clock: Clock;
  readonly #heartbeatIntervalMs: number;
  #sinceMs = 0;

  constructor(clock: Clock, heartbeatIntervalMs: number) {
    this.#clock = clock;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
  }

  /** The coordinator had the member then, or later: when something was sent that it took (monotonic ms). */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** What was sent then was taken. */
  note(sentMs: number): void {
    this.#sinceMs = Math.max(this.#sinceMs, sentMs);
  }

  /** A member that waits for its join or sync is kept as long as that takes; this process knows of it as long as it looks: the answer may have come, and more have happened, while it stood still. */
  async whileWaiting<T extends { readonly errorCode: number }>(call: () => Promise<T>): Promise<T> {
    const sentMs = this.#clock.monotonicMs();
    let lookedAtMs = sentMs;
    let timer: Timer | undefined;
    const lookLater = (): void => {
      timer = this.#clock.schedule(this.#heartbeatIntervalMs, () => {
        const nowMs = this.#clock.monotonicMs();
        if (nowMs - lookedAtMs < 2 * this.#heartbeatIntervalMs) this.note(lookedAtMs);
        lookedAtMs = nowMs;
        lookLater();
      });
    };
    lookLater();
    try {
      const answer = await call();
      if (answer.errorCode === ErrorCode.NONE) this.note(sentMs);
      return answer;
    } finally {
      timer?.cancel();
    }
  }
}
