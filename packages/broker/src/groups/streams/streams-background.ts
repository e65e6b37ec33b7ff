import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import type { BackgroundJobs } from "../background-jobs.ts";
import type { AssignmentJob, BackgroundAnswer } from "../consumer/consumer-decision.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import type { GroupTypes } from "../group-spec.ts";
import { assignStickyInSteps } from "./assignor/sticky-assignor.ts";
import type { TaskSolution } from "./assignor/task-assignment.ts";
import type { StreamsEnvironment, StreamsInput, TaskTargetChange } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { needsAssignment, taskProblem } from "./streams-target.ts";
import { heldCount, NO_TUPLE } from "./tasks.ts";
import type { ConfiguredTopology } from "./topology/configure-topology.ts";

/** So many tasks are written in one step, and one member's at least. */
const TASKS_PER_PART = 1000;
/** Members whose new targets are written in one step. */
const TARGETS_PER_PART = 200;

interface Place {
  readonly groupId: string;
  readonly nodeId: number;
}

/** The input of a job, with the token that its answer is owed to. */
type JobInput = Extract<StreamsInput, { kind: "streams-target-part" | "streams-target-done" }>;

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
    const group = this.#find(place);
    if (!group || !this.#jobs.mayBegin(groupId) || !needsAssignment(group, this.#environment(groupId))) return;
    this.#jobs.begin(groupId, () => this.#assign(place));
  }

  #find({ groupId, nodeId }: Place): StreamsGroup | undefined {
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return undefined;
    const group = shard.state.group(groupId);
    return group?.type === "streams" ? group : undefined;
  }

  /** What the group's rules say of it: NONE, or it was dropped. */
  async #tell({ groupId, nodeId }: Place, input: (token: number) => JobInput): Promise<boolean> {
    const answer: BackgroundAnswer = await this.#runtime.ask({
      key: groupId,
      nodeId,
      refused: (errorCode): BackgroundAnswer => ({ errorCode }),
      input,
    });
    return answer.errorCode === ErrorCode.NONE;
  }

  async #assign(place: Place): Promise<boolean> {
    const { clock, logger } = this.#deps;
    const startMs = clock.monotonicMs();
    const group = this.#find(place);
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
    return isWritten || this.#find(place)?.assignmentEpoch !== job.assignmentEpoch;
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

  async #write(place: Place, job: AssignmentJob, target: readonly TaskTargetChange[]): Promise<boolean> {
    const slice = new TimeSlice(this.#deps.clock);
    for (const changes of partsOf(target)) {
      if (!(await this.#tell(place, (token) => ({ kind: "streams-target-part", token, job, changes })))) return false;
      if (slice.isOver) await slice.rest();
    }
    return this.#tell(place, (token) => ({ kind: "streams-target-done", token, job }));
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
