import type { Clock, Logger, Net, Random } from "@ottla/base";

/** What a client needs of the world. Every part has a real default; tests pass simulated ones. */
export interface ClientDeps {
  readonly net: Net;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}
