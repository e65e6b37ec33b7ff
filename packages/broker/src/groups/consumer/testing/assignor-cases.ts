import { SeededRandom } from "@ottla/base/simulated";
import { type AssignableMember, type Assignment, type AssignmentProblem, NO_PARTITIONS } from "../assignors/assignment.ts";
import { assignors } from "../assignors/assignors.ts";

/** One assignment to be made, as data that Java can be given too. */
export interface AssignorCase {
  readonly assignor: string;
  readonly isHomogeneous: boolean;
  /** Partition counts by topic id. */
  readonly topics: ReadonlyMap<string, number>;
  readonly members: readonly AssignableMember[];
}

/**
 * Histories of groups: in each step members come, go or change what they are subscribed to, topics come, grow or go, and the assignment of the step before is where
 * the next one starts from. `seed` decides everything.
 */
export function* assignorCases(count: number, seed: number): Generator<AssignorCase> {
  const random = new SeededRandom(seed);
  const below = (limit: number) => (limit === 0 ? 0 : random.nextInt(limit));
  for (let made = 0; made < count; ) {
    const history = new History(below, random);
    const steps = 1 + below(8);
    for (let step = 0; step < steps && made < count; step++, made++) {
      const next = history.next();
      yield next;
      history.adopt(solve(next));
    }
  }
}

/** What our assignor makes of it. */
export function solve(assignorCase: AssignorCase): ReadonlyMap<string, Assignment> {
  const assign = assignors.get(assignorCase.assignor)!(problemOf(assignorCase));
  for (let step = assign.next(); ; step = assign.next()) if (step.done) return step.value;
}

function problemOf({ members, topics, isHomogeneous }: AssignorCase): AssignmentProblem {
  const assigned = new Set<string>();
  for (const { assignment } of members) {
    for (const [topicId, partitions] of assignment) for (const partition of partitions) assigned.add(`${topicId} ${partition}`);
  }
  return {
    members,
    isHomogeneous,
    isAssigned: (topicId, partition) => assigned.has(`${topicId} ${partition}`),
    partitionCount: (topicId) => topics.get(topicId) ?? -1,
  };
}

class History {
  readonly #below: (limit: number) => number;
  readonly #random: SeededRandom;
  readonly #topics = new Map<string, number>();
  readonly #isHomogeneous: boolean;
  readonly #assignor: string;
  readonly #partitionsMax: number;
  #members: AssignableMember[] = [];
  #lastMember = 0;

  constructor(below: (limit: number) => number, random: SeededRandom) {
    this.#below = below;
    this.#random = random;
    this.#isHomogeneous = below(2) === 0;
    this.#assignor = below(4) === 0 ? "range" : "uniform";
    this.#partitionsMax = below(5) === 0 ? 120 : 12;
    for (let i = below(below(4) === 0 ? 40 : 6); i >= 0; i--) this.#addTopic();
    for (let i = below(below(4) === 0 ? 30 : 6); i >= 0; i--) this.#addMember();
  }

  next(): AssignorCase {
    for (let changes = this.#below(4); changes > 0; changes--) this.#change();
    if (this.#members.length === 0) this.#addMember();
    const subscribed = new Set(this.#topics.keys());
    if (this.#isHomogeneous) this.#members = this.#members.map((member) => ({ ...member, subscribedTopicIds: subscribed }));
    return { assignor: this.#assignor, isHomogeneous: this.#isHomogeneous, topics: new Map(this.#topics), members: this.#members };
  }

  adopt(target: ReadonlyMap<string, Assignment>): void {
    this.#members = this.#members.map((member) => ({ ...member, assignment: target.get(member.memberId) ?? NO_PARTITIONS }));
  }

  #change(): void {
    switch (this.#below(7)) {
      case 0:
      case 1:
        this.#addMember();
        return;
      case 2:
        this.#members.splice(this.#below(this.#members.length), 1);
        return;
      case 3:
        this.#addTopic();
        return;
      case 4:
        this.#removeTopic();
        return;
      case 5:
        for (const topicId of this.#someTopics(1)) this.#topics.set(topicId, this.#topics.get(topicId)! + 1 + this.#below(5));
        return;
      default:
        this.#members = this.#members.map((member) =>
          this.#below(3) === 0 ? { ...member, subscribedTopicIds: this.#subscription() } : member,
        );
    }
  }

  #addTopic(): void {
    this.#topics.set(this.#random.bytes(16).toString("base64url"), 1 + this.#below(this.#partitionsMax));
  }

  #removeTopic(): void {
    for (const topicId of this.#someTopics(1)) {
      this.#topics.delete(topicId);
      this.#members = this.#members.map((member) => {
        const subscribedTopicIds = new Set(member.subscribedTopicIds);
        return subscribedTopicIds.delete(topicId) ? { ...member, subscribedTopicIds } : member;
      });
    }
  }

