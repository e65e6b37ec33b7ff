import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import { type BatchPlan, makeBatch, START_MS } from "../testing/log-fixture.ts";
import type { BatchArrival } from "./producer-rules.ts";
import { ProducerTable } from "./producer-table.ts";
import type { VerificationGuard } from "./verifications.ts";

const P = 4000;

/** A table and the offsets of a log, without the log. */
class Scene {
  readonly table = new ProducerTable();
  #endOffset = 0;

  /** The verdict about a client's batch; it is applied if it is accepted. */
  send(plan: BatchPlan, arrival: Partial<BatchArrival> = {}): string {
    const batch = makeBatch({ producerId: P, ...plan });
    const verdict = this.table.judge(batch, 0, { origin: "client", guard: undefined, verifies: true, ...arrival });
    if (verdict.kind === "accept") this.#apply(batch);
    return verdict.kind;
  }

  ask(producerEpoch: number, baseSequence: number, raisesEpoch = false): VerificationGuard | "open" | "stale epoch" {
    const start = this.table.startVerification({ producerId: P, producerEpoch, baseSequence, raisesEpoch }, START_MS);
    return start.kind === "started" ? (start.guard ?? "open") : start.kind;
  }

  guard(producerEpoch: number, baseSequence: number, raisesEpoch = false): VerificationGuard {
    const guard = this.ask(producerEpoch, baseSequence, raisesEpoch);
    if (typeof guard === "string") assert.fail(guard);
    return guard;
  }

  mark(producerEpoch: number, more: { coordinatorEpoch?: number; transactionVersion?: number; outcome?: "commit" | "abort" } = {}): string {
    const { coordinatorEpoch = 1, transactionVersion = 0, outcome = "commit" } = more;
    const place = { producerId: P, producerEpoch, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: START_MS };
    const batch = encodeEndTransactionMarker({ outcome, coordinatorEpoch }, place);
    const verdict = this.table.judgeMarker(batch, 0, transactionVersion);
    if (verdict.kind === "accept") this.#apply(batch);
    return verdict.kind;
  }

