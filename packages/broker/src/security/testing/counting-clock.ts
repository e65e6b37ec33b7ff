import { systemClock } from "@ottla/base/node";
import { ControlledClock } from "@ottla/base/simulated";

/** The system's time, with the timers that wait counted; a test moves it on instead of waiting. */
export class CountingClock extends ControlledClock {
  constructor() {
    super(systemClock);
  }

  get waiting(): number {
    return this.pendingTimers;
  }
}
