import type { Anomaly } from "../check-history.ts";
import type { HistoryView } from "../history-view.ts";
import type { OffsetCommit, OffsetFetch, Tick } from "../history.ts";

/** A group's offset is the last one that was committed: a fetch gives no older one than that which was kept when it was sent. */
export function checkGroupOffsets(view: HistoryView): Anomaly[] {
  const commits = Map.groupBy(view.facts.commits, placeOf);
  return view.facts.offsetFetches.flatMap((fetch) => {
    const fault = faultOf(view, commits.get(placeOf(fetch)) ?? [], fetch);
    return fault ? [fault] : [];
  });
}

function faultOf(view: HistoryView, commits: readonly OffsetCommit[], fetch: OffsetFetch): Anomaly | undefined {
  const kept = commits.filter(
    (commit) => commit.outcome === "done" && isEffective(commit) && commit.ended! < fetch.begun && !mayBeLost(view, commit, fetch),
  );
  const isOverwritten = (commit: OffsetCommit): boolean => kept.some((later) => latestEffect(view, commit) < later.begun);
  const possible = commits.filter((commit) => commit.outcome !== "refused" && commit.begun < fetch.ended && !isOverwritten(commit));
  const offsets: (number | undefined)[] = possible.map(({ offset }) => offset);
  if (!kept.some(isEffective)) offsets.push(undefined);
  if (offsets.includes(fetch.offset)) return undefined;
  const what = `group ${fetch.group} ${fetch.partition}: the committed offset is ${fetch.offset ?? "none"}`;
  const wasCommitted = fetch.offset === undefined || commits.some(({ offset }) => offset === fetch.offset);
  return wasCommitted
    ? {
        kind: "lost group offset",
        sentence: `${what}, and ${offsets.filter((each) => each !== undefined).join(" or ") || "another"} was committed after it.`,
      }
    : { kind: "unknown group offset", sentence: `${what}, which nobody committed.` };
}

/** What a transaction commits counts when the transaction does. */
function isEffective({ transaction }: OffsetCommit): boolean {
  return transaction === undefined;
}

/** After this moment a commit cannot come into force any more. One without an answer may, until the process it was sent to has ended. */
function latestEffect(view: HistoryView, { outcome, ended, begun, transaction }: OffsetCommit): Tick {
  if (outcome === "done" && transaction === undefined) return ended!;
  return view.facts.incidents.find(({ at }) => at > begun)?.at ?? Infinity;
}

function mayBeLost(view: HistoryView, commit: OffsetCommit, fetch: OffsetFetch): boolean {
  return !view.facts.areCommitsSynced && view.eraAt(commit.ended!) < view.eraAt(fetch.begun);
}

function placeOf({ group, partition }: { readonly group: string; readonly partition: string }): string {
  return `${group} ${partition}`;
}