  #apply(batch: Buffer): void {
    batch.writeBigInt64BE(BigInt(this.#endOffset), 0);
    this.#endOffset += batch.readInt32BE(23) + 1;
    this.table.apply(batch, 0);
  }
}

const IN = { isTransactional: true } as const;

describe("the first batch of a transaction", () => {
  it("is taken with the guard of its verification, and with no other", () => {
    const scene = new Scene();
    assert.equal(scene.send({ ...IN }), "unverified");
    const guard = scene.guard(0, 0);
    assert.equal(scene.send({ ...IN }), "unverified");
    assert.equal(scene.send({ ...IN }, { guard: new Scene().guard(0, 0) }), "unverified");
    assert.equal(scene.send({ ...IN }, { guard }), "accept");
    assert.equal(scene.ask(0, 1), "open");
    assert.equal(scene.send({ ...IN, baseSequence: 1 }), "accept", "the transaction is open here");
  });

  it("is taken without one where nothing is verified", () => {
    assert.equal(new Scene().send({ ...IN }, { verifies: false }), "accept");
  });

  it("that was verified before the transaction ended is refused after its end", () => {
    const scene = new Scene();
    const late = scene.guard(0, 0);
    assert.equal(scene.mark(0, { outcome: "abort" }), "accept");
    assert.equal(scene.send({ ...IN }, { guard: late }), "unverified");
    assert.equal(scene.table.firstUnstableOffset, -1, "nothing hangs");
    assert.equal(scene.send({ ...IN }, { guard: scene.guard(0, 0) }), "accept");
  });

  it("is not kept out by the marker that brings its own epoch", () => {
    const scene = new Scene();
    assert.equal(scene.send({ ...IN }, { guard: scene.guard(0, 0, true) }), "accept");
    const next = scene.guard(1, 0, true);
    assert.equal(scene.mark(1, { transactionVersion: 2 }), "accept");
    assert.equal(scene.send({ ...IN, producerEpoch: 1 }, { guard: next }), "accept");
  });

  it("is the one with the lowest number that asked", () => {
    const scene = new Scene();
    const guard = scene.guard(0, 3);
    assert.equal(scene.guard(0, 1), guard);
    assert.equal(scene.guard(0, 4), guard);
    assert.equal(scene.send({ ...IN, baseSequence: 3 }, { guard }), "not the first");
    assert.equal(scene.send({ ...IN, baseSequence: 1 }, { guard }), "accept");
    assert.equal(scene.send({ ...IN, baseSequence: 2 }, { guard }), "accept");
  });

  it("of a raised epoch asks anew, with numbers of its own", () => {
    const scene = new Scene();
    const guard = scene.guard(0, 0);
    assert.equal(scene.guard(2, 5), guard);
    assert.equal(scene.guard(1, 0), guard, "an older epoch changes nothing");
    assert.equal(scene.send({ ...IN, producerEpoch: 2, baseSequence: 6 }, { guard }), "not the first");
    assert.equal(scene.send({ ...IN, producerEpoch: 2, baseSequence: 5 }, { guard }), "accept");
  });

  it("begins at 0 where every transaction raises the epoch and nothing is known of the producer", () => {
    const scene = new Scene();
    const guard = scene.guard(0, 4, true);
    assert.equal(scene.send({ ...IN, baseSequence: 4 }, { guard }), "not the first");
    const classic = new Scene();
    assert.equal(classic.send({ ...IN, baseSequence: 4 }, { guard: classic.guard(0, 4) }), "accept");
  });

  it("of a stale epoch is refused before anybody is asked", () => {
    const scene = new Scene();
    assert.equal(scene.send({ producerEpoch: 3 }), "accept");
    assert.equal(scene.ask(2, 0), "stale epoch");
    assert.equal(scene.send({ ...IN, producerEpoch: 2 }), "stale epoch");
  });

  it("of the coordinator has no sequence number, and the same need of a guard", () => {
    const scene = new Scene();
    assert.equal(scene.send({ ...IN, baseSequence: -1 }, { origin: "coordinator" }), "unverified");
    assert.equal(scene.send({ ...IN, baseSequence: -1 }, { origin: "coordinator", guard: scene.guard(0, -1) }), "accept");
    assert.equal(scene.send({ ...IN, baseSequence: -1 }, { origin: "coordinator" }), "accept");
    assert.equal(scene.mark(1, { transactionVersion: 2 }), "accept");
    assert.equal(scene.send({ ...IN, baseSequence: -1 }, { origin: "coordinator" }), "stale epoch");
  });
});

describe("batches of a producer with a transaction", () => {
  it("that are repeats are answered as such, guard or no guard", () => {
    const scene = new Scene();
    scene.send({ ...IN }, { guard: scene.guard(0, 0) });
    scene.mark(0);
    assert.equal(scene.send({ ...IN }), "repeat");
  });

  it("may not leave it while it is open", () => {
    const scene = new Scene();
    assert.equal(scene.send({ ...IN }, { guard: scene.guard(0, 0) }), "accept");
    assert.equal(scene.send({ baseSequence: 1 }), "not in the transaction");
    assert.equal(scene.mark(0), "accept");
    assert.equal(scene.send({ baseSequence: 1 }), "accept");
  });

  it("go on after a marker of their epoch, and begin at 0 after one that raises it", () => {
    const scene = new Scene();
    scene.send({ ...IN }, { guard: scene.guard(0, 0) });
    scene.mark(0);
    assert.equal(scene.send({ ...IN, baseSequence: 2 }, { guard: scene.guard(0, 2) }), "out of order");
    assert.equal(scene.send({ ...IN, baseSequence: 1 }, { guard: scene.guard(0, 1) }), "accept");
    assert.equal(scene.mark(1, { transactionVersion: 2 }), "accept");
    assert.equal(scene.send({ ...IN, producerEpoch: 1, baseSequence: 2 }, { guard: scene.guard(1, 2, true) }), "not the first");
    assert.equal(scene.send({ ...IN, producerEpoch: 1 }, { guard: scene.guard(1, 0, true) }), "accept");
  });

  it("of a raised epoch need a verification of their own while the old transaction is open", () => {
    const scene = new Scene();
    scene.send({ ...IN }, { guard: scene.guard(0, 0) });
    assert.equal(scene.send({ ...IN, producerEpoch: 1 }), "unverified");
    assert.notEqual(scene.ask(1, 0), "open");
  });
});

describe("a marker", () => {
  it("of version 0 and 1 is of the transaction's epoch or above", () => {
    const scene = new Scene();
    scene.send({ ...IN, producerEpoch: 3 }, { guard: scene.guard(3, 0) });
    assert.equal(scene.mark(2), "stale epoch");
    assert.equal(scene.mark(3), "accept");
    assert.equal(scene.mark(3), "accept", "once more");
    assert.equal(scene.mark(4), "accept");
  });

  it("of version 2 is above the transaction's epoch, so that a late one ends nothing", () => {
    const scene = new Scene();
    scene.send({ ...IN, producerEpoch: 3 }, { guard: scene.guard(3, 0, true) });
    assert.equal(scene.mark(3, { transactionVersion: 2 }), "stale epoch");
    assert.equal(scene.mark(4, { transactionVersion: 2 }), "accept");
    assert.equal(scene.mark(4, { transactionVersion: 2 }), "accept", "once more, with nothing open");
    assert.equal(scene.mark(3, { transactionVersion: 2 }), "stale epoch");
    scene.send({ ...IN, producerEpoch: 4 }, { guard: scene.guard(4, 0, true) });
    assert.equal(scene.mark(4, { transactionVersion: 2 }), "stale epoch", "the last transaction's, come late");
  });

  it("of version 2 ends a transaction of the last epoch there is by that epoch", () => {
    const scene = new Scene();
    scene.send({ ...IN, producerEpoch: 32767 }, { guard: scene.guard(32767, 0, true) });
    assert.equal(scene.mark(32767, { transactionVersion: 2 }), "accept");
    assert.equal(scene.table.firstUnstableOffset, -1);
  });

  it("of a coordinator that was replaced is refused", () => {
    const scene = new Scene();
    assert.equal(scene.mark(0, { coordinatorEpoch: 5 }), "accept");
    assert.equal(scene.mark(0, { coordinatorEpoch: 4 }), "fenced coordinator");
    assert.equal(scene.mark(0, { coordinatorEpoch: 5 }), "accept");
  });
});

describe("what is remembered of verifications", () => {
  it("is forgotten with time, and bounded", () => {
    const table = new ProducerTable();
    const ask = (producerId: number) =>
      table.startVerification({ producerId, producerEpoch: 0, baseSequence: 0, raisesEpoch: false }, START_MS);
    const first = ask(0);
    for (let id = 1; id <= 10_000; id++) ask(id);
    assert.notDeepEqual(ask(0), undefined);
    assert.ok(first.kind === "started" && !table.isEmpty);
    const batch = makeBatch({ producerId: 0, ...IN });
    const verdict = table.judge(batch, 0, { origin: "client", guard: first.guard, verifies: true });
    assert.equal(verdict.kind, "unverified", "the oldest had to go");
    table.expire(START_MS + 999, 1000);
    assert.ok(!table.isEmpty);
    table.expire(START_MS + 1000, 1000);
    assert.ok(table.isEmpty);
  });
});
