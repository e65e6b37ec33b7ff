import { partitionKey, type TopicPartition } from "../../topic-partition.ts";
import type { AssignableTopic, GroupMember } from "../assignor.ts";
import { compareMembers, compareTexts, subscribersOf } from "./member-order.ts";

/** What a member held, as far as its claim can be believed. */
export interface Claim {
  readonly memberId: string;
  readonly generationId: number;
  readonly partitions: readonly TopicPartition[];
}

/** Partitions of each member, and who held each partition before. */
export interface StickyResult {
  readonly assigned: Map<string, TopicPartition[]>;
  readonly previousOwner: ReadonlyMap<string, string>;
}

/**
 * Divides partitions so that no member has two more than another that could take them, and moves no partition that need not move.
 * Of two members that claim the same partition the one of the later generation is believed; in the same generation neither is.
 * Balance and stickiness as Java's sticky assignors promise; which of several equally good answers comes out may differ.
 */
export function assignSticky(
  members: readonly GroupMember[],
  topics: ReadonlyMap<string, AssignableTopic>,
  claims: readonly Claim[],
): StickyResult {
  const subscribers = subscribersOf(members);
  const previousOwner = settleClaims(members, topics, claims);
  const assigned = new Map<string, TopicPartition[]>(members.toSorted(compareMembers).map((member) => [member.memberId, []]));
  const free: TopicPartition[] = [];
  for (const [topic] of subscribers) {
    for (let partition = 0; partition < (topics.get(topic)?.partitionCount ?? 0); partition++) {
      const owner = previousOwner.get(partitionKey(topic, partition));
      if (owner === undefined) free.push({ topic, partition });
      else assigned.get(owner)!.push({ topic, partition });
    }
  }
  const candidates = new Map(
    [...subscribers].map(([topic, list]) => [topic, list.toSorted(compareMembers).map((member) => member.memberId)]),
  );
  for (const each of choiceless(free, candidates)) assigned.get(leastLoaded(candidates.get(each.topic)!, assigned))!.push(each);
  balance(assigned, candidates, previousOwner);
  return { assigned, previousOwner };
}

/** Partitions with few takers first, so that the others can even out afterwards. */
function choiceless(free: readonly TopicPartition[], candidates: ReadonlyMap<string, readonly string[]>): readonly TopicPartition[] {
  return free.toSorted(
    (a, b) =>
      candidates.get(a.topic)!.length - candidates.get(b.topic)!.length || compareTexts(a.topic, b.topic) || a.partition - b.partition,
  );
}

function settleClaims(
  members: readonly GroupMember[],
  topics: ReadonlyMap<string, AssignableTopic>,
  claims: readonly Claim[],
): Map<string, string> {
  const wanted = new Map(members.map((member) => [member.memberId, new Set(member.topics)]));
  const best = new Map<string, { memberId: string | undefined; generationId: number }>();
  for (const claim of claims) {
    for (const { topic, partition } of claim.partitions) {
      if (!wanted.get(claim.memberId)?.has(topic) || partition >= (topics.get(topic)?.partitionCount ?? 0)) continue;
      const key = partitionKey(topic, partition);
      const other = best.get(key);
      if (other === undefined || claim.generationId > other.generationId)
        best.set(key, { memberId: claim.memberId, generationId: claim.generationId });
      else if (claim.generationId === other.generationId) other.memberId = undefined;
    }
  }
  const owners = new Map<string, string>();
  for (const [key, { memberId }] of best) if (memberId !== undefined) owners.set(key, memberId);
  return owners;
}

function leastLoaded(candidates: readonly string[], assigned: ReadonlyMap<string, readonly TopicPartition[]>): string {
  let best = candidates[0]!;
  for (const memberId of candidates) if (assigned.get(memberId)!.length < assigned.get(best)!.length) best = memberId;
  return best;
}

/**
 * Moves partitions from fuller to emptier members until no move helps. Every move makes the sum of squared loads smaller, so it ends.
 * Newly given partitions move before held ones, and a partition goes back to its previous owner where that is as good.
 */
function balance(
  assigned: Map<string, TopicPartition[]>,
  candidates: ReadonlyMap<string, readonly string[]>,
  previousOwner: ReadonlyMap<string, string>,
): void {
  for (let moved = true; moved; ) {
    moved = false;
    const byLoad = [...assigned.keys()].sort((a, b) => assigned.get(b)!.length - assigned.get(a)!.length);
    for (const from of byLoad) {
      while (moveOne(from, assigned, candidates, previousOwner)) moved = true;
    }
  }
}

function moveOne(
  from: string,
  assigned: Map<string, TopicPartition[]>,
  candidates: ReadonlyMap<string, readonly string[]>,
  previousOwner: ReadonlyMap<string, string>,
): boolean {
  const list = assigned.get(from)!;
  const emptiest = new Map<string, string>();
  let best: { at: number; to: string; isHeld: boolean } | undefined;
  for (let at = list.length - 1; at >= 0; at--) {
    const each = list[at]!;
    const owner = previousOwner.get(partitionKey(each.topic, each.partition));
    let to = emptiest.get(each.topic);
    if (to === undefined) emptiest.set(each.topic, (to = leastLoaded(candidates.get(each.topic)!, assigned)));
    if (list.length - assigned.get(to)!.length < 2) continue;
    const isHeld = owner === from;
    if (best === undefined || (best.isHeld && !isHeld)) best = { at, to, isHeld };
    if (!isHeld) break;
  }
  if (best === undefined) return false;
  assigned.get(best.to)!.push(...list.splice(best.at, 1));
  return true;
}
