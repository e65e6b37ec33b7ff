import { type AssignableMember, type Assignment, AssignmentDraft, type AssignmentProblem, AssignorError } from "./assignment.ts";
import { compareTopicIds } from "./java-order.ts";
import { LoadBalancer } from "./load-balancer.ts";

/** Rounds over all topics, at most: each brings the members nearer to one another, and few are needed. */
const ROUNDS_MAX = 16;
/** Steps between two yields. */
const STEPS_PER_YIELD = 200;
const NOBODY = -1;

interface SubscribedTopic {
  readonly topicId: string;
  /** Indexes of members, ascending. */
  readonly subscribers: number[];
  /** The member that each partition is assigned to. */
  readonly owners: Int32Array;
}

/** Members are subscribed to different topics: each topic's new partitions go to its least loaded subscribers, then partitions move from the most to the least loaded. */
export class UniformHeterogeneous {
  readonly #problem: AssignmentProblem;
  readonly #members: readonly AssignableMember[];
  readonly #topics = new Map<string, SubscribedTopic>();
  readonly #loads: Int32Array;
  readonly #drafts = new Map<number, AssignmentDraft>();
  readonly #balancer: LoadBalancer;
  #steps = 0;

  constructor(problem: AssignmentProblem) {
    this.#problem = problem;
    this.#members = problem.members;
    this.#loads = new Int32Array(problem.members.length);
    this.#balancer = new LoadBalancer(this.#loads);
  }

  *assign(): Generator<void, ReadonlyMap<string, Assignment>> {
    yield* this.#collectSubscribers();
    if (this.#topics.size === 0) return new Map();
    yield* this.#keepSubscribed();
    yield* this.#assignUnassigned();
    yield* this.#balance();
    const target = new Map<string, Assignment>();
    for (const [index, { memberId, assignment }] of this.#members.entries()) {
      target.set(memberId, this.#drafts.get(index)?.finish() ?? assignment);
      if (this.#isTime()) yield;
    }
    return target;
  }

  *#collectSubscribers(): Generator<void, void> {
    for (const [index, { subscribedTopicIds }] of this.#members.entries()) {
      for (const topicId of subscribedTopicIds) {
        let topic = this.#topics.get(topicId);
        if (topic === undefined) this.#topics.set(topicId, (topic = this.#newTopic(topicId)));
        topic.subscribers.push(index);
        if (this.#isTime()) yield;
      }
    }
  }

  #newTopic(topicId: string): SubscribedTopic {
    const partitionCount = this.#problem.partitionCount(topicId);
    if (partitionCount === -1) throw new AssignorError(`Members are subscribed to topic ${topicId}, which does not exist.`);
    return { topicId, subscribers: [], owners: new Int32Array(partitionCount).fill(NOBODY) };
  }

  /** Everybody keeps what it has of topics that it is still subscribed to. */
  *#keepSubscribed(): Generator<void, void> {
    for (const [index, { subscribedTopicIds, assignment }] of this.#members.entries()) {
      for (const [topicId, partitions] of assignment) {
        if (this.#isTime()) yield;
        const topic = subscribedTopicIds.has(topicId) ? this.#topics.get(topicId) : undefined;
        if (topic === undefined) {
          this.#draft(index).removeTopic(topicId);
          continue;
        }
        this.#loads[index]! += partitions.length;
        for (const partition of partitions) topic.owners[partition] = index;
      }
    }
  }

  *#assignUnassigned(): Generator<void, void> {
    const topics = [...this.#topics.values()].filter(({ owners }) => owners.includes(NOBODY)).sort(compareTopics);
    for (const topic of topics) {
      this.#balancer.begin(topic.subscribers);
      this.#steps += topic.subscribers.length;
      for (let partition = 0; partition < topic.owners.length; partition++) {
        if (topic.owners[partition] === NOBODY) this.#move(topic, partition, this.#balancer.nextLeastLoaded());
        if (this.#isTime()) yield;
      }
    }
  }

  /** Goes around the topics until a whole round has moved nothing. */
  *#balance(): Generator<void, void> {
    const topics = [...this.#topics.values()].filter(({ subscribers }) => subscribers.length >= 2).sort(compareTopics);
    let lastMoved = -1;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (const [at, topic] of topics.entries()) {
        if (at === lastMoved) return;
        const moved = this.#balanceTopic(topic);
        if (moved > 0 || lastMoved === -1) lastMoved = at;
        yield;
      }
    }
  }

  #balanceTopic(topic: SubscribedTopic): number {
    const balancer = this.#balancer;
    if (balancer.begin(topic.subscribers) <= 1) return 0;
    const owned = partitionsByOwner(topic);
    let moved = 0;
    while (!balancer.isBalanced) {
      let from = balancer.nextMostLoaded();
      while (from !== -1 && !owned.get(from)?.length) {
        balancer.excludeMostLoaded();
        from = balancer.nextMostLoaded();
      }
      if (from === -1) break;
      const partition = owned.get(from)!.pop()!;
      const to = balancer.nextLeastLoaded();
      // Taking one more round was what levelled them.
      if (balancer.isBalanced) break;
      this.#move(topic, partition, to);
      moved++;
    }
    return moved;
  }

  #move({ topicId, owners }: SubscribedTopic, partition: number, to: number): void {
    const from = owners[partition]!;
    if (from !== NOBODY) {
      this.#draft(from).remove(topicId, partition);
      this.#loads[from]!--;
    }
    this.#draft(to).add(topicId, partition);
    this.#loads[to]!++;
    owners[partition] = to;
  }

  #draft(index: number): AssignmentDraft {
    let draft = this.#drafts.get(index);
    if (draft === undefined) this.#drafts.set(index, (draft = new AssignmentDraft(this.#members[index]!.assignment)));
    return draft;
  }

  #isTime(): boolean {
    if (++this.#steps < STEPS_PER_YIELD) return false;
    this.#steps = 0;
    return true;
  }
}

/** Each member's partitions of the topic, ascending. */
function partitionsByOwner({ owners }: SubscribedTopic): Map<number, number[]> {
  const owned = new Map<number, number[]>();
  for (const [partition, owner] of owners.entries()) {
    const partitions = owned.get(owner);
    if (partitions) partitions.push(partition);
    else owned.set(owner, [partition]);
  }
  return owned;
}

/** The fullest first: those with most partitions a subscriber; of these the ones with fewest subscribers, which leave least choice. */
function compareTopics(one: SubscribedTopic, other: SubscribedTopic): number {
  const oneShare = one.owners.length / one.subscribers.length;
  const otherShare = other.owners.length / other.subscribers.length;
  if (oneShare !== otherShare) return otherShare - oneShare;
  return one.subscribers.length - other.subscribers.length || compareTopicIds(one.topicId, other.topicId);
}
