/** A group's commit on a partition, as it was seen. */
export interface CommitSample {
  readonly offset: number;
  readonly timeMs: number;
  /** How many records were behind it when it was seen. */
  readonly lag: number;
}

/** Where a partition ended at a moment. */
export interface EndSample {
  readonly offset: number;
  readonly timeMs: number;
}

/** What was seen of one group on one partition, oldest first. Bounded by {@link recordCommit} and {@link recordEnd}. */
export interface PartitionHistory {
  readonly commits: readonly CommitSample[];
  readonly ends: readonly EndSample[];
}

/** Nothing was seen yet. */
export const EMPTY_HISTORY: PartitionHistory = { commits: [], ends: [] };

/** How many commits a window holds, as Burrow's `intervals`. */
export const COMMITS_MAX = 10;
/** Looks that come closer than this are one commit of the window, as Burrow's `min-distance`: ten looks a second are no ten commits. Below the 5 s at which consumers commit if nothing else is said. */
export const COMMIT_DISTANCE_MS = 4000;
/** How many ends are kept: half an hour at a sample every 30 s. */
export const ENDS_MAX = 60;

/**
 * The history with one more commit. A sample that is not newer than the last changes nothing; one that comes while the last is less than {@link COMMIT_DISTANCE_MS} after the one before stands for both, with
 * the lesser lag of the two. One that goes back always stands for itself.
 */
export function recordCommit(history: PartitionHistory, sample: CommitSample): PartitionHistory {
  const { commits } = history;
  const [before, last] = [commits.at(-2), commits.at(-1)];
  if (last && sample.timeMs <= last.timeMs) return history;
  const isSame =
    before && last && last.timeMs - before.timeMs < COMMIT_DISTANCE_MS && before.offset <= last.offset && last.offset <= sample.offset;
  if (!isSame) return { ...history, commits: [...commits, sample].slice(-COMMITS_MAX) };
  return { ...history, commits: [...commits.slice(0, -1), { ...sample, lag: Math.min(last.lag, sample.lag) }] };
}

/**
 * The history with one more end. Samples that go back in time or offset are passed over. Of a run of equal ends only the first and the last are kept, so that
 * a quiet partition does not push out what tells its rate.
 */
export function recordEnd(history: PartitionHistory, sample: EndSample): PartitionHistory {
  const { ends } = history;
  const last = ends.at(-1);
  if (last && (sample.timeMs <= last.timeMs || sample.offset < last.offset)) return history;
  const isThirdOfRun = last?.offset === sample.offset && ends.at(-2)?.offset === sample.offset;
  const kept = isThirdOfRun ? ends.slice(0, -1) : ends;
  return { ...history, ends: [...kept, sample].slice(-ENDS_MAX) };
}
