import { SeededRandom } from "@ottla/base/simulated";
import { assignSticky } from "../assignor/sticky-assignor.ts";
import type { AssignableMember, AssignableSubtopology, TaskProblem, TaskSolution } from "../assignor/task-assignment.ts";
import type { TaskOffsets } from "../streams-group.ts";
import { type AnyTasks, listTasks, NO_TASKS, NO_TUPLE, type Tasks } from "../tasks.ts";

/**
 * Histories of groups: in each step members and processes come and go, the topology's partitions grow, members tell of state that they have, and the assignment of the step before is where the next
 * one starts from. `seed` decides everything.
 */
export function* taskCases(count: number, seed: number): Generator<TaskProblem> {
  const random = new SeededRandom(seed);
  const below = (limit: number) => (limit === 0 ? 0 : random.nextInt(limit));
  for (let made = 0; made < count; ) {
    const history = new History(below);
    const steps = 1 + below(8);
    for (let step = 0; step < steps && made < count; step++, made++) {
      const next = history.next();
      yield next;
      history.adopt(assignSticky(next));
    }
  }
}

class History {
  readonly #below: (limit: number) => number;
  readonly #standbyReplicas: number;
  #subtopologies: AssignableSubtopology[];
  #members: AssignableMember[] = [];
  #lastMember = 0;

  constructor(below: (limit: number) => number) {
    this.#below = below;
    this.#standbyReplicas = below(2) === 0 ? 0 : 1 + below(2);
    const most = below(5) === 0 ? 60 : 8;
    this.#subtopologies = Array.from({ length: 1 + below(below(4) === 0 ? 12 : 3) }, (_, i) => ({
      subtopologyId: String(i),
      taskCount: 1 + below(most),
      isStateful: below(3) > 0,
    })).sort((one, other) => (one.subtopologyId < other.subtopologyId ? -1 : 1));
    for (let i = below(below(4) === 0 ? 30 : 6); i >= 0; i--) this.#addMember();
  }

  next(): TaskProblem {
    for (let changes = this.#below(4); changes > 0; changes--) this.#change();
    if (this.#members.length === 0) this.#addMember();
    return { members: this.#members, subtopologies: this.#subtopologies, standbyReplicas: this.#standbyReplicas };
  }

  adopt(solution: TaskSolution): void {
    this.#members = this.#members.map((member) => {
      const { active, standby } = solution.get(member.memberId) ?? NO_TUPLE;
      return { ...member, active, standby, offsets: this.#offsets(active, standby) };
    });
  }

  #change(): void {
    const at = this.#below(this.#members.length);
    switch (this.#below(4)) {
      case 0:
        this.#members = this.#members.filter((_, i) => i !== at);
        return;
      case 1:
        this.#subtopologies = this.#subtopologies.map((each) => (this.#below(2) === 0 ? each : { ...each, taskCount: each.taskCount + 1 }));
        return;
      default:
        this.#addMember();
    }
  }

  /** Ids look as those of clients do, so that they fall into many buckets. */
  #addMember(): void {
    const memberId = `m${(this.#below(2 ** 30) * 7).toString(36)}-${this.#lastMember++}`;
    const joined = this.#below(3) > 0 ? this.#members[this.#below(this.#members.length)]?.processId : undefined;
    const processId = joined ?? `p${this.#below(2 ** 30).toString(36)}`;
    this.#members.push({ memberId, processId, active: NO_TASKS, standby: NO_TASKS, offsets: this.#offsets(NO_TASKS, NO_TASKS) });
  }

  /** Members tell of some of what they have, and of what they had once. */
  #offsets(active: Tasks, standby: Tasks): TaskOffsets {
    const offsets = new Map<string, Map<number, number>>();
    if (this.#below(2) === 0) return offsets;
    const tell = (subtopologyId: string, partition: number): void => {
      const known = offsets.get(subtopologyId) ?? new Map<number, number>();
      offsets.set(subtopologyId, known.set(partition, this.#below(4) * 100));
    };
    for (const tasks of [active, standby])
      for (const [subtopologyId, partitions] of tasks)
        for (const partition of partitions) if (this.#below(2) === 0) tell(subtopologyId, partition);
    for (const { subtopologyId, taskCount, isStateful } of this.#subtopologies)
      for (let partition = 0; isStateful && partition < taskCount; partition++) if (this.#below(8) === 0) tell(subtopologyId, partition);
    return offsets;
  }
}

export function problemToText({ members, subtopologies, standbyReplicas }: TaskProblem): string {
  return [
    `case ${standbyReplicas}`,
    ...subtopologies.map(
      ({ subtopologyId, taskCount, isStateful }) => `subtopology ${subtopologyId} ${taskCount} ${isStateful ? "stateful" : "stateless"}`,
    ),
    ...members.map(
      ({ memberId, processId, active, standby, offsets }) =>
        `member ${memberId} ${processId} ${tasksToText(active)} ${tasksToText(standby)} ${offsetsToText(offsets)}`,
    ),
    "end",
  ].join("\n");
}

export function problemFromText(text: string): TaskProblem {
  let standbyReplicas = 0;
  const subtopologies: AssignableSubtopology[] = [];
  const members: AssignableMember[] = [];
  for (const line of text.split("\n")) {
    const [kind, first = "", second = "", third = "", fourth = "", fifth = ""] = line.split(" ");
    if (kind === "case") standbyReplicas = Number(first);
    else if (kind === "subtopology")
      subtopologies.push({ subtopologyId: first, taskCount: Number(second), isStateful: third === "stateful" });
    else if (kind === "member")
      members.push({
        memberId: first,
        processId: second,
        active: tasksFromText(third),
        standby: tasksFromText(fourth),
        offsets: offsetsFromText(fifth),
      });
  }
  return { members, subtopologies, standbyReplicas };
}

/** As the Java program prints it. */
export function solutionToText({ members }: TaskProblem, solution: TaskSolution): string {
  const ids = members.map(({ memberId }) => memberId).sort();
  const lines = ids.map((memberId) => {
    const { active, standby } = solution.get(memberId) ?? NO_TUPLE;
    return `${memberId} ${tasksToText(active)} ${tasksToText(standby)}`;
  });
  return [...lines, "end"].join("\n");
}

function tasksToText(tasks: AnyTasks): string {
  const listed = listTasks(tasks).filter(({ partitions }) => partitions.length > 0);
  return listed.map(({ subtopologyId, partitions }) => `${subtopologyId}:${partitions.join(",")}`).join(";") || "-";
}

function tasksFromText(text: string): Tasks {
  return new Map(parts(text).map(([id, list]) => [id, new Set(list.split(",").map(Number))]));
}

function offsetsToText(offsets: TaskOffsets): string {
  return (
    Array.from(offsets, ([id, byPartition]) => `${id}:${Array.from(byPartition, ([at, offset]) => `${at}=${offset}`).join(",")}`).join(
      ";",
    ) || "-"
  );
}

function offsetsFromText(text: string): TaskOffsets {
  const pair = (each: string): [number, number] => {
    const [at, offset] = each.split("=");
    return [Number(at), Number(offset)];
  };
  return new Map(parts(text).map(([id, list]) => [id, new Map(list.split(",").map(pair))]));
}

function parts(text: string): [string, string][] {
  if (text === "-") return [];
  return text.split(";").map((part) => {
    const [id = "", list = ""] = part.split(":");
    return [id, list];
  });
}
