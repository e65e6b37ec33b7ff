import type { Anomaly } from "../anomaly.ts";
import type { Poll } from "../history.ts";
import type { FinalLog, HistoryView } from "../history-view.ts";

/** What readers were given: upwards, and everything on the way. */
export function checkPolls(view: HistoryView): Anomaly[] {
  const positions = new Map<string, number>();
  return view.facts.polls.flatMap((poll) => {
    const place = `${poll.reader} ${poll.partition}`;
    const before = positions.get(place);
    positions.set(place, poll.next);
    const log = view.logs.get(poll.partition);
    return [...backwards(poll, before), ...(log ? skipped(view, log, poll) : [])];
  });
}

function backwards({ reader, partition, from, next, records }: Poll, before: number | undefined): Anomaly[] {
  let least = Math.max(from, before ?? 0);
  for (const { offset, value } of records) {
    if (offset < least)
      return [{ kind: "non-monotonic poll", sentence: `${reader} was given ${partition} ${offset} (${value}) when it stood at ${least}.` }];
    least = offset + 1;
  }
  return next < least ? [{ kind: "non-monotonic poll", sentence: `${reader} stands at ${partition} ${next} after ${least}.` }] : [];
}

/** Records that the log has between where a poll began and where it ended, and that it did not give. */
function skipped(view: HistoryView, log: FinalLog, poll: Poll): Anomaly[] {
  const { partition, reader, from, next, isolation } = poll;
  if (view.promise(partition).isCompacted) return [];
  const given = new Set(poll.records.map(({ offset }) => offset));
  const anomalies: Anomaly[] = [];
  for (let offset = Math.max(from, log.final.logStartOffset); offset < next; offset++) {
    if (given.has(offset)) continue;
    const record = log.byOffset.get(offset);
    if (record === undefined || (isolation === "read_committed" && !log.committedOffsets.has(offset))) continue;
    if (!wasThere(view, poll, record.value)) continue;
    anomalies.push({
      kind: "poll skip",
      sentence: `${reader} read ${partition} from ${from} to ${next} and was not given ${offset} (${record.value}).`,
    });
  }
  return anomalies;
}

/** Whether a record of the final log was already in it at a poll: what came after a later power loss need not have been. */
function wasThere(view: HistoryView, poll: Poll, value: string): boolean {
  const era = view.eraAt(poll.ended);
  if (era === view.lastEra) return true;
  return (view.evidence.get(poll.partition) ?? []).some((evidence) => evidence.value === value && evidence.era <= era);
}
