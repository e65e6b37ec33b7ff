// Producers that take over from one another, a log and markers that fail, time that goes by and coordinators that die, in any order: what must hold all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import fc from "fast-check";
import { MemoryLog } from "../coordinator/testing/memory-log.ts";
import type { ProducerIdentity, TransactionAnswer } from "./rule-outcome.ts";
import { NODE_ID, TransactionScene } from "./testing/transaction-scene.ts";
import { decodeRecord } from "./transaction-record-codec.ts";

const IDS = ["x", "y"];
const TOPICS = ["t", "u"];

type Step =
  | { readonly kind: "init"; readonly who: number; readonly goesOn: boolean }
  | { readonly kind: "add"; readonly who: number; readonly topic: number; readonly partition: number }
  | { readonly kind: "end"; readonly who: number; readonly isCommit: boolean; readonly again: boolean }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "log" | "markers" | "restart" | "version" | "ids" };

const who = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("init" as const), who, goesOn: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("add" as const), who, topic: fc.nat(1), partition: fc.nat(1) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("end" as const), who, isCommit: fc.boolean(), again: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 600, 5000, 70_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("log" as const, "markers" as const, "restart" as const, "version" as const, "ids" as const),
    }),
  },
);

/** A transaction as whoever sends it sees it. */
interface Open extends ProducerIdentity {
  readonly partitions: Set<string>;
}

/** Two producers for each transactional id, and what they were told. */
class Play {
  readonly scene: TransactionScene;
  readonly #identities: (ProducerIdentity | undefined)[] = [];
  readonly #open: (Open | undefined)[] = [];
  readonly #last: (ProducerIdentity | undefined)[] = [];
  /** Who was handed out, so that nobody else may be. */
  readonly #handedOut = new Set<string>();
  /** Transactions whose fate was told: identity of the markers → fate and partitions. */
  readonly told = new Map<string, { readonly isCommit: boolean; readonly partitions: ReadonlySet<string> }>();

  constructor(scene: TransactionScene) {
    this.scene = scene;
  }

  async step(step: Step): Promise<void> {
    const { scene } = this;
    switch (step.kind) {
      case "init":
        return this.#init(step.who, step.goesOn);
      case "add":
        return this.#add(step.who, { topic: TOPICS[step.topic]!, partition: step.partition });
      case "end":
        return this.#end(step.who, step.isCommit, step.again);
      case "wait":
        scene.clock.advance(step.ms);
        return settled();
      case "log":
        scene.log.failure = scene.log.failure === undefined ? ErrorCode.KAFKA_STORAGE_ERROR : undefined;
        return;
      case "markers": {
        const { failures } = scene.markers;
        if (failures.size > 0) failures.clear();
        else failures.set("t-0", ErrorCode.KAFKA_STORAGE_ERROR);
        return;
      }
      case "restart":
        return scene.restart();
      case "version":
        scene.config = { ...scene.config, serverVersion: scene.config.serverVersion === 2 ? 1 : 2 };
        return;
      case "ids":
        scene.producerIdFailure = scene.producerIdFailure ? undefined : new Error("The disk is full.");
        return;
    }
  }

