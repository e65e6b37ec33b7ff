import type { SampledMember, SampledPartition } from "../lag/group-sample.ts";
import type { Observed } from "./observed.ts";

/** `unknown` from brokers before Kafka 3.8, which do not tell. */
export type GroupType = "classic" | "consumer" | "share" | "streams" | "unknown";

/** A group of any protocol. */
export interface GroupSnapshot {
  readonly groupId: string;
  readonly type: GroupType;
  /** `consumer`, `connect`, `sr`, …; empty when the group never had members. */
  readonly protocolType: string;
  /** `Stable`, `Empty`, `PreparingRebalance`, `Assigning`, …, as its coordinator says. */
  readonly state: string;
  readonly coordinator: number;
  /** Counts the changes of the group; only newer protocols than the classic one show it. */
  readonly epoch: Observed<number>;
  /** How partitions are given out. */
  readonly assignor: Observed<string>;
  readonly members: Observed<readonly SampledMember[]>;
  /** What it has committed to or is assigned: where it stands (of a share group, its start offset), where the partition begins and ends, and who has it. */
  readonly positions: Observed<readonly SampledPartition[]>;
}
