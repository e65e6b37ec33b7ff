import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { Doctor } from "./doctor.ts";
import { examineEarly } from "./early-examination.ts";
import type { Examination } from "./examination.ts";
import type { ExamineOrder, Examiner } from "./examiner.ts";

/** Each examination is decided by the test. */
class HeldExaminer implements Examiner {
  readonly isApart = true;
  readonly asked: PromiseWithResolvers<Examination>[] = [];

  readonly orders: ExamineOrder[] = [];

  get givesWay(): readonly boolean[] {
    return this.orders.map(({ givesWay }) => givesWay);
  }

  examine(order: ExamineOrder): Promise<Examination> {
    this.orders.push(order);
    const held = Promise.withResolvers<Examination>();
    this.asked.push(held);
    return held.promise;
  }

  async close(): Promise<void> {}

  give(takenAtMs: number): Promise<void> {
    this.asked.at(-1)!.resolve({ report: { takenAtMs } as Examination["report"], certificates: [] });
    return turns();
  }
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function start() {
  const [clock, examiner] = [new SimulatedClock(), new HeldExaminer()];
  return { clock, examiner, doctor: new Doctor(examiner, clock) };
}

describe("the doctor", () => {
  test("tells what is known at once, and has it made anew when it is older than a minute", async () => {
    const { clock, examiner, doctor } = start();
    assert.deepEqual([doctor.known, doctor.isExamining, examiner.asked.length], [undefined, false, 0]);
    const first = doctor.report(false);
    assert.equal(doctor.isExamining, true);
    await examiner.give(1);
    assert.equal((await first).takenAtMs, 1);
    clock.advance(59_999);
    assert.deepEqual([doctor.known, examiner.asked.length], [{ report: { takenAtMs: 1 }, isRenewing: false }, 1]);
    clock.advance(1);
    const renewing = { report: { takenAtMs: 1 }, isRenewing: true };
    assert.deepEqual([doctor.known, doctor.known, examiner.asked.length], [renewing, renewing, 2]);
    const joined = doctor.report(true);
    await examiner.give(2);
    assert.equal((await joined).takenAtMs, 2);
    assert.deepEqual([doctor.known, examiner.asked.length], [{ report: { takenAtMs: 2 }, isRenewing: false }, 2]);
    assert.deepEqual(examiner.givesWay, [false, false], "somebody waits for each of them");
  });

  test("keeps what it knows when an examination that nobody waits for fails, and tells who asks", async () => {
    const { clock, examiner, doctor } = start();
    doctor.beginPatiently();
    examiner.asked[0]!.reject(new Error("away"));
    await turns();
    assert.deepEqual([doctor.known, doctor.isExamining], [undefined, false]);
    const asked = doctor.report(false);
    examiner.asked[1]!.reject(new Error("still away"));
    await assert.rejects(asked, /still away/);
    doctor.beginPatiently();
    await examiner.give(3);
    clock.advance(60_000);
    assert.equal(doctor.known?.isRenewing, true);
    examiner.asked.at(-1)!.reject(new Error("away again"));
    await turns();
    assert.deepEqual(doctor.last, { takenAtMs: 3 });
  });
});

test("who asks while one is made that gives way gets one that does not; what becomes of the other is nothing to them", async () => {
  const { examiner, doctor } = start();
  doctor.beginPatiently();
  doctor.beginPatiently();
  const asked = [doctor.report(false), doctor.report(true)];
  assert.deepEqual(examiner.givesWay, [true, false]);
  examiner.asked[0]!.reject(new Error("ended for the other"));
  await turns();
  assert.equal(doctor.isExamining, true);
  doctor.beginPatiently();
  await examiner.give(2);
  assert.deepEqual(
    (await Promise.all(asked)).map(({ takenAtMs }) => takenAtMs),
    [2, 2],
  );
  assert.deepEqual([doctor.isExamining, examiner.givesWay.length], [false, 2]);
});

test("an examination is given up when the last of those who asked for it have gone, and tells how far it is until then", async () => {
  const { examiner, doctor } = start();
  const [one, two] = [new AbortController(), new AbortController()];
  const asked = [doctor.report(true, one.signal), doctor.report(true, two.signal)];
  const [order] = examiner.orders;
  const progress = { step: "looking", done: 1, of: 9, part: "topics", found: 0, findings: [] } as const;
  order!.onProgress(progress);
  assert.deepEqual([doctor.progress, examiner.orders.length], [progress, 1]);
  one.abort();
  assert.equal(order!.signal.aborted, false);
  two.abort();
  assert.equal(order!.signal.aborted, true);
  const next = doctor.report(false);
  assert.deepEqual([examiner.orders.length, doctor.progress], [2, undefined]);
  examiner.asked[0]!.reject(new Error("given up"));
  await Promise.all(asked.map((each) => assert.rejects(each, /given up/)));
  assert.equal(doctor.isExamining, true);
  await examiner.give(2);
  assert.equal((await next).takenAtMs, 2);
});

test("what goes on since what is known is old goes on whoever goes; who was gone before they asked waits for nothing", async () => {
  const { clock, examiner, doctor } = start();
  void doctor.report(false, AbortSignal.abort()).catch(() => {});
  assert.equal(examiner.orders[0]!.signal.aborted, true);
  examiner.asked[0]!.reject(new Error("given up"));
  void doctor.report(false);
  await examiner.give(1);
  clock.advance(60_000);
  assert.equal(doctor.known?.isRenewing, true);
  const leaving = new AbortController();
  void doctor.report(true, leaving.signal);
  leaving.abort();
  assert.equal(examiner.orders.at(-1)!.signal.aborted, false);
});

test("an examiner may tell how far it is before it gives anything", () => {
  const progress = { step: "looking", done: 0, of: 9, part: "", found: 0, findings: [] } as const;
  const examine = ({ onProgress }: ExamineOrder): Promise<Examination> => {
    onProgress(progress);
    return new Promise(() => {});
  };
  const doctor = new Doctor({ isApart: false, examine, close: async () => {} }, new SimulatedClock());
  doctor.beginPatiently();
  assert.deepEqual(doctor.progress, progress);
});

describe("the first examination", () => {
  function watched() {
    const { clock, examiner, doctor } = start();
    const listeners = new Set<() => void>();
    const watch = {
      topics: { seenAtMs: undefined as number | undefined },
      groups: { seenAtMs: undefined as number | undefined },
      onLook: (onLook: () => void) => {
        listeners.add(onLook);
        return () => void listeners.delete(onLook);
      },
    };
    const look = (): void => [...listeners].forEach((each) => each());
    const callOff = examineEarly({ watch: watch as never, doctor, clock });
    return { clock, examiner, watch, look, callOff, listeners };
  }

  test("begins a while after topics and groups were seen, and once", () => {
    const { clock, examiner, watch, look, listeners } = watched();
    clock.advance(60_000);
    look();
    watch.topics.seenAtMs = 1;
    look();
    clock.advance(60_000);
    assert.equal(examiner.asked.length, 0, "nobody came, or not all was seen");
    watch.groups.seenAtMs = 2;
    look();
    look();
    clock.advance(2_999);
    assert.deepEqual([examiner.asked.length, listeners.size], [0, 0]);
    clock.advance(1);
    clock.advance(600_000);
    assert.deepEqual(examiner.givesWay, [true]);
  });

  test("does not begin when it was called off, before the look or after it", () => {
    for (const seen of [undefined, 1]) {
      const { clock, examiner, watch, look, callOff } = watched();
      Object.assign(watch, { topics: { seenAtMs: seen }, groups: { seenAtMs: seen } });
      look();
      callOff();
      look();
      clock.advance(60_000);
      assert.equal(examiner.asked.length, 0);
    }
  });
});
