import type { Anomaly } from "../anomaly.ts";
import type { Evidence, HistoryView } from "../history-view.ts";

/** One offset, one content: only a power loss may end what stood at an offset, and what comes there after it has another leader epoch. */
export function checkOffsets(view: HistoryView): Anomaly[] {
  return [...view.evidence].flatMap(([partition, evidence]) => {
    const held = new Map<number, Evidence[]>();
    return evidence.flatMap((now) => {
      const earlier = held.get(now.offset);
      if (earlier === undefined) {
        held.set(now.offset, [now]);
        return [];
      }
      const conflict = earlier.find((before) => isConflict(view, partition, before, now));
      if (!earlier.some((before) => before.value === now.value)) earlier.push(now);
      return conflict ? [anomalyOf(partition, conflict, now)] : [];
    });
  });
}

function isConflict(view: HistoryView, partition: string, before: Evidence, now: Evidence): boolean {
  if (before.value === now.value) return false;
  if (before.era === now.era) return true;
  if (before.leaderEpoch !== undefined && before.leaderEpoch === now.leaderEpoch) return true;
  return before.isAcknowledged && view.promise(partition).isSynced === true;
}

function anomalyOf(partition: string, before: Evidence, now: Evidence): Anomaly {
  const isReused = before.isAcknowledged && now.isAcknowledged;
  return {
    kind: isReused ? "offset used again" : "inconsistent offset",
    sentence: `${partition} ${now.offset}: was ${before.value}${epoch(before)}, and was ${now.value}${epoch(now)} later.`,
  };
}

function epoch({ leaderEpoch }: Evidence): string {
  return leaderEpoch === undefined ? "" : ` (epoch ${leaderEpoch})`;
}
