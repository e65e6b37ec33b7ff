import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import fc from "fast-check";
import { groupRecord } from "./classic/group-snapshot.ts";
import { decodeRecord } from "./group-record-codec.ts";
import { GroupState } from "./group-state.ts";
import { ChaosClient, type Witness } from "./testing/chaos-client.ts";
import { GroupScene, NODE_ID } from "./testing/group-scene.ts";

const CLIENTS = 5;
const REBALANCE_TIMEOUT_MS = 20_000;
/** No request is parked for longer: the join and the sync phase each end with the rebalance timeout. */
const PARKED_MS_MAX = REBALANCE_TIMEOUT_MS;

type Step =
  | { readonly kind: "poke" | "crash" | "disconnect" | "leave"; readonly who: number }
  | { readonly kind: "tick"; readonly ms: number }
  | { readonly kind: "restart" | "fail-writes" | "allow-writes" };

const who = fc.nat({ max: CLIENTS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant("poke" as const), who }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("tick" as const), ms: fc.constantFrom(0, 1, 500, 3000, 10_000, 20_000) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("crash" as const, "disconnect" as const, "leave" as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("restart" as const, "fail-writes" as const, "allow-writes" as const) }) },
);

/** One life of the coordinator as its clients saw it. */
class Story implements Witness {
  readonly scene: GroupScene;
  readonly clients: readonly ChaosClient[];
  readonly #generations = new Map<number, { readonly protocolName: string | null; readonly memberIds: Map<string, string> }>();
  #highestGeneration = 0;

  private constructor(scene: GroupScene) {
    this.scene = scene;
    this.clients = Array.from(
      { length: CLIENTS },
      (_, i) =>
        new ChaosClient(scene, this, {
          name: `c${i}`,
          isStatic: i % 2 === 1,
          version: i === 0 ? 3 : i === 1 ? 8 : 9,
          rebalanceTimeoutMs: i === 2 ? 5000 : REBALANCE_TIMEOUT_MS,
        }),
    );
  }

  static async open(): Promise<Story> {
    const scene = await GroupScene.open();
    scene.setLimits({ initialRebalanceDelayMs: 1000 });
    return new Story(scene);
  }

  /** A generation is one: whoever joined it knows the same protocol, and no member id belongs to two clients. */
  joined(
    client: ChaosClient,
    { generationId, protocolName, memberId }: { generationId: number; protocolName: string | null; memberId: string },
  ): void {
    assert.ok(generationId >= this.#highestGeneration, `generation ${generationId} came after ${this.#highestGeneration}`);
    this.#highestGeneration = generationId;
    let generation = this.#generations.get(generationId);
    if (!generation) this.#generations.set(generationId, (generation = { protocolName, memberIds: new Map() }));
    assert.equal(protocolName, generation.protocolName);
    const owner = generation.memberIds.get(memberId) ?? client.name;
    assert.equal(owner, client.name, `member id ${memberId} was given to two clients`);
    generation.memberIds.set(memberId, client.name);
  }

  /** Nobody gets what the leader meant for another: the assignment names generation and member, or is empty. A static member inherits. */
  assigned(client: ChaosClient, generationId: number, assignment: string): void {
    if (assignment === "") return;
    const [assignedGeneration, memberId = ""] = assignment.split(/:(.*)/s);
    assert.equal(Number(assignedGeneration), generationId);
    if (client.groupInstanceId === null) assert.equal(memberId, client.memberId);
    else assert.ok(memberId.startsWith(`${client.groupInstanceId}-`), `${client.name} got the assignment of ${memberId}`);
  }

  async perform(step: Step): Promise<void> {
    switch (step.kind) {
      case "poke":
        this.clients[step.who]!.poke();
        break;
      case "crash":
        this.clients[step.who]!.crash();
        break;
      case "disconnect":
        this.clients[step.who]!.disconnect();
        break;
      case "leave":
        await this.clients[step.who]!.leave();
        break;
      case "tick":
        this.scene.clock.advance(step.ms);
        break;
      case "restart":
        // The log's last generation comes back, so numbers may be used again.
        this.#generations.clear();
        this.#highestGeneration = 0;
        await this.scene.restart();
        break;
      case "fail-writes":
        this.scene.topic.failure = ErrorCode.KAFKA_STORAGE_ERROR;
        break;
      case "allow-writes":
        this.scene.topic.failure = undefined;
        break;
    }
    await settled();
    this.check();
  }

  check(): void {
    const nowMs = this.scene.clock.monotonicMs();
    for (const { waitingSinceMs, name } of this.clients) {
      assert.ok(
        waitingSinceMs === undefined || nowMs - waitingSinceMs <= PARKED_MS_MAX,
        `${name} waits since ${waitingSinceMs}, now is ${nowMs}`,
      );
    }
    assert.notEqual(typeof this.scene.coordinator.group("g", NODE_ID), "number");
    const group = this.scene.classicGroup("g");
    if (!group) return;
    const { membership } = this.scene.coordinator;
    assert.ok(membership.timerCount <= group.members.size + group.members.pendingCount + 2, "timers outlive what they are for");
    const parked = [...group.members.values()].filter(({ awaitingJoin, awaitingSync }) => awaitingJoin !== null || awaitingSync !== null);
    assert.equal(membership.waitingCount, parked.length, "a request waits that no member stands for");
    if (group.leaderId !== null) assert.ok(group.members.has(group.leaderId), "the leader is a member");
    assert.equal(group.leaderId === null, group.members.size === 0);
    const instanceIds = [...group.members.values()].flatMap(({ groupInstanceId }) => groupInstanceId ?? []);
    assert.equal(new Set(instanceIds).size, instanceIds.length, "an instance id has one member");
    if (group.state === "Stable") assert.deepEqual(this.#lastLogged(), groupRecord(group), "the log knows the stable group");
  }

  /** After the storm: clients behave, time passes in small steps, and the group must come to rest with all of them. */
  async converge(): Promise<void> {
    this.scene.topic.failure = undefined;
    for (let i = 0; i < 200; i++) {
      for (const client of this.clients) client.poke();
      await settled();
      this.scene.clock.advance(500);
      await settled();
      this.check();
    }
    const group = this.scene.classicGroup("g");
    assert.ok(group);
    assert.equal(group.state, "Stable");
    assert.deepEqual(
      Array.from(group.members.values(), ({ memberId }) => memberId).sort(),
      this.clients.map(({ memberId }) => memberId).sort(),
      "every client is a member, and nobody else",
    );
    assert.ok(this.clients.every(({ phase, generationId }) => phase === "stable" && generationId === group.generationId));
  }

  /** Nobody moves any more: everything ends by itself. */
  async fallSilent(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      this.scene.clock.advance(20_000);
      await settled();
    }
    const group = this.scene.coordinator.group("g", NODE_ID);
    assert.ok(group && typeof group !== "number");
    assert.equal(group.state, "Empty");
    assert.equal(this.scene.coordinator.membership.waitingCount, 0);
    assert.equal(this.scene.coordinator.membership.timerCount, 0);
  }

  #lastLogged() {
    const state = new GroupState();
    for (const record of this.scene.topic.partitions[0]!) state.apply(decodeRecord(record)!);
    return groupRecord(state.stored("g", 0));
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("whatever clients, time and the disk do, a group stays one, answers in time, and comes to rest", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 150 }), async (steps) => {
      const story = await Story.open();
      for (const each of steps) await story.perform(each);
      await story.converge();
      await story.fallSilent();
    }),
    { numRuns: runsOf({ quick: 20, long: 300 }) },
  );
});
