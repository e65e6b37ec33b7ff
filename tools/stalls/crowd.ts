import type { Attacker } from "./attacker.ts";

/** Clients that together, or with a burst, try to take more than their share. */
export interface Crowd {
  readonly name: string;
  /** Not in the short form. */
  readonly isLong: boolean;
  /** Says something only where the broker's files are on the disk. */
  readonly needsDisk?: boolean;
  /** Acts, closes its connections, and says how it ended. */
  run(open: () => Promise<Attacker>): Promise<string>;
}
