import type { Anomaly } from "../anomaly.ts";
import type { SentRecord, Tick } from "../history.ts";
import type { FinalLog, HistoryView } from "../history-view.ts";

/** Records stand in the order in which they were sent: those of an idempotent producer always, others where one was acknowledged before the other was sent. */
export function checkOrder(view: HistoryView): Anomaly[] {
  const byPartition = Map.groupBy(view.facts.sent, ({ partition }) => partition);
  return [...byPartition].flatMap(([partition, sent]) => {
    const log = view.logs.get(partition);
    return [...(log ? producersOutOfOrder(log, sent) : []), ...acknowledgedOutOfOrder(view, sent)];
  });
}

function producersOutOfOrder(log: FinalLog, sent: readonly SentRecord[]): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const last = new Map<string, { readonly value: string; readonly offset: number }>();
  for (const { value, producer, partition, isIdempotent } of sent) {
    const offset = isIdempotent ? log.offsetsOf.get(value)?.[0] : undefined;
    if (offset === undefined) continue;
    const before = last.get(producer);
    if (before !== undefined && offset < before.offset)
      anomalies.push({
        kind: "non-monotonic send",
        sentence: `${partition}: ${producer} sent ${before.value} before ${value}, and they are at ${before.offset} and ${offset}.`,
      });
    last.set(producer, { value, offset });
  }
  return anomalies;
}

/** What was acknowledged before another record was sent has a smaller offset, unless the power was lost in between. */
function acknowledgedOutOfOrder(view: HistoryView, sent: readonly SentRecord[]): Anomaly[] {
  const told = sent.filter(({ offset, ended }) => offset !== undefined && ended !== undefined);
  const endings = [...told].sort((a, b) => a.ended! - b.ended!);
  const anomalies: Anomaly[] = [];
  let ended = 0;
  let highest: SentRecord | undefined;
  for (const record of told.sort((a, b) => a.begun - b.begun)) {
    for (; ended < endings.length && endings[ended]!.ended! < record.begun; ended++) {
      const done = endings[ended]!;
      const isOther = highest === undefined || eraOf(view, highest.ended!) !== eraOf(view, done.ended!);
      if (isOther || done.offset! > highest!.offset!) highest = done;
    }
    if (highest === undefined || eraOf(view, highest.ended!) !== eraOf(view, record.ended!) || record.offset! > highest.offset!) continue;
    anomalies.push({
      kind: "non-monotonic send",
      sentence: `${record.partition}: ${highest.value} was acknowledged at ${highest.offset} before ${record.value} was sent, which went to ${record.offset}.`,
    });
  }
  return anomalies;
}

function eraOf(view: HistoryView, tick: Tick): number {
  return view.eraAt(tick);
}
