import type { Clock, Timer } from "@ottla/base";
import { systemClock } from "@ottla/base/node";

/** The system's clock; tells how many timers wait, and may be put forward for those who look at it. */
export class CountingClock implements Clock {
  waiting = 0;
  forwardMs = 0;

  nowMs(): number {
    return systemClock.nowMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.forwardMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    this.waiting++;
    let isWaiting = true;
    const over = (): void => {
      if (isWaiting) this.waiting--;
      isWaiting = false;
    };
    const timer = systemClock.schedule(delayMs, () => {
      over();
      run();
    });
    return {
      cancel: () => {
        over();
        timer.cancel();
      },
    };
  }

  nextTurn(run: () => void): void {
    systemClock.nextTurn(run);
  }
}
