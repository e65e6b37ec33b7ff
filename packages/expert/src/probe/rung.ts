/** The rungs of the ladder, in the order in which they are climbed. */
export const RUNGS = ["dns", "tcp", "tls", "sasl", "kafka", "metadata", "advertised", "produce", "consume"] as const;
/** One of them. */
export type RungName = (typeof RUNGS)[number];

/** `notReached`: a rung before it broke. `skipped`: it was not asked for, or is not needed here. */
export type RungState = "ok" | "failed" | "notReached" | "skipped";

/** One step, for one address where there are several. */
export interface RungResult {
  readonly rung: RungName;
  /** What was tried: `kafka-1:9092`, a topic. */
  readonly subject: string;
  readonly state: RungState;
  /** What was seen: addresses, a certificate, a version, an error. */
  readonly detail: string;
  /** What to do, where it failed. */
  readonly remedy?: string;
  readonly tookMs?: number;
}

/** What a step failed with: a code of the system or of the client, and its words. */
export interface RungFailure {
  readonly code: string | undefined;
  readonly message: string;
}
