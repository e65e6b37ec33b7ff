import { checkGroupOffsets } from "./checks/group-offsets.ts";
import { checkOffsets } from "./checks/offset-contents.ts";
import { checkOrder } from "./checks/sending-order.ts";
import { checkPolls } from "./checks/polls.ts";
import { checkStored } from "./checks/stored-records.ts";
import { checkTransactions } from "./checks/transactions.ts";
import { HistoryView } from "./history-view.ts";
import type { HistoryFacts } from "./history.ts";

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

/**
 * Everything in a history that Kafka's promises rule out. What has no answer may have happened or not; records sent without acknowledgement may be missing; what
 * was not synced may be missing after a power loss, but only with all that follows it in its partition.
 */
export function checkHistory(facts: HistoryFacts): Anomaly[] {
  const view = new HistoryView(facts);
  return [
    ...checkStored(view),
    ...checkOffsets(view),
    ...checkOrder(view),
    ...checkPolls(view),
    ...checkTransactions(view),
    ...checkGroupOffsets(view),
  ];
}
