/** What a history may not show. Dirty writes (G0) and circular information flow (G1c) are legal in Kafka and not looked for. */
export type AnomalyKind =
  | "lost write"
  | "duplicate"
  | "unknown record"
  | "refused write"
  | "hole after power loss"
  | "inconsistent offset"
  | "offset used again"
  | "non-monotonic send"
  | "non-monotonic poll"
  | "poll skip"
  | "aborted read"
  | "precommitted read"
  | "torn transaction"
  | "hanging transaction"
  | "lost group offset"
  | "unknown group offset";

/** A promise that was not kept. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  /** Partition or group, offset, values. */
  readonly sentence: string;
}
