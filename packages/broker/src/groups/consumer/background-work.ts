import { TimeSlice } from "@ottla/base";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import { compilePattern, type LinearPattern, loadPatterns } from "../../security/linear-pattern.ts";
import type { BackgroundJobs } from "../background-jobs.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import { groupAt, type GroupPlace, tellGroup } from "../group-place.ts";
import type { GroupTypes } from "../group-spec.ts";
import { type Assignment, NO_PARTITIONS } from "./assignors/assignment.ts";
import { assignors } from "./assignors/assignors.ts";
import { needsAssignment, needsRegexes } from "./background-rules.ts";
import type { AssignmentJob, ConsumerEnvironment, TargetChange } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ResolvedRegex } from "./consumer-records.ts";
import { assignable, preferredAssignor, SubscribedTopics } from "./target-assignment.ts";

/** Members whose new targets are written in one step. */
const TARGETS_PER_PART = 200;

/** Whether who asks may see a topic; a pattern finds no others. */
export type TopicSight = (topic: string) => boolean;

/**
 * What is too much for a heartbeat: looking patterns up among all topics, and large assignments. Done in slices, at most once at a time for a group; what came of it goes
 * through the group's rules like any other input, and is dropped where the group has moved on.
 */
export class BackgroundWork {
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #environment: (groupId: string) => ConsumerEnvironment;
  readonly #jobs: BackgroundJobs;

  constructor(
    deps: GroupCoordinatorDeps,
    runtime: CoordinatorRuntime<GroupTypes>,
    environment: (groupId: string) => ConsumerEnvironment,
    jobs: BackgroundJobs,
  ) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#environment = environment;
    this.#jobs = jobs;
  }

  /** Begins what the group needs, if anything, and nobody is at it. As in Kafka, patterns find what the member that asks may see, and members of the classic protocol do not have them looked up. */
  look(groupId: string, nodeId: number, sees?: TopicSight): void {
    const group = groupAt(this.#runtime, { groupId, nodeId }, "consumer");
    if (!group || !this.#jobs.mayBegin(groupId)) return;
    const env = this.#environment(groupId);
    const place = { groupId, nodeId };
    const job =
      sees && needsRegexes(group, env)
        ? () => this.#resolveRegexes(place, sees)
        : needsAssignment(group, env)
          ? () => this.#assign(place)
          : undefined;
    if (job) this.#jobs.begin(groupId, job);
  }

  async #resolveRegexes(place: GroupPlace, sees: TopicSight): Promise<boolean> {
    await loadPatterns();
    const { topics } = this.#deps;
    const { revision } = topics;
    const regexes = [...(groupAt(this.#runtime, place, "consumer")?.subscriptions.regexes.keys() ?? [])];
    const slice = new TimeSlice(this.#deps.clock);
    const found: { readonly regex: string; readonly pattern: LinearPattern | string; readonly matched: Set<string> }[] = [];
    for (const regex of regexes) {
      found.push({ regex, pattern: compilePattern(regex), matched: new Set() });
      if (slice.isOver) await slice.rest();
    }
    for (const { name } of topics.all()) {
      for (const { pattern, matched } of found) {
        if (typeof pattern !== "string" && pattern(name) && sees(name)) matched.add(name);
        if (slice.isOver) await slice.rest();
      }
    }
    const timestampMs = this.#deps.clock.nowMs();
    let isKept = true;
    for (const { regex, matched } of found) {
      const resolved = new Map<string, ResolvedRegex>([[regex, { topics: matched, revision, timestampMs }]]);
      isKept = (await tellGroup(this.#runtime, place, (token) => ({ kind: "regexes-resolved", token, resolved }))) && isKept;
    }
    return isKept;
  }

  async #assign(place: GroupPlace): Promise<boolean> {
    const { clock, logger } = this.#deps;
    const startMs = clock.monotonicMs();
    const group = groupAt(this.#runtime, place, "consumer");
    if (!group) return true;
    const job: AssignmentJob = { groupEpoch: group.groupEpoch, assignmentEpoch: group.assignmentEpoch };
    const slice = new TimeSlice(clock);
    const target = await this.#work(group, slice);
    const isWritten = await this.#write(place, job, target);
    logger.info("a consumer group's target was worked out", {
      groupId: place.groupId,
      groupEpoch: job.groupEpoch,
      members: target.length,
      tookMs: Math.round(clock.monotonicMs() - startMs),
      isWritten,
    });
    // Where the group has moved on, there is nothing that failed.
    return isWritten || groupAt(this.#runtime, place, "consumer")?.assignmentEpoch !== job.assignmentEpoch;
  }

  /** Works on what the group was at the start: who comes meanwhile is in the next epoch. */
  async #work(group: ConsumerGroup, slice: TimeSlice): Promise<TargetChange[]> {
    const { topics, consumerSettings } = this.#deps;
    const { isHomogeneous } = group.subscriptions;
    const assignor = assignors.get(preferredAssignor(group, consumerSettings(group.groupId))) ?? assignors.get("uniform")!;
    const present = [...group.members.values()];
    const subscribed = new SubscribedTopics(group, topics);
    const members = [];
    for (const member of present) {
      members.push(assignable(group, subscribed, member));
      if (slice.isOver) await slice.rest();
    }
    const assigned = await assignedIn(slice, members);
    const counts = new Map<string, number>();
    const partitionCount = (topicId: string) => {
      let count = counts.get(topicId);
      if (count === undefined) counts.set(topicId, (count = topics.byId(topicId)?.partitions.length ?? -1));
      return count;
    };
    const assign = assignor({
      members,
      isHomogeneous,
      isAssigned: (topicId, partition) => assigned.get(topicId)?.has(partition) ?? false,
      partitionCount,
    });
    let step = assign.next();
    for (; !step.done; step = assign.next()) if (slice.isOver) await slice.rest();
    const target = step.value;
    return present.map(({ memberId, instanceId }) => ({ memberId, instanceId, target: target.get(memberId) ?? NO_PARTITIONS }));
  }

  async #write(place: GroupPlace, job: AssignmentJob, target: readonly TargetChange[]): Promise<boolean> {
    const slice = new TimeSlice(this.#deps.clock);
    for (let from = 0; from < target.length; from += TARGETS_PER_PART) {
      const changes = target.slice(from, from + TARGETS_PER_PART);
      if (!(await tellGroup(this.#runtime, place, (token) => ({ kind: "target-part", token, job, changes })))) return false;
      if (slice.isOver) await slice.rest();
    }
    return tellGroup(this.#runtime, place, (token) => ({ kind: "target-done", token, job }));
  }
}

/** What the members' targets hold already, as it was when they were looked at. */
async function assignedIn(
  slice: TimeSlice,
  members: readonly { readonly assignment: Assignment }[],
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const assigned = new Map<string, Set<number>>();
  for (const { assignment } of members) {
    for (const [topicId, partitions] of assignment) {
      let known = assigned.get(topicId);
      if (!known) assigned.set(topicId, (known = new Set()));
      for (const partition of partitions) known.add(partition);
    }
    if (slice.isOver) await slice.rest();
  }
  return assigned;
}