  #addMember(): void {
    const memberId = `m${this.#below(1000)}-${this.#lastMember++}`;
    const instanceId = this.#below(4) === 0 ? `i${this.#below(100)}-${this.#lastMember}` : null;
    this.#members.push({ memberId, instanceId, subscribedTopicIds: this.#subscription(), assignment: NO_PARTITIONS });
  }

  #subscription(): ReadonlySet<string> {
    return new Set(this.#someTopics(this.#below(this.#topics.size + 1)));
  }

  #someTopics(count: number): string[] {
    const topicIds = [...this.#topics.keys()];
    const chosen: string[] = [];
    while (chosen.length < count && topicIds.length > 0) chosen.push(...topicIds.splice(this.#below(topicIds.length), 1));
    return chosen;
  }
}

/** A case as lines that Java reads; "-" stands for nothing. */
export function caseToText({ assignor, isHomogeneous, topics, members }: AssignorCase): string {
  return [
    `case ${assignor} ${isHomogeneous ? "homogeneous" : "heterogeneous"}`,
    ...Array.from(topics, ([topicId, count]) => `topic ${topicId} ${count}`),
    ...members.map(
      ({ memberId, instanceId, subscribedTopicIds, assignment }) =>
        `member ${memberId} ${instanceId ?? "-"} ${[...subscribedTopicIds].join(",") || "-"} ${assignmentToText(assignment, false)}`,
    ),
    "end",
  ].join("\n");
}

/** The answer to a case, in order of member ids. */
export function targetToText(members: readonly AssignableMember[], target: ReadonlyMap<string, Assignment>): string {
  const lines = members.map(({ memberId }) => `${memberId} ${assignmentToText(target.get(memberId) ?? NO_PARTITIONS, true)}`);
  return [...lines.sort(), "end"].join("\n");
}

function assignmentToText(assignment: Assignment, isSorted: boolean): string {
  const topics = Array.from(assignment, ([topicId, partitions]) => `${topicId}:${partitions.join(",")}`);
  return (isSorted ? topics.sort() : topics).join(";") || "-";
}

/** Reads what {@link caseToText} wrote. */
export function caseFromText(text: string): AssignorCase {
  const topics = new Map<string, number>();
  const members: AssignableMember[] = [];
  const [head = "", ...lines] = text.split("\n");
  const [, assignor = "", subscriptions = ""] = head.split(" ");
  for (const line of lines) {
    const [kind, name = "", third = "", fourth = "", fifth = ""] = line.split(" ");
    if (kind === "topic") topics.set(name, Number(third));
    if (kind === "member") {
      members.push({
        memberId: name,
        instanceId: third === "-" ? null : third,
        subscribedTopicIds: new Set(fourth === "-" ? [] : fourth.split(",")),
        assignment: assignmentFromText(fifth),
      });
    }
  }
  return { assignor, isHomogeneous: subscriptions === "homogeneous", topics, members };
}

function assignmentFromText(text: string): Assignment {
  if (text === "-") return NO_PARTITIONS;
  return new Map(
    text.split(";").map((topic) => {
      const [topicId = "", partitions = ""] = topic.split(":");
      return [topicId, partitions.split(",").map(Number)] as const;
    }),
  );
}