  async #init(who: number, goesOn: boolean): Promise<void> {
    const expected = goesOn ? this.#identities[who] : undefined;
    const answer = await this.scene.coordinator.initProducer({ transactionalId: idOf(who), nodeId: NODE_ID, timeoutMs: 60_000, expected });
    await settled();
    if (answer.errorCode !== ErrorCode.NONE) return;
    if (!expected) this.#handOut(answer);
    this.#identities[who] = answer;
    this.#open[who] = undefined;
  }

  async #add(who: number, partition: { readonly topic: string; readonly partition: number }): Promise<void> {
    const identity = this.#identities[who];
    if (!identity) return;
    const clientVersion = this.scene.config.serverVersion === 2 ? 2 : 0;
    const to = { transactionalId: idOf(who), nodeId: NODE_ID, producerId: identity.producerId, producerEpoch: identity.producerEpoch };
    const errorCode = await this.scene.coordinator.addPartitions({ ...to, partitions: [partition], clientVersion });
    if (errorCode !== ErrorCode.NONE) return;
    const open = (this.#open[who] ??= { ...identity, partitions: new Set() });
    open.partitions.add(`${partition.topic}-${partition.partition}`);
  }

  async #end(who: number, isCommit: boolean, again: boolean): Promise<void> {
    const identity = again ? this.#last[who] : this.#identities[who];
    if (!identity) return;
    const clientVersion = this.scene.config.serverVersion === 2 ? 2 : 0;
    const { producerId, producerEpoch } = identity;
    const answer = await this.scene.coordinator.end({
      transactionalId: idOf(who),
      nodeId: NODE_ID,
      producerId,
      producerEpoch,
      isCommit,
      clientVersion,
    });
    await settled();
    if (answer.errorCode !== ErrorCode.NONE || again) return;
    const open = this.#open[who];
    if (open && clientVersion === 2) this.told.set(`${producerId} ${producerEpoch + 1}`, { isCommit, partitions: open.partitions });
    this.#open[who] = undefined;
    this.#last[who] = identity;
    if (clientVersion === 2) {
      this.#handOut(answer);
      this.#identities[who] = answer;
    }
  }

  #handOut({ producerId, producerEpoch }: TransactionAnswer): void {
    const identity = `${producerId} ${producerEpoch}`;
    assert.ok(!this.#handedOut.has(identity), `${identity} was handed out twice`);
    this.#handedOut.add(identity);
  }
}

function idOf(who: number): string {
  return IDS[who % 2]!;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
}

/** Everything works again, and has the time it needs. */
async function recover(scene: TransactionScene): Promise<void> {
  scene.log.failure = undefined;
  scene.producerIdFailure = undefined;
  scene.markers.failures.clear();
  await settled();
  for (let i = 0; i < 10; i++) {
    scene.clock.advance(10_000);
    await settled();
  }
}

test("whatever fails and whoever takes over, a told commit is a commit in every partition, and nobody is two producers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const scene = await TransactionScene.open(new MemoryLog());
      const play = new Play(scene);
      for (const each of steps) await play.step(each);
      await recover(scene);
      for (const transactionalId of IDS) {
        const transaction = scene.coordinator.transaction(transactionalId, NODE_ID);
        assert.ok(typeof transaction !== "number");
        assert.ok(!transaction || !/^(Prepare|Ongoing)/.test(transaction.state), `${transactionalId} is left ${transaction?.state}`);
      }
      checkMarkers(scene, play);
      await checkLoaded(scene);
    }),
    { numRuns: runsOf({ quick: 150, long: 2000 }) },
  );
});

function checkMarkers({ markers }: TransactionScene, { told }: Play): void {
  const epochs = new Map<number, number>();
  const written = new Map<string, Set<string>>();
  for (const { producerId, producerEpoch, topic, partition, isCommit, transactionVersion } of markers.written) {
    assert.ok(producerEpoch >= (epochs.get(producerId) ?? 0), `the epoch of ${producerId} went down to ${producerEpoch}`);
    epochs.set(producerId, producerEpoch);
    const key = `${producerId} ${producerEpoch}`;
    const fate = told.get(key);
    if (!fate) continue;
    // After the feature was lowered, a classic transaction goes on in the epoch that the markers before it were the first to have.
    const isLater =
      transactionVersion !== 2 && (written.get(key)?.has(`${topic}-${partition}`) || !fate.partitions.has(`${topic}-${partition}`));
    if (isLater) continue;
    assert.equal(isCommit, fate.isCommit, `a marker of ${key} says otherwise than its producer was told`);
    written.set(key, (written.get(key) ?? new Set()).add(`${topic}-${partition}`));
  }
  for (const [key, { partitions }] of told) {
    for (const partition of partitions) assert.ok(written.get(key)?.has(partition), `${key} has no marker in ${partition}`);
  }
}

/** The next coordinator knows what this one does. */
async function checkLoaded(scene: TransactionScene): Promise<void> {
  const known = IDS.map((id) => scene.coordinator.transaction(id, NODE_ID));
  await scene.restart();
  for (const [i, id] of IDS.entries()) {
    const before = known[i];
    const after = scene.coordinator.transaction(id, NODE_ID);
    const logged = scene.log.partitions[0]!.map(decodeRecord).findLast((record) => record?.transactionalId === id)?.value ?? undefined;
    assert.deepEqual(after, logged);
    if (before && typeof before !== "number") assert.deepEqual({ ...before, lastProducerEpoch: -1 }, after);
  }
}
