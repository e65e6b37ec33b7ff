import type { World } from "../world/world.ts";
import type { GroupPartition } from "./group-offsets.ts";

/** So long after a good heartbeat nobody may be given what its member has: shorter than the rebalance timeout of everybody here, and than any session. */
const SAFE_MS = 1900;

/** What the members of one group have at the same time, in whichever protocol: a partition of a member that was heard of lately may be nobody else's. */
export class Ownership {
  readonly #world: World;
  readonly #group: string;
  readonly #owners = new Map<string, Tenure>();

  constructor(world: World, group: string) {
    this.#world = world;
    this.#group = group;
  }

  /** One member, from when it joins until it is told that it is none any more. */
  begin(name: string): Tenure {
    return new Tenure(this.#world, name, this);
  }

  /** @internal */
  take(place: string, tenure: Tenure): void {
    const before = this.#owners.get(place);
    this.#owners.set(place, tenure);
    if (before === undefined || before === tenure || !before.isSafe) return;
    this.#world.fault(
      `${this.#group}: ${tenure.name} is given ${place}, which ${before.name} has, who was answered ${before.silentMs} ms ago`,
    );
  }

  /** @internal */
  give(place: string, tenure: Tenure): void {
    if (this.#owners.get(place) === tenure) this.#owners.delete(place);
  }
}

/** One member's part of what its group has. */
export class Tenure {
  readonly name: string;
  readonly #world: World;
  readonly #ownership: Ownership;
  readonly #places = new Set<string>();
  #heardMs = -Infinity;
  #era = 0;

  constructor(world: World, name: string, ownership: Ownership) {
    this.name = name;
    this.#world = world;
    this.#ownership = ownership;
  }

  /** What was asked at `sentMs` was answered well: at that time, or later, the coordinator knew the member. */
  heard(sentMs: number): void {
    this.#heardMs = sentMs;
    this.#era = this.#eras;
  }

  get silentMs(): number {
    return this.#world.clock.monotonicMs() - this.#heardMs;
  }

  /** With the power a coordinator may lose what it did not sync. */
  get isSafe(): boolean {
    return this.silentMs < SAFE_MS && (this.#world.scenario.isSynced || this.#era === this.#eras);
  }

  /** These are its own now, and no others. What is made again is left out: its name alone does not say which it is. */
  set(partitions: Iterable<GroupPartition>): void {
    const stays = this.#world.topics[0];
    const wanted = new Set(Array.from(partitions).flatMap(({ topic, partition }) => (topic === stays ? [topic.label(partition)] : [])));
    for (const place of this.#places) if (!wanted.has(place)) this.#ownership.give(place, this);
    for (const place of wanted) this.#ownership.take(place, this);
    this.#places.clear();
    for (const place of wanted) this.#places.add(place);
  }

  end(): void {
    this.set([]);
  }

  get #eras(): number {
    return this.#world.history.incidents.filter(({ kind }) => kind === "power-lost").length;
  }
}
