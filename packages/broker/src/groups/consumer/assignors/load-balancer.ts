import { invariant } from "@ottla/base";

/**
 * Walks through the subscribers of one topic from the least loaded up and from the most loaded down, round by round: in each round a member is offered once,
 * and with each round the level at which members count as least (or most) loaded moves by one partition. The caller moves the partitions.
 */
export class LoadBalancer {
  /** Partitions by member index. */
  readonly #loads: Int32Array;
  #members: number[] = [];
  #leastEnd = 0;
  #leastLoad = -1;
  #nextLeast = 0;
  #mostStart = 0;
  #mostEnd = 0;
  #mostLoad = 1;
  #nextMost = -1;

  constructor(loads: Int32Array) {
    this.#loads = loads;
  }

  /** Begins with a topic's subscribers, at least one. Gives how many partitions the most loaded one has beyond the least loaded one. */
  begin(subscribers: readonly number[]): number {
    invariant(subscribers.length > 0, "A topic without subscribers has nobody to balance.");
    const loads = this.#loads;
    this.#members = [...subscribers].sort((one, other) => loads[one]! - loads[other]! || one - other);
    const count = this.#members.length;
    const least = loads[this.#members[0]!]!;
    const most = loads[this.#members[count - 1]!]!;
    this.#leastEnd = 0;
    this.#leastLoad = least - 1;
    this.#nextLeast = 0;
    this.#mostStart = count;
    this.#mostEnd = count;
    this.#mostLoad = most + 1;
    this.#nextMost = count - 1;
    return most - least;
  }

  /** The next member to give a partition to. */
  nextLeastLoaded(): number {
    if (this.#nextLeast >= this.#leastEnd) {
      this.#leastLoad++;
      while (this.#leastEnd < this.#members.length && this.#loads[this.#members[this.#leastEnd]!] === this.#leastLoad) this.#leastEnd++;
      this.#nextLeast = 0;
    }
    return this.#members[this.#nextLeast++]!;
  }

  /** The next member to take a partition from; -1 when there is none left. */
  nextMostLoaded(): number {
    if (this.#nextMost < this.#mostStart) {
      const isRoundEmpty = this.#mostEnd <= this.#mostStart && this.#mostStart > 0;
      this.#mostLoad = isRoundEmpty ? this.#loads[this.#members[this.#mostStart - 1]!]! : this.#mostLoad - 1;
      while (this.#mostStart > 0 && this.#loads[this.#members[this.#mostStart - 1]!] === this.#mostLoad) this.#mostStart--;
      this.#nextMost = this.#mostEnd - 1;
    }
    return this.#nextMost < 0 ? -1 : this.#members[this.#nextMost--]!;
  }

  /** The member that was given last has no partition of this topic: it is not offered again. */
  excludeMostLoaded(): void {
    const at = this.#nextMost + 1;
    const member = this.#members[at]!;
    this.#members[at] = this.#members[this.#mostEnd - 1]!;
    this.#members[this.#mostEnd - 1] = member;
    this.#mostEnd--;
  }

  get isBalanced(): boolean {
    return this.#mostLoad - this.#leastLoad <= 1;
  }
}
