/** Why a group is behind, the gravest first. */
export type LagCauseId =
  | "records-lost"
  | "no-leader"
  | "no-members"
  | "rebalancing"
  | "open-transaction"
  | "nobody-assigned"
  | "stuck-partition"
  | "stuck-member"
  | "slow-member"
  | "hot-partition"
  | "too-slow"
  | "catching-up"
  | "too-little-seen"
  /** By pages of metrics alone. */
  | "streams-failed"
  | "streams-restoring"
  | "streams-saturated"
  | "busy-client"
  | "busy-broker";

/** One cause with what shows it and what to do about it. */
export interface LagCause {
  readonly id: LagCauseId;
  /** One sentence: what is the matter. */
  readonly what: string;
  /** What was observed. */
  readonly evidence: string;
  /** What to do. */
  readonly remedy: string;
  /** Commands that look closer or mend it, ready to be run. */
  readonly commands: readonly string[];
  /** `topic:partition` of those concerned. */
  readonly partitions: readonly string[];
}

/** What is the matter with a group, the gravest cause first; empty when nothing is. */
export interface LagExplanation {
  readonly groupId: string;
  readonly causes: readonly LagCause[];
}
