/** The lag of a group at a moment. */
export interface LagPoint {
  readonly atMs: number;
  readonly lag: number;
}

/** A quarter of an hour of looks. */
const WATCHED_POINTS_MAX = 180;
/** Of a group that nobody watches: its turn comes the more seldom the more groups there are. */
const SAMPLED_POINTS_MAX = 24;
const GROUPS_MAX = 20_000;

/** How the lag of groups went: closely of those that somebody watches, a point for each turn of the others, so that who opens one finds where it comes from. Bounded: the groups that were looked at longest ago are forgotten. */
export class LagHistory {
  readonly #points = new Map<string, LagPoint[]>();

  see(groupId: string, point: LagPoint, isWatched: boolean): void {
    const points = this.#points.get(groupId) ?? [];
    this.#points.delete(groupId);
    this.#points.set(groupId, points);
    points.push(point);
    if (isWatched) points.splice(0, points.length - WATCHED_POINTS_MAX);
    else if (points.length > SAMPLED_POINTS_MAX) this.#points.set(groupId, points.slice(-SAMPLED_POINTS_MAX));
    for (const oldest of this.#points.keys()) {
      if (this.#points.size <= GROUPS_MAX) break;
      this.#points.delete(oldest);
    }
  }

  /** Nobody watches it any more: of its points so many stay as of one that nobody watched, over the same time. */
  release(groupId: string): void {
    const points = this.#points.get(groupId);
    if (points === undefined || points.length <= SAMPLED_POINTS_MAX) return;
    const last = points.length - 1;
    const kept = Array.from({ length: SAMPLED_POINTS_MAX }, (_, i) => points[Math.round((i * last) / (SAMPLED_POINTS_MAX - 1))]!);
    this.#points.set(groupId, kept);
  }

  forget(groupId: string): void {
    this.#points.delete(groupId);
  }

  /** The oldest first. */
  points(groupId: string): readonly LagPoint[] {
    return this.#points.get(groupId) ?? [];
  }
}
