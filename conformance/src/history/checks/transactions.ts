import type { Anomaly } from "../anomaly.ts";
import type { SentRecord, SentTransaction } from "../history.ts";
import type { HistoryView } from "../history-view.ts";

/** Transactions are whole, and `read_committed` shows what was committed, after it was. */
export function checkTransactions(view: HistoryView): Anomaly[] {
  return [...dirtyReads(view), ...torn(view), ...hanging(view)];
}

/** When everybody is gone every transaction has ended, but for those whose coordinator or marker went with the power. */
function hanging(view: HistoryView): Anomaly[] {
  return [...view.logs].flatMap(([partition, { final }]) => {
    const { end = 0, lastStableOffset = end } = final;
    if (lastStableOffset >= end || view.isBeyondPromise(view.promise(partition).isSynced, 0)) return [];
    return [{ kind: "hanging transaction", sentence: `${partition} ends at ${end}, and is stable up to ${lastStableOffset} only.` }];
  });
}

function dirtyReads(view: HistoryView): Anomaly[] {
  return view.facts.polls.flatMap(({ reader, partition, isolation, records, ended }) => {
    if (isolation !== "read_committed") return [];
    return records.flatMap(({ offset, value }): Anomaly[] => {
      const transaction = view.sentByValue.get(value)?.transaction;
      if (transaction === undefined || view.isBeyondPromise(view.promise(partition).isSynced, transaction.begun, ended)) return [];
      const what = `${reader} was given ${partition} ${offset} (${value}) of transaction ${transaction.id}`;
      if (transaction.outcome === "aborted") return [{ kind: "aborted read", sentence: `${what}, which was aborted.` }];
      if (transaction.outcome === "open" || (transaction.endAsked ?? Infinity) > ended)
        return [{ kind: "precommitted read", sentence: `${what} before anybody asked to commit it.` }];
      return [];
    });
  });
}

/** In the end `read_committed` shows all that was acknowledged in a transaction, or nothing of it. */
function torn(view: HistoryView): Anomaly[] {
  const records = Map.groupBy(
    view.facts.sent.filter(({ transaction }) => transaction !== undefined),
    ({ transaction }) => transaction!,
  );
  return [...records].flatMap(([transaction, all]) => {
    const sent = all.filter(({ partition }) => !view.isBeyondPromise(view.promise(partition).isSynced, transaction.begun));
    return tornOne(view, transaction, sent);
  });
}

function tornOne(view: HistoryView, transaction: SentTransaction, sent: readonly SentRecord[]): Anomaly[] {
  const shown = sent.filter((record) => isShown(view, record) === true);
  const missing = sent.filter((record) => record.outcome === "done" && isShown(view, record) === false);
  const some = (records: readonly SentRecord[]): string =>
    records
      .slice(0, 3)
      .map(({ value, partition }) => `${value} in ${partition}`)
      .join(", ");
  if (shown.length > 0 && (transaction.outcome === "aborted" || transaction.outcome === "open")) {
    const sentence = `read_committed shows ${some(shown)} of transaction ${transaction.id}, which was ${transaction.outcome === "open" ? "never asked to be committed" : "aborted"}.`;
    return [{ kind: "aborted read", sentence }];
  }
  if (missing.length === 0) return [];
  if (transaction.outcome === "committed")
    return [
      {
        kind: "torn transaction",
        sentence: `Transaction ${transaction.id} was committed, and read_committed does not show ${some(missing)}.`,
      },
    ];
  return shown.length > 0
    ? [
        {
          kind: "torn transaction",
          sentence: `Of transaction ${transaction.id} read_committed shows ${some(shown)}, and not ${some(missing)}.`,
        },
      ]
    : [];
}

/** Undefined: the log says nothing about it, as it was cut, cleaned or lost with the power. */
function isShown(view: HistoryView, { partition, value, offset }: SentRecord): boolean | undefined {
  const log = view.logs.get(partition);
  if (log === undefined) return undefined;
  const at = log.offsetsOf.get(value)?.[0] ?? offset;
  if (at !== undefined && log.committedOffsets.has(at) && log.byOffset.get(at)?.value === value) return true;
  if (at !== undefined && at >= (log.final.lastStableOffset ?? Infinity)) return undefined;
  if (at === undefined || at < log.final.logStartOffset || view.promise(partition).isCompacted) return undefined;
  return false;
}
