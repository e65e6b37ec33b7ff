import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../seams/clock.ts";

/** A clock under test, and the way to let its time pass until `isDone` holds. */
export interface ClockUnderTest {
  readonly clock: Clock;
  passUntil(isDone: () => boolean): Promise<void>;
}

/** What every {@link Clock} promises. */
export function testClock(name: string, create: () => ClockUnderTest): void {
  test(`${name}: timers run in order of their due time, equal ones in order of scheduling`, async () => {
    const { clock, passUntil } = create();
    const ran: string[] = [];
    clock.schedule(20, () => ran.push("late"));
    clock.schedule(5, () => ran.push("first"));
    clock.schedule(5, () => ran.push("second"));
    await passUntil(() => ran.length === 3);
    assert.deepEqual(ran, ["first", "second", "late"]);
  });

  test(`${name}: a timer taken back does not run, and may be taken back again`, async () => {
    const { clock, passUntil } = create();
    const ran: string[] = [];
    const timer = clock.schedule(1, () => ran.push("never"));
    timer.cancel();
    const last = clock.schedule(5, () => ran.push("last"));
    await passUntil(() => ran.length > 0);
    timer.cancel();
    last.cancel();
    assert.deepEqual(ran, ["last"]);
  });

  test(`${name}: a delay beyond 2^31 ms is not taken for a short one`, async () => {
    const { clock, passUntil } = create();
    let hasRun = false;
    const timer = clock.schedule(2 ** 31 + 1000, () => {
      hasRun = true;
    });
    let isOver = false;
    clock.schedule(10, () => {
      isOver = true;
    });
    await passUntil(() => isOver);
    timer.cancel();
    assert.equal(hasRun, false);
  });

  test(`${name}: monotonic time has passed by at least the delay when a timer runs`, async () => {
    const { clock, passUntil } = create();
    const startMs = clock.monotonicMs();
    let ranMs = Number.NaN;
    clock.schedule(10, () => {
      ranMs = clock.monotonicMs();
    });
    await passUntil(() => !Number.isNaN(ranMs));
    // Node's timers count whole milliseconds and may be up to one early.
    assert.ok(ranMs - startMs >= 9, `only ${ranMs - startMs} ms passed`);
  });

  test(`${name}: what is put off to the next turn runs once, after the caller`, async () => {
    const { clock, passUntil } = create();
    const order: string[] = [];
    clock.nextTurn(() => order.push("next turn"));
    order.push("caller");
    await passUntil(() => order.length > 1);
    assert.deepEqual(order, ["caller", "next turn"]);
  });
}
