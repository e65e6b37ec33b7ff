import { labelText, type MetricFamily, singleSample } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { TRANSACTION_STATES } from "../transactions/transaction.ts";
import { own } from "./mbean-families.ts";

/** What there is to watch of transactions: how many, for how long, and whether their ends get through. Kafka's own metrics of its coordinator tell of loading alone. */
export function transactionFamilies({ transactions, clock }: BrokerState): MetricFamily[] {
  return [
    own("ottla_transactional_ids", "gauge", "Transactional ids, by the state of their transaction.", function* (sink) {
      const counts = new Map<string, number>(TRANSACTION_STATES.map((state) => [state, 0]));
      for (const { state } of transactions.known()) {
        counts.set(state, counts.get(state)! + 1);
        yield;
      }
      for (const [state, count] of counts) sink(labelText({ state }), count);
    }),
    own("ottla_transaction_oldest_seconds", "gauge", "The age of the oldest transaction that is open.", function* (sink) {
      let oldestMs = Infinity;
      for (const { state, startMs } of transactions.known()) {
        if (state === "Ongoing") oldestMs = Math.min(oldestMs, startMs);
        yield;
      }
      sink("", Math.max(0, clock.nowMs() - oldestMs) / 1000 || 0);
    }),
    singleSample(
      {
        name: "ottla_transaction_markers_pending",
        type: "gauge",
        help: "Transactions that are decided and whose markers are being written.",
      },
      () => transactions.deliveryCount,
    ),
  ];
}
