import { TimeSlice } from "@ottla/base";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import type { BackgroundJobs } from "../background-jobs.ts";
import type { AssignmentJob } from "../consumer/consumer-decision.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import { groupAt, type GroupPlace, tellGroup } from "../group-place.ts";
import type { GroupTypes } from "../group-spec.ts";
import { assignStickyInSteps } from "./assignor/sticky-assignor.ts";
import type { TaskSolution } from "./assignor/task-assignment.ts";
import type { StreamsEnvironment, TaskTargetChange } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { needsAssignment, taskProblem } from "./streams-target.ts";
import { heldCount, NO_TUPLE } from "./tasks.ts";
import type { ConfiguredTopology } from "./topology/configure-topology.ts";

/** So many tasks are written in one step, and one member's at least. */
const TASKS_PER_PART = 1000;
/** Members whose new targets are written in one step. */
const TARGETS_PER_PART = 200;

/** Assignments that are too large for a heartbeat, worked out in slices beside the requests. What came of it goes through the group's rules like any other input, and is dropped where the group has moved on. */
export class StreamsBackground {
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #environment: (groupId: string) => StreamsEnvironment;
  readonly #jobs: BackgroundJobs;

  constructor(
    deps: GroupCoordinatorDeps,
    runtime: CoordinatorRuntime<GroupTypes>,
    environment: (groupId: string) => StreamsEnvironment,
    jobs: BackgroundJobs,
  ) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#environment = environment;
    this.#jobs = jobs;
  }

  /** Begins what the group needs, if anything, and nobody is at it. */
  look(groupId: string, nodeId: number): void {
    const place = { groupId, nodeId };
    const group = groupAt(this.#runtime, place, "streams");
    if (!group || !this.#jobs.mayBegin(groupId) || !needsAssignment(group, this.#environment(groupId))) return;
    this.#jobs.begin(groupId, () => this.#assign(place));
  }

  async #assign(place: GroupPlace): Promise<boolean> {
    const { clock, logger } = this.#deps;
    const startMs = clock.monotonicMs();
    const group = groupAt(this.#runtime, place, "streams");
    const configured = group?.soft.configured;
    if (!group || !configured) return true;
    const job: AssignmentJob = { groupEpoch: group.groupEpoch, assignmentEpoch: group.assignmentEpoch };
    const target = await this.#work(group, configured);
    const isWritten = await this.#write(place, job, target);
    logger.info("a streams group's target was worked out", {
      groupId: place.groupId,
      groupEpoch: job.groupEpoch,
      members: target.length,
      tookMs: Math.round(clock.monotonicMs() - startMs),
      isWritten,
    });
    // Where the group has moved on, there is nothing that failed.
    return isWritten || groupAt(this.#runtime, place, "streams")?.assignmentEpoch !== job.assignmentEpoch;
  }

  /** Works on what the group was at the start: who comes meanwhile is in the next epoch. */
  async #work(group: StreamsGroup, configured: ConfiguredTopology): Promise<TaskTargetChange[]> {
    const present = [...group.members.values()];
    let solution: TaskSolution = new Map();
    if (configured.problem === undefined) {
      const slice = new TimeSlice(this.#deps.clock);
      const assign = assignStickyInSteps(taskProblem(present, configured, group.soft, this.#environment(group.groupId)));
      let step = assign.next();
      for (; !step.done; step = assign.next()) if (slice.isOver) await slice.rest();
      solution = step.value;
    }
    return present.map(({ memberId, instanceId }) => ({ memberId, instanceId, target: solution.get(memberId) ?? NO_TUPLE }));
  }

  async #write(place: GroupPlace, job: AssignmentJob, target: readonly TaskTargetChange[]): Promise<boolean> {
    const slice = new TimeSlice(this.#deps.clock);
    for (const changes of partsOf(target)) {
      if (!(await tellGroup(this.#runtime, place, (token) => ({ kind: "streams-target-part", token, job, changes })))) return false;
      if (slice.isOver) await slice.rest();
    }
    return tellGroup(this.#runtime, place, (token) => ({ kind: "streams-target-done", token, job }));
  }
}

function* partsOf(target: readonly TaskTargetChange[]): Generator<readonly TaskTargetChange[]> {
  let part: TaskTargetChange[] = [];
  let tasks = 0;
  for (const change of target) {
    if (part.length >= TARGETS_PER_PART || tasks >= TASKS_PER_PART) {
      yield part;
      part = [];
      tasks = 0;
    }
    part.push(change);
    tasks += heldCount(change.target);
  }
  if (part.length > 0) yield part;
}
