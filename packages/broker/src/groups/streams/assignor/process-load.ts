import { TasksDraft } from "../tasks.ts";
import { javaHashOrder, JavaPriorityQueue } from "./java-order.ts";

/** One task. */
export interface Task {
  readonly subtopologyId: string;
  readonly partition: number;
}

/** What a member is to have, in the making. */
interface MemberLoad {
  readonly memberId: string;
  count: number;
  readonly active: TasksDraft;
  readonly standby: TasksDraft;
}

/** A process and its members, in the making of an assignment. */
export class ProcessLoad {
  readonly processId: string;
  readonly #members = new Map<string, MemberLoad>();
  readonly #tasks = new TasksDraft();
  #taskCount = 0;
  /** Kept from one task to the next while tasks go to whoever has least. */
  #leastLoaded: JavaPriorityQueue<{ readonly member: MemberLoad; count: number }> | undefined;

  constructor(processId: string) {
    this.processId = processId;
  }

  /** Tasks by member. */
  get load(): number {
    return this.#members.size === 0 ? -1 : this.#taskCount / this.#members.size;
  }

  addMember(memberId: string): void {
    this.#members.set(memberId, { memberId, count: 0, active: new TasksDraft(), standby: new TasksDraft() });
  }

  members(): IterableIterator<MemberLoad> {
    return this.#members.values();
  }

  countOf(memberId: string): number {
    return this.#members.get(memberId)?.count ?? 0;
  }

  hasTask({ subtopologyId, partition }: Task): boolean {
    return this.#tasks.tasks.get(subtopologyId)?.has(partition) ?? false;
  }

  /** How many tasks the member has with this one. */
  add(memberId: string, task: Task, isActive: boolean): number {
    this.#leastLoaded = undefined;
    return this.#give(this.#members.get(memberId)!, task, isActive);
  }

  /** How many tasks the member that got it has with this one. */
  addToLeastLoaded(task: Task, isActive: boolean): number {
    const [only] = this.#members.values();
    if (this.#members.size === 1) return this.#give(only!, task, isActive);
    this.#leastLoaded ??= new JavaPriorityQueue(
      javaHashOrder(this.#members.keys()).map((memberId) => {
        const member = this.#members.get(memberId)!;
        return { member, count: member.count };
      }),
      ({ count }) => count,
    );
    const entry = this.#leastLoaded.poll()!;
    entry.count = this.#give(entry.member, task, isActive);
    this.#leastLoaded.add(entry);
    return entry.count;
  }

  #give(member: MemberLoad, { subtopologyId, partition }: Task, isActive: boolean): number {
    this.#taskCount++;
    this.#tasks.add(subtopologyId, partition);
    (isActive ? member.active : member.standby).add(subtopologyId, partition);
    return ++member.count;
  }
}
