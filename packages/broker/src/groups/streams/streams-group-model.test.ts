import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { oneOf } from "../consumer/testing/model-consumer.ts";
import { GroupScene, NODE_ID } from "../testing/group-scene.ts";
import type { StreamsHeartbeat } from "./streams-decision.ts";
import type { StreamsGroup } from "./streams-group.ts";
import { ModelThread } from "./testing/model-thread.ts";

const SOURCES = ["t", "u", "v"];
const STEPS = 250;

/**
 * Threads of processes that come, go, die and lose answers; topics that grow; restarts and failed writes of the coordinator. At every moment no task runs twice, and no process has the state of a
 * task twice; once all behave, every task runs.
 */
class Model {
  readonly random: SeededRandom;
  readonly scene: GroupScene;
  readonly threads: ModelThread[] = [];
  #named = 0;

  private constructor(seed: number, scene: GroupScene) {
    this.random = new SeededRandom(seed);
    this.scene = scene;
    scene.streamsSettings = {
      ...scene.streamsSettings,
      assignmentIntervalMs: this.random.nextInt(2) * 1000,
      initialRebalanceDelayMs: this.random.nextInt(2) * 3000,
      standbyReplicas: this.random.nextInt(3),
    };
    for (const topic of SOURCES) scene.topics.put(topic, 1 + this.random.nextInt(5));
    this.#fitChangelog();
  }

  static async open(seed: number): Promise<Model> {
    return new Model(seed, await GroupScene.open());
  }

  async step(): Promise<void> {
    const { random, scene } = this;
    if (this.threads.length < 2 || (this.threads.length < 7 && random.nextInt(20) === 0)) this.#come();
    switch (random.nextInt(24)) {
      case 0:
        return this.#go(oneOf(random, this.threads));
      case 1:
        this.#growTopic(oneOf(random, SOURCES));
        return;
      case 2:
        oneOf(random, this.threads).die();
        return;
      case 3:
        if (random.nextInt(3) === 0) await scene.restart();
        return;
      case 4:
        scene.topic.failure = random.nextInt(4) === 0 ? ErrorCode.NOT_ENOUGH_REPLICAS : undefined;
        return;
      case 5:
        await scene.clock.advanceAsync(random.nextInt(3000));
        return;
      case 6:
        scene.streamsSettings = { ...scene.streamsSettings, standbyReplicas: random.nextInt(3) };
        return;
      case 7:
      case 8:
      case 9:
      case 10:
        oneOf(random, this.threads).reconcile();
        return;
      default:
        return this.#poll(oneOf(random, this.threads), random.nextInt(12) === 0);
    }
  }

  /** No task runs twice, and no state is twice in one place. */
  check(): void {
    const running = new Map<string, string>();
    const states = new Map<string, string>();
    for (const { name, processId, owned } of this.threads) {
      for (const [task, role] of owned) {
        const place = `${processId} ${task}`;
        assert.ok(!states.has(place), `${place} is with ${states.get(place)} and ${name}`);
        states.set(place, name);
        if (role !== "active") continue;
        assert.ok(!running.has(task), `${task} runs on ${running.get(task)} and ${name}`);
        running.set(task, name);
      }
    }
  }

  /** Everybody behaves, until all is at rest. */
  async converge(): Promise<void> {
    this.scene.topic.failure = undefined;
    for (let round = 0; round < 60; round++) {
      for (const thread of this.threads) {
        await this.#poll(thread, false);
        thread.reconcile();
        this.check();
      }
      await this.scene.clock.advanceAsync(1000);
    }
    assert.equal(this.group()?.state, "Stable");
    const running = this.threads.flatMap(({ owned }) => [...owned].flatMap(([task, role]) => (role === "active" ? [task] : [])));
    const counts = SOURCES.map((topic) => this.scene.topics.byName(topic)!.partitions.length);
    const expected = [Math.max(counts[0]!, counts[1]!), counts[2]!].flatMap((count, id) =>
      Array.from({ length: count }, (_, i) => `${id}_${i}`),
    );
    assert.deepEqual(running.sort(), expected.sort(), "every task runs");
  }

  group(): StreamsGroup | undefined {
    const group = this.scene.coordinator.group("g", NODE_ID);
    return typeof group === "object" && group.type === "streams" ? group : undefined;
  }

  #come(): void {
    const instanceId = this.random.nextInt(3) === 0 ? `i${this.#named}` : null;
    this.threads.push(new ModelThread(`m${this.#named++}`, `p${this.random.nextInt(3)}`, instanceId));
  }

  async #go(thread: ModelThread): Promise<void> {
    if (!thread.isMember) return;
    const isForAWhile = thread.instanceId !== null && this.random.nextInt(2) === 0;
    const leaving = thread.leave(isForAWhile ? -2 : -1);
    thread.die();
    await this.#send(leaving);
    if (!isForAWhile && this.threads.length > 2) this.threads.splice(this.threads.indexOf(thread), 1);
  }

  #growTopic(name: string): void {
    const count = this.scene.topics.byName(name)?.partitions.length ?? 0;
    if (count < 12) this.scene.topics.put(name, count + 1 + this.random.nextInt(3));
    this.#fitChangelog();
  }

  /** Whoever lets a source grow must let the changelog grow with it. */
  #fitChangelog(): void {
    this.scene.topics.put("g-changelog", this.scene.topics.byName("v")!.partitions.length);
  }

  async #poll(thread: ModelThread, isLost: boolean): Promise<void> {
    const sent = thread.heartbeat();
    const answer = await this.#send(sent);
    thread.answered(sent, isLost ? undefined : answer);
  }

  #send(request: Omit<StreamsHeartbeat, "groupId">) {
    return this.scene.coordinator.streams.heartbeat({ ...request, groupId: "g", nodeId: NODE_ID });
  }
}

for (let seed = 1; seed <= 40; seed++) {
  test(`threads in trouble never run a task twice, and all tasks in the end (seed ${seed})`, async () => {
    const model = await Model.open(seed);
    for (let i = 0; i < STEPS; i++) {
      await model.step();
      model.check();
    }
    await model.converge();
    const before = shown(model.group()!);
    await model.scene.restart();
    assert.deepEqual(shown(model.group()!), before, "the log tells all of it");
    model.scene.coordinator.stop();
  });
}

function shown(group: StreamsGroup) {
  const {
    groupEpoch,
    metadataHash,
    validatedTopologyEpoch,
    assignmentConfigs,
    topology,
    assignmentEpoch,
    assignmentTimestampMs,
    state,
    heldBytes,
  } = group;
  const members = [...group.members.values()].sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
  return {
    groupEpoch,
    metadataHash,
    validatedTopologyEpoch,
    assignmentConfigs,
    topology,
    assignmentEpoch,
    assignmentTimestampMs,
    state,
    heldBytes,
    members,
    targets: members.map(({ memberId }) => group.targets.get(memberId)),
    processes: members.map(({ assigned }) =>
      [...assigned.active].flatMap(([id, epochs]) => [...epochs.keys()].map((partition) => group.processes.activeOn(id, partition))),
    ),
  };
}
