import type { TargetTopic } from "./target-topics.ts";

/** One produce of one batch, right or wrong. */
export interface BatchCase {
  readonly name: string;
  readonly topic: TargetTopic;
  /** The records field as it is sent. */
  readonly records: Buffer;
  /** Of Produce; 9 unless said otherwise. */
  readonly version?: number;
}
