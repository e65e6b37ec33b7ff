/** A member as the history names it. */
interface HistoryMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
}

/** A group as one look saw it. */
export interface GroupLook {
  readonly state: string;
  /** Counts the changes of a group of the newer protocols; undefined for classic ones, which do not show it. */
  readonly epoch: number | undefined;
  readonly members: readonly HistoryMember[];
  /** Who reads each partition, by `topic:partition`. */
  readonly owners: ReadonlyMap<string, string>;
}

/** What was another way at a look than at the one before: between two looks there may have been more than one rebalance. */
export interface GroupTurn {
  /** Since 1970, of the second look. */
  readonly atMs: number;
  readonly state: string;
  readonly stateBefore: string;
  readonly epoch: number | undefined;
  readonly epochBefore: number | undefined;
  readonly came: readonly HistoryMember[];
  readonly went: readonly HistoryMember[];
  /** Partitions that another member reads than before, or nobody. */
  readonly moved: number;
  readonly members: number;
}

const TURNS_MAX = 200;
const GROUPS_MAX = 500;
/** Members told by name in one turn. */
const NAMED_MAX = 50;

/** How groups that are watched went from one look to the next. Bounded: the groups that were looked at longest ago are forgotten. */
export class GroupHistory {
  readonly #looks = new Map<string, GroupLook>();
  readonly #turns = new Map<string, GroupTurn[]>();

  see(groupId: string, look: GroupLook, atMs: number): void {
    const before = this.#looks.get(groupId);
    this.#looks.delete(groupId);
    this.#looks.set(groupId, look);
    const turn = before && turnOf(before, look, atMs);
    if (turn !== undefined) this.#turns.set(groupId, [...(this.#turns.get(groupId) ?? []), turn].slice(-TURNS_MAX));
    for (const oldest of this.#looks.keys()) {
      if (this.#looks.size <= GROUPS_MAX) break;
      this.forget(oldest);
    }
  }

  /** The newest first. */
  turns(groupId: string): readonly GroupTurn[] {
    return (this.#turns.get(groupId) ?? []).toReversed();
  }

  /** It is gone. */
  forget(groupId: string): void {
    this.#looks.delete(groupId);
    this.#turns.delete(groupId);
  }
}

function turnOf(before: GroupLook, now: GroupLook, atMs: number): GroupTurn | undefined {
  const came = without(now.members, before.members);
  const went = without(before.members, now.members);
  let moved = 0;
  for (const [partition, owner] of now.owners) if (before.owners.get(partition) !== owner) moved++;
  for (const partition of before.owners.keys()) if (!now.owners.has(partition)) moved++;
  const isSame = before.state === now.state && before.epoch === now.epoch && came.length === 0 && went.length === 0 && moved === 0;
  if (isSame) return undefined;
  return {
    atMs,
    state: now.state,
    stateBefore: before.state,
    epoch: now.epoch,
    epochBefore: before.epoch,
    came: came.slice(0, NAMED_MAX),
    went: went.slice(0, NAMED_MAX),
    moved,
    members: now.members.length,
  };
}

function without(some: readonly HistoryMember[], others: readonly HistoryMember[]): readonly HistoryMember[] {
  const known = new Set(others.map(({ memberId }) => memberId));
  return some.filter(({ memberId }) => !known.has(memberId));
}
