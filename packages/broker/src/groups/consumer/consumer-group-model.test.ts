import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { GroupScene, NODE_ID } from "../testing/group-scene.ts";
import type { ConsumerHeartbeat } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import { ModelConsumer, oneOf } from "./testing/model-consumer.ts";

const TOPICS = ["t", "u", "v"];
const STEPS = 250;

/**
 * Consumers that come, go, die, change their subscriptions and lose answers; topics that grow, go and come again; restarts and failed writes of the coordinator. At every moment no
 * partition is read by two of them, and once all behave, all partitions are read.
 */
class Model {
  readonly random: SeededRandom;
  readonly scene: GroupScene;
  readonly consumers: ModelConsumer[] = [];
  #named = 0;

  private constructor(seed: number, scene: GroupScene) {
    this.random = new SeededRandom(seed);
    this.scene = scene;
    scene.consumerSettings = {
      ...scene.consumerSettings,
      assignmentIntervalMs: this.random.nextInt(2) * 1000,
      assignors: this.random.nextInt(3) === 0 ? ["range"] : ["uniform", "range"],
    };
    for (const topic of TOPICS) scene.topics.put(topic, 1 + this.random.nextInt(6));
  }

  static async open(seed: number): Promise<Model> {
    return new Model(seed, await GroupScene.open());
  }

  async step(): Promise<void> {
    const { random, scene } = this;
    if (this.consumers.length < 2 || (this.consumers.length < 7 && random.nextInt(20) === 0)) this.#come();
    switch (random.nextInt(24)) {
      case 0:
        return this.#go(oneOf(random, this.consumers));
      case 1:
        oneOf(random, this.consumers).subscribe(this.#subscription());
        return;
      case 2:
        this.#growTopic(oneOf(random, TOPICS));
        return;
      case 3:
        return this.#dropTopic(oneOf(random, TOPICS));
      case 4:
        if (random.nextInt(3) === 0) await scene.restart();
        return;
      case 5:
        scene.topic.failure = random.nextInt(4) === 0 ? ErrorCode.NOT_ENOUGH_REPLICAS : undefined;
        return;
      case 6:
        await scene.clock.advanceAsync(random.nextInt(3000));
        return;
      case 7:
      case 8:
      case 9:
      case 10:
        oneOf(random, this.consumers).reconcile();
        return;
      default:
        return this.#poll(oneOf(random, this.consumers), random.nextInt(12) === 0);
    }
  }

  /** No partition is read by two. */
  check(): void {
    const owners = new Map<string, string>();
    for (const { name, owned } of this.consumers) {
      for (const partition of owned) {
        assert.ok(!owners.has(partition), `${partition} is read by ${owners.get(partition)} and ${name}`);
        owners.set(partition, name);
      }
    }
  }

  /** Everybody behaves, until all is at rest. */
  async converge(): Promise<void> {
    this.scene.topic.failure = undefined;
    for (let round = 0; round < 60; round++) {
      for (const consumer of this.consumers) {
        await this.#poll(consumer, false);
        consumer.reconcile();
        this.check();
      }
      await this.scene.clock.advanceAsync(1000);
    }
    const group = this.group();
    assert.equal(group?.state, "Stable");
    const expected = new Set<string>();
    for (const { topics } of this.consumers) {
      for (const name of topics) {
        const topic = this.scene.topics.byName(name);
        for (let i = 0; i < (topic?.partitions.length ?? 0); i++) expected.add(`${topic!.topicId} ${i}`);
      }
    }
    assert.deepEqual(this.consumers.flatMap(({ owned }) => [...owned]).sort(), [...expected].sort(), "every partition is read");
  }

  group(): ConsumerGroup | undefined {
    const group = this.scene.coordinator.group("g", NODE_ID);
    return typeof group === "object" && group.type === "consumer" ? group : undefined;
  }

  #come(): void {
    const instanceId = this.random.nextInt(3) === 0 ? `i${this.#named}` : null;
    this.consumers.push(new ModelConsumer(`c${this.#named++}`, instanceId, this.#subscription()));
  }

  async #go(consumer: ModelConsumer): Promise<void> {
    if (!consumer.isMember) return;
    const isForAWhile = consumer.instanceId !== null && this.random.nextInt(2) === 0;
    const leaving = consumer.leave(isForAWhile ? -2 : -1);
    consumer.die();
    await this.#send(leaving);
    if (!isForAWhile && this.consumers.length > 2) this.consumers.splice(this.consumers.indexOf(consumer), 1);
  }

  #subscription(): string[] {
    return TOPICS.filter(() => this.random.nextInt(3) > 0);
  }

  #growTopic(name: string): void {
    const partitionCount = this.scene.topics.byName(name)?.partitions.length ?? 0;
    if (partitionCount < 20) this.scene.topics.put(name, partitionCount + 1 + this.random.nextInt(4));
  }

  /** A topic that is gone is read by nobody. */
  #dropTopic(name: string): void {
    const topicId = this.scene.topics.byName(name)?.topicId;
    if (topicId === undefined || this.random.nextInt(3) > 0) return;
    this.scene.topics.remove(name);
    for (const { owned } of this.consumers) for (const each of [...owned]) if (each.startsWith(topicId)) owned.delete(each);
  }

  async #poll(consumer: ModelConsumer, isLost: boolean): Promise<void> {
    const sent = consumer.heartbeat();
    const answer = await this.#send(sent);
    consumer.answered(sent, isLost ? undefined : answer);
  }

  #send(request: Omit<ConsumerHeartbeat, "groupId">) {
    return this.scene.coordinator.consumers.heartbeat({ ...request, groupId: "g", nodeId: NODE_ID });
  }
}

for (let seed = 1; seed <= 40; seed++) {
  test(`consumers in trouble never read a partition twice, and all of them in the end (seed ${seed})`, async () => {
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

function shown(group: ConsumerGroup) {
  const { groupEpoch, metadataHash, assignmentEpoch, assignmentTimestampMs, state, heldBytes, members, targets, subscriptions } = group;
  const sorted = [...members.values()].sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
  return {
    groupEpoch,
    metadataHash,
    assignmentEpoch,
    assignmentTimestampMs,
    state,
    heldBytes,
    isTorn: targets.isTorn,
    isHomogeneous: subscriptions.isHomogeneous,
    topics: Object.fromEntries(subscriptions.topics),
    members: sorted.map(({ subscribedTopicNames, ...member }) => ({ ...member, names: subscribedTopicNames.sorted })),
    targets: sorted.map(({ memberId }) => targets.get(memberId)),
    owned: sorted.map(({ assigned }) =>
      [...assigned].map(([topicId, epochs]) => [...epochs.keys()].map((each) => group.partitionEpoch(topicId, each))),
    ),
  };
}
