import type { Anomaly } from "../anomaly.ts";
import type { OffsetCommit, OffsetFetch, SentTransaction, Tick } from "../history.ts";
import type { HistoryView } from "../history-view.ts";

/** A group's offset is the last one that was committed: a fetch gives no older one than that which was kept when it was sent. */
export function checkGroupOffsets(view: HistoryView): Anomaly[] {
  const commits = Map.groupBy(view.facts.commits, placeOf);
  const shown = new Map<OffsetCommit, Tick>();
  return view.facts.offsetFetches.flatMap((fetch) => {
    const ofPlace = commits.get(placeOf(fetch)) ?? [];
    const fault = faultOf(view, ofPlace, shown, fetch);
    noteShown(ofPlace, shown, fetch);
    return fault ? [fault] : [];
  });
}

/** What was shown counts as kept from then on, also where its own answer never came: others went on from there. */
function noteShown(commits: readonly OffsetCommit[], shown: Map<OffsetCommit, Tick>, fetch: OffsetFetch): void {
  const possible = commits.filter(({ offset, begun }) => offset === fetch.offset && begun < fetch.ended);
  const [only] = possible;
  if (possible.length === 1 && only!.transaction === undefined && !shown.has(only!)) shown.set(only!, fetch.ended);
}

function faultOf(
  view: HistoryView,
  commits: readonly OffsetCommit[],
  shown: ReadonlyMap<OffsetCommit, Tick>,
  fetch: OffsetFetch,
): Anomaly | undefined {
  const kept = commits.filter((commit) => {
    const since = keptSince(commit) ?? shown.get(commit);
    return since !== undefined && since < fetch.begun && !mayBeLost(view, since, fetch);
  });
  const isOverwritten = (commit: OffsetCommit): boolean => kept.some((later) => lastMoment(view, commit) < later.begun);
  const possible = commits.filter((commit) => isPossible(commit) && commit.begun < fetch.ended && !isOverwritten(commit));
  const offsets: (number | undefined)[] = possible.map(({ offset }) => offset);
  if (kept.length === 0) offsets.push(undefined);
  if (offsets.includes(fetch.offset)) return undefined;
  const what = `group ${fetch.group} ${fetch.partition}: the committed offset is ${fetch.offset ?? "none"}`;
  if (
    commits.some((commit) => commit.offset === fetch.offset && view.isBeyondPromise(view.facts.areCommitsSynced, commit.begun, fetch.begun))
  )
    return undefined;
  const unkept = commits.find(({ offset, transaction }) => offset === fetch.offset && isUncommitted(transaction));
  if (unkept) return { kind: "torn transaction", sentence: `${what}, of transaction ${unkept.transaction?.id}, which was not committed.` };
  const wasCommitted = fetch.offset === undefined || commits.some(({ offset }) => offset === fetch.offset);
  const others = offsets.filter((each) => each !== undefined).join(" or ");
  return wasCommitted
    ? { kind: "lost group offset", sentence: `${what}, and ${others || "another"} was committed after it.` }
    : { kind: "unknown group offset", sentence: `${what}, which nobody committed.` };
}

/** Since when a commit counts for certain; what a transaction commits counts when the transaction does. */
function keptSince({ outcome, ended, transaction }: OffsetCommit): Tick | undefined {
  if (outcome !== "done") return undefined;
  if (transaction === undefined) return ended;
  return transaction.outcome === "committed" ? transaction.ended : undefined;
}

function isPossible({ outcome, transaction }: OffsetCommit): boolean {
  return outcome !== "refused" && !isUncommitted(transaction);
}

function isUncommitted(transaction: SentTransaction | undefined): boolean {
  return transaction !== undefined && (transaction.outcome === "aborted" || transaction.outcome === "open");
}

/** After this moment a commit cannot come into force any more. One without an answer may until the process it was sent to has ended; one of a transaction even later. */
function lastMoment(view: HistoryView, commit: OffsetCommit): Tick {
  const since = keptSince(commit);
  if (since !== undefined) return since;
  if (commit.transaction !== undefined) return Infinity;
  return view.facts.incidents.find(({ at }) => at > commit.begun)?.at ?? Infinity;
}

function mayBeLost(view: HistoryView, since: Tick, fetch: OffsetFetch): boolean {
  return view.isBeyondPromise(view.facts.areCommitsSynced, since, fetch.begun);
}

function placeOf({ group, partition }: { readonly group: string; readonly partition: string }): string {
  return `${group} ${partition}`;
}
