import type { Anomaly } from "./anomaly.ts";
import { checkGroupOffsets } from "./checks/group-offsets.ts";
import { checkOffsets } from "./checks/offset-contents.ts";
import { checkPolls } from "./checks/polls.ts";
import { checkOrder } from "./checks/sending-order.ts";
import { checkStored } from "./checks/stored-records.ts";
import { checkTransactions } from "./checks/transactions.ts";
import type { HistoryFacts } from "./history.ts";
import { HistoryView } from "./history-view.ts";

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
