import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { type BatchPlan, FROM_CLIENT, LogFixture, makeBatch } from "../testing/log-fixture.ts";

const P = 4000;

/** What a batch is answered: `+offset` appended, `=offset` a repeat, or the error's number. */
function send(fixture: LogFixture, plan: BatchPlan): string {
  const outcome = fixture.log.append(makeBatch({ producerId: P, ...plan }), FROM_CLIENT);
  if (outcome.kind === "rejected") return String(outcome.errorCode);
  return `${outcome.kind === "appended" ? "+" : "="}${outcome.baseOffset}`;
}

const OUT_OF_ORDER = String(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
const STALE_EPOCH = String(ErrorCode.INVALID_PRODUCER_EPOCH);

describe("idempotent producers", () => {
  it("get the old offset for any of their last five batches, and a refusal for older ones", async () => {
    const fixture = await LogFixture.create();
    for (let i = 0; i < 7; i++) assert.equal(send(fixture, { records: 2, baseSequence: i * 2 }), `+${i * 2}`);
    for (let i = 2; i < 7; i++) assert.equal(send(fixture, { records: 2, baseSequence: i * 2 }), `=${i * 2}`);
    assert.equal(send(fixture, { records: 2, baseSequence: 2 }), OUT_OF_ORDER);
    assert.equal(send(fixture, { records: 3, baseSequence: 12 }), OUT_OF_ORDER);
    assert.equal(fixture.log.logEndOffset, 14);
  });

  it("are refused a gap, and nothing is written", async () => {
    const fixture = await LogFixture.create();
    assert.equal(send(fixture, { baseSequence: 0 }), "+0");
    assert.equal(send(fixture, { baseSequence: 2 }), OUT_OF_ORDER);
    assert.equal(send(fixture, { baseSequence: 1 }), "+1");
  });

  it("may begin anywhere when nothing is known of them", async () => {
    const fixture = await LogFixture.create();
    assert.equal(send(fixture, { baseSequence: 1234 }), "+0");
    assert.equal(send(fixture, { baseSequence: 1235 }), "+1");
  });

  it("go from 2^31 - 1 to 0, also inside a batch", async () => {
    const fixture = await LogFixture.create();
    assert.equal(send(fixture, { records: 3, baseSequence: 0x7ffffffe }), "+0");
    assert.equal(send(fixture, { baseSequence: 2 }), OUT_OF_ORDER);
    assert.equal(send(fixture, { records: 3, baseSequence: 0x7ffffffe }), "=0");
    assert.equal(send(fixture, { baseSequence: 1 }), "+3");
    await fixture.reopen();
    assert.equal(send(fixture, { baseSequence: 1 }), "=3");
    const exact = await LogFixture.create();
    assert.equal(send(exact, { baseSequence: 0x7fffffff }), "+0");
    assert.equal(send(exact, { baseSequence: 0 }), "+1");
  });

  it("begin a new epoch at 0, and an old epoch is refused", async () => {
    const fixture = await LogFixture.create();
    assert.equal(send(fixture, { baseSequence: 0, producerEpoch: 1 }), "+0");
    assert.equal(send(fixture, { baseSequence: 5, producerEpoch: 2 }), OUT_OF_ORDER);
    assert.equal(send(fixture, { baseSequence: 0, producerEpoch: 2 }), "+1");
    assert.equal(send(fixture, { baseSequence: 1, producerEpoch: 1 }), STALE_EPOCH);
    assert.equal(send(fixture, { baseSequence: 0, producerEpoch: 1 }), STALE_EPOCH);
    assert.equal(send(fixture, { baseSequence: 1, producerEpoch: 2 }), "+2");
  });

  it("are known after a clean stop and after a kill, over several segments", async () => {
    const fixture = await LogFixture.create({ segmentBytes: 400 });
    let sequence = 0;
    for (const stop of ["clean", "kill", "clean", "kill"]) {
      for (let i = 0; i < 9; i++) assert.equal(send(fixture, { baseSequence: sequence + i }), `+${sequence + i}`);
      sequence += 9;
      if (stop === "clean") await fixture.store.close();
      else fixture.kill();
      await fixture.open();
      assert.equal(send(fixture, { baseSequence: sequence - 1 }), `=${sequence - 1}`, stop);
      assert.equal(send(fixture, { baseSequence: sequence + 1 }), OUT_OF_ORDER, stop);
    }
    assert.ok(fixture.log.segments.length > 5);
  });

  it("may repeat any of their last five batches after a stop of either kind", async () => {
    for (const stop of ["clean", "kill"]) {
      const fixture = await LogFixture.create();
      for (let i = 0; i < 9; i++) {
        send(fixture, { records: 2, baseSequence: i * 2 });
        fixture.append({ producerId: P + 1, baseSequence: i });
      }
      if (stop === "clean") await fixture.store.close();
      else fixture.kill();
      await fixture.open();
      for (let i = 4; i < 9; i++) assert.equal(send(fixture, { records: 2, baseSequence: i * 2 }), `=${i * 3}`, stop);
      assert.equal(send(fixture, { records: 2, baseSequence: 6 }), OUT_OF_ORDER, stop);
    }
  });

  it("are forgotten after producer.id.expiration.ms, not a moment before", async () => {
    const fixture = await LogFixture.create({ producerIdExpirationMs: 60_000 }, { schedule: { producerExpiryCheckIntervalMs: 1000 } });
    assert.equal(send(fixture, { baseSequence: 0 }), "+0");
    fixture.clock.advance(59_999);
    assert.equal(send(fixture, { baseSequence: 9 }), OUT_OF_ORDER);
    fixture.clock.advance(1001);
    assert.deepEqual(fixture.log.activeProducers(), []);
    assert.equal(send(fixture, { baseSequence: 9 }), "+1");
  });

  it("that send records of long ago repeat no batch until producers to forget are looked for", async () => {
    const fixture = await LogFixture.create({ producerIdExpirationMs: 60_000 }, { schedule: { producerExpiryCheckIntervalMs: 10_000 } });
    const old = { timestampMs: fixture.clock.nowMs() - 60_001 };
    assert.equal(send(fixture, { baseSequence: 0, ...old }), "+0");
    fixture.clock.advance(9_999);
    assert.equal(send(fixture, { baseSequence: 0, ...old }), "=0");
    assert.equal(send(fixture, { baseSequence: 1, ...old }), "+1");
    fixture.clock.advance(1);
    assert.deepEqual(fixture.log.activeProducers(), []);
  });

  it("are listed as DescribeProducers tells of them", async () => {
    const fixture = await LogFixture.create();
    send(fixture, { baseSequence: 0, records: 3, producerEpoch: 2, timestampMs: 1234 });
    const expected = [
      { producerId: P, producerEpoch: 2, lastSequence: 2, lastTimestampMs: 1234, coordinatorEpoch: -1, currentTransactionStartOffset: -1 },
    ];
    assert.deepEqual(fixture.log.activeProducers(), expected);
  });

  it("are not checked in what the coordinator writes", async () => {
    const { log } = await LogFixture.create();
    const batch = (): Buffer => makeBatch({ producerId: P, baseSequence: 5 });
    assert.equal(log.append(batch(), { origin: "coordinator", leaderEpoch: 1 }).kind, "appended");
    assert.equal(log.append(batch(), { origin: "coordinator", leaderEpoch: 1 }).kind, "appended");
  });
});
