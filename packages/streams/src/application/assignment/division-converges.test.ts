import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { taskName } from "../plan/task-id.ts";
import { divideTasks } from "./divide-tasks.ts";
import type { Division, DivisionRules, TaskGroup, TaskMember } from "./division-types.ts";

const ACCEPTABLE_LAG = 100;

interface Instance {
  readonly processId: string;
  readonly running: Set<string>;
  /** How far the state is that is here. */
  readonly state: Map<string, number>;
}

/** A group as its members live it: what runs, what is where, and how a division is carried out, first what is taken and then what is given. */
class World {
  readonly members = new Map<string, Instance>();
  readonly #groups: readonly TaskGroup[];
  readonly #rules: DivisionRules;
  /** Records of each task's changelogs. */
  readonly #ends = new Map<string, number>();

  constructor(groups: readonly TaskGroup[], rules: DivisionRules, sizes: readonly number[]) {
    this.#groups = groups;
    this.#rules = rules;
    for (const name of this.names()) this.#ends.set(name, sizes[this.#ends.size % sizes.length]!);
  }

  names(): string[] {
    return this.#groups.flatMap(({ subtopology, count }) => Array.from({ length: count }, (_, partition) => `${subtopology}_${partition}`));
  }

  /** Every copy reads on, to its end; what is restored runs. */
  catchUp(): void {
    for (const { state } of this.members.values()) for (const name of state.keys()) state.set(name, this.#ends.get(name)!);
  }

  /** What tasks write. */
  write(records: number): void {
    for (const [name, end] of this.#ends) {
      if (end === 0) continue;
      this.#ends.set(name, end + records);
      for (const { running, state } of this.members.values())
        if (running.has(name) && state.get(name) === end) state.set(name, end + records);
    }
  }

  /** One rebalance; true: nothing had to be taken from anybody, so that no other follows at once. */
  rebalance(): { readonly division: Division; readonly isOver: boolean } {
    const division = divideTasks(this.#told(), this.#groups, this.#rules);
    this.#check(division);
    const runningNow = new Set([...this.members.values()].flatMap(({ running }) => [...running]));
    let isOver = true;
    const before = [...this.members.values()].map(({ processId, state }) => ({ processId, state: new Map(state) }));
    // Workers of one process have one folder of state: who takes a task over from another of them has what that one had.
    const inProcess = (processId: string, name: string): number =>
      Math.max(0, ...before.filter((each) => each.processId === processId).map(({ state }) => state.get(name) ?? 0));
    for (const [id, { active, standby, warmup }] of division.members) {
      const member = this.members.get(id)!;
      const wanted = new Set(active.map(taskName));
      for (const name of [...member.running]) {
        if (wanted.has(name)) continue;
        member.running.delete(name);
        isOver = false;
      }
      for (const name of wanted) {
        if (runningNow.has(name)) continue;
        member.running.add(name);
        if (this.#isStateful(name)) member.state.set(name, inProcess(member.processId, name));
      }
      const copies = new Set([...standby, ...warmup].map(taskName));
      // What is to run here as soon as it is free is kept.
      for (const name of [...member.state.keys()]) if (!copies.has(name) && !wanted.has(name)) member.state.delete(name);
      for (const name of copies) if (!member.state.has(name)) member.state.set(name, 0);
    }
    return { division, isOver };
  }

  /** Rebalances until nothing moves any more, copies being caught up from time to time. Returns how often tasks were waited for. */
  settle(): number {
    for (let waits = 0, rebalances = 0; ; rebalances++) {
      assert.ok(rebalances < 1_000, "it does not come to an end");
      const { division, isOver } = this.rebalance();
      if (!isOver) continue;
      if (division.isSettled) return waits;
      waits++;
      this.catchUp();
    }
  }

  runningByMember(): string[] {
    return [...this.members].map(([id, { running }]) => `${id}: ${[...running].sort().join(" ")}`).sort();
  }

  #isStateful(name: string): boolean {
    return this.#groups.some(({ subtopology, isStateful }) => isStateful && name.startsWith(`${subtopology}_`));
  }

  #told(): TaskMember[] {
    const idOf = (name: string) => ({ subtopology: Number(name.split("_")[0]), partition: Number(name.split("_")[1]) });
    return [...this.members].map(([memberId, { processId, running, state }]) => ({
      memberId,
      processId,
      running: [...running].map(idOf),
      held: [...state].map(([name, offsetSum]) => ({ ...idOf(name), offsetSum, endSum: this.#ends.get(name)! })),
    }));
  }

  #check({ members, isSettled }: Division): void {
    const homes = new Map<string, string>();
    const processes = new Map<string, string[]>();
    const loads = [...members].map(([id, { active, standby, warmup }]) => {
      for (const name of active.map(taskName)) {
        assert.ok(!homes.has(name), `${name} is to run twice`);
        homes.set(name, id);
      }
      for (const name of [...active, ...standby, ...warmup].map(taskName))
        processes.set(name, [...(processes.get(name) ?? []), this.members.get(id)!.processId]);
      return active.map(taskName);
    });
    assert.deepEqual([...homes.keys()].sort(), this.names().sort(), "all tasks run");
    for (const [name, all] of processes) assert.equal(new Set(all).size, all.length, `two copies of ${name} in one process`);
    const warmups = [...members.values()].reduce((sum, { warmup }) => sum + warmup.length, 0);
    assert.ok(warmups <= this.#rules.maxWarmupReplicas, `${warmups} warm up`);
    for (const [name, home] of homes) {
      const here = this.members.get(home)!;
      const lag = (member: Instance) => this.#ends.get(name)! - (member.state.get(name) ?? 0);
      if (!this.#isStateful(name) || lag(here) <= ACCEPTABLE_LAG) continue;
      for (const other of this.members.values()) {
        const isMate = other !== here && other.processId === here.processId;
        const isCopy = other.state.has(name) && lag(other) < lag(here);
        const hasMateState = [...this.members.values()].some((each) => each.processId === here.processId && lag(each) <= lag(other));
        assert.ok(isMate || !isCopy || hasMateState, `${name} is to run where ${lag(here)} records are missing`);
      }
    }
    if (!isSettled) return;
    const spread = (count: (names: string[]) => number) => {
      const counts = loads.map(count);
      return Math.max(...counts) - Math.min(...counts);
    };
    assert.ok(spread(({ length }) => length) <= 1, `shares ${loads.map(({ length }) => length).join(" ")}`);
    for (const { subtopology } of this.#groups)
      assert.ok(spread((names) => names.filter((name) => name.startsWith(`${subtopology}_`)).length) <= 1, `shares of ${subtopology}`);
  }
}

const groups = fc.array(fc.record({ count: fc.integer({ min: 1, max: 9 }), isStateful: fc.boolean() }), { minLength: 1, maxLength: 4 });
const events = fc.array(
  fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e"),
    mate: fc.boolean(),
    what: fc.constantFrom("join", "leave", "kill", "write"),
    between: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 10 },
);
const rules = fc.record({
  standbyReplicas: fc.integer({ min: 0, max: 2 }),
  maxWarmupReplicas: fc.integer({ min: 1, max: 3 }),
  acceptableRecoveryLag: fc.constant(ACCEPTABLE_LAG),
  rackAwareTags: fc.constant([]),
});
const sizes = fc.array(fc.constantFrom(0, 50, 1_000, 1_000_000), { minLength: 1, maxLength: 5 });

test("whoever comes, goes and dies, in the middle of whatever moves: all tasks run once, where their state is; in bounded rebalances the shares are even, and dividing again moves nothing", () => {
  fc.assert(
    fc.property(groups, events, rules, sizes, (given, happenings, ruled, sized) => {
      const world = new World(
        given.map((each, subtopology) => ({ ...each, subtopology })),
        ruled,
        sized,
      );
      const join = (id: string, processId = id) => world.members.set(id, { processId, running: new Set(), state: new Map() });
      join("z");
      world.settle();
      world.catchUp();
      for (const { id, mate, what, between } of happenings) {
        if (what === "write") world.write(1_000);
        else if (what === "join" && !world.members.has(id)) join(id, mate ? "m" : id);
        else if (what !== "join" && world.members.has(id)) world.members.delete(id);
        // Some events come before the last is over.
        for (let i = 0; i < between; i++) world.rebalance();
        if (between > 1) world.catchUp();
      }
      const waits = world.settle();
      assert.ok(waits <= Math.ceil(world.names().length / ruled.maxWarmupReplicas) + 1, `${waits} waits`);
      const before = world.runningByMember();
      const { isOver } = world.rebalance();
      assert.ok(isOver);
      assert.deepEqual(world.runningByMember(), before, "a second division moves tasks");
    }),
    { numRuns: runsOf({ quick: 300, long: 20_000 }) },
  );
});

test("who joins takes his share and nobody else moves; who goes leaves his tasks, and nobody else gives any up", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 1 }),
      (count, size, standbyReplicas) => {
        const ruled = { standbyReplicas, maxWarmupReplicas: 100, acceptableRecoveryLag: ACCEPTABLE_LAG, rackAwareTags: [] };
        const world = new World([{ subtopology: 0, count, isStateful: true }], ruled, [1_000]);
        for (let i = 0; i < size; i++) world.members.set(`m${i}`, { processId: `m${i}`, running: new Set(), state: new Map() });
        world.settle();
        const before = new Map([...world.members].map(([id, { running }]) => [id, new Set(running)]));
        world.members.set("new", { processId: "new", running: new Set(), state: new Map() });
        world.settle();
        for (const [id, { running }] of world.members) {
          if (id === "new") assert.equal(running.size, Math.floor(count / (size + 1)));
          else
            assert.ok(
              [...running].every((name) => before.get(id)!.has(name)),
              `${id} was given tasks of others`,
            );
        }
        const after = new Map([...world.members].map(([id, { running }]) => [id, new Set(running)]));
        world.members.delete("new");
        world.settle();
        for (const [id, { running }] of world.members)
          assert.ok(
            [...after.get(id)!].every((name) => running.has(name)),
            `${id} gave up tasks`,
          );
      },
    ),
  );
});

test("a thousand tasks of a hundred members, and five thousand of two hundred, are divided", () => {
  for (const [count, size] of [
    [1_000, 100],
    [5_000, 200],
  ] as const) {
    const members = Array.from({ length: size }, (_, index): TaskMember => {
      const own = Array.from({ length: count / size }, (__, i) => ({ subtopology: 0, partition: index + i * size }));
      const copies = own.map(({ partition }) => ({ subtopology: 0, partition: (partition + 1) % count }));
      const held = [...own, ...copies].map((task) => ({ ...task, offsetSum: 1_000_000, endSum: 1_000_000 }));
      return { memberId: `m${index}`, processId: `m${index}`, running: index === 0 ? [] : own, held: index === 0 ? [] : held };
    });
    const { members: divided } = divideTasks(members, [{ subtopology: 0, count, isStateful: true }], {
      standbyReplicas: 1,
      maxWarmupReplicas: 2,
      acceptableRecoveryLag: 10_000,
      rackAwareTags: [],
    });
    assert.equal(
      [...divided.values()].reduce((sum, { active }) => sum + active.length, 0),
      count,
    );
    assert.equal(
      [...divided.values()].reduce((sum, { standby }) => sum + standby.length, 0),
      count,
    );
  }
});
