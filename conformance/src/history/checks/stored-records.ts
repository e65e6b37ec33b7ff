import type { Anomaly } from "../anomaly.ts";
import type { SentRecord } from "../history.ts";
import type { Evidence, FinalLog, HistoryView } from "../history-view.ts";

/** What is in the logs in the end, and what is not: lost writes, duplicates, records that nobody sent or that were refused, holes after a power loss. */
export function checkStored(view: HistoryView): Anomaly[] {
  return [...view.logs].flatMap(([partition, log]) => [
    ...lostWrites(view, partition, log),
    ...acknowledgedNowhere(view, partition, log),
    ...holes(view, partition, log),
    ...tooMany(view, partition, log),
  ]);
}

/** What was acknowledged or read at an offset and is not there. */
function lostWrites(view: HistoryView, partition: string, log: FinalLog): Anomaly[] {
  const told = new Set<string>();
  return (view.evidence.get(partition) ?? []).flatMap((evidence) => {
    const { value, offset } = evidence;
    if (isThere(log, evidence) || offset < log.final.logStartOffset || told.has(value)) return [];
    if (isSuperseded(view, partition, log, value, offset) || mayBeLost(view, partition, evidence)) return [];
    told.add(value);
    const now = log.byOffset.get(offset)?.value;
    const how = evidence.isAcknowledged ? "was acknowledged" : "was read";
    return [
      { kind: "lost write", sentence: `${partition} ${offset}: ${value} ${how} there, and there is ${now ?? "nothing"} in the end.` },
    ];
  });
}

/** Records that were acknowledged without an offset, as repeats of what was stored may be. */
function acknowledgedNowhere(view: HistoryView, partition: string, log: FinalLog): Anomaly[] {
  return view.facts.sent.flatMap((record) => {
    if (record.partition !== partition || record.outcome !== "done" || record.offset !== undefined) return [];
    if (log.offsetsOf.has(record.value) || log.final.logStartOffset > 0 || view.promise(partition).isCompacted) return [];
    if (!view.promise(partition).isSynced && view.eraAt(record.ended ?? 0) < view.lastEra) return [];
    return [{ kind: "lost write", sentence: `${partition}: ${record.value} was acknowledged, and is nowhere in the end.` }];
  });
}

/** A power loss takes an end of the log: nothing that had been there behind a lost record is left. */
function holes(view: HistoryView, partition: string, log: FinalLog): Anomaly[] {
  const evidence = view.evidence.get(partition) ?? [];
  if (view.lastEra === 0 || view.promise(partition).isCompacted) return [];
  const kept = evidence.filter((each) => isThere(log, each));
  return evidence.flatMap((lost) => {
    if (isThere(log, lost) || lost.offset < log.final.logStartOffset || !mayBeLost(view, partition, lost)) return [];
    const behind = kept.find(({ offset, era }) => offset > lost.offset && era <= lost.era);
    if (behind === undefined) return [];
    const sentence = `${partition} ${lost.offset}: ${lost.value} was lost with the power, and ${behind.value} behind it, at ${behind.offset}, was not.`;
    return [{ kind: "hole after power loss" as const, sentence }];
  });
}

function tooMany(view: HistoryView, partition: string, log: FinalLog): Anomaly[] {
  return [...log.offsetsOf].flatMap(([value, offsets]): Anomaly[] => {
    const sent = view.sentByValue.get(value);
    if (sent === undefined || sent.partition !== partition)
      return [{ kind: "unknown record", sentence: `${partition} ${offsets[0]}: nobody sent ${value} there.` }];
    if (sent.outcome === "refused")
      return [
        { kind: "refused write", sentence: `${partition} ${offsets[0]}: ${value} is stored, and its producer was told that it is not.` },
      ];
    if (offsets.length <= mostCopies(sent)) return [];
    return [{ kind: "duplicate", sentence: `${partition}: ${value} is there ${offsets.length} times, at ${offsets.join(", ")}.` }];
  });
}

function mostCopies(sent: SentRecord): number {
  return sent.isIdempotent ? 1 : sent.attempts;
}

function isThere(log: FinalLog, { offset, value }: Evidence): boolean {
  return log.byOffset.get(offset)?.value === value;
}

function mayBeLost(view: HistoryView, partition: string, { era, isAcknowledged }: Evidence): boolean {
  return era < view.lastEra && !(isAcknowledged && view.promise(partition).isSynced);
}

/** A compacted partition has a later record of that key; nor does it keep what no transaction has committed. */
function isSuperseded(view: HistoryView, partition: string, log: FinalLog, value: string, offset: number): boolean {
  const sent = view.sentByValue.get(value);
  if (!view.promise(partition).isCompacted || sent?.key === undefined) return false;
  if (sent.transaction !== undefined && sent.transaction.outcome !== "committed") return true;
  return log.final.uncommitted.some((record) => record.offset > offset && record.key === sent.key);
}
