import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopTurn } from "./loop-turn.ts";

/** A loop whose turns and time are the test's. */
class HandLoop {
  nowMs = 0;
  readonly clock = { monotonicMs: () => this.nowMs, nextTurn: (run: () => void) => void this.#waiting.push(run) };
  readonly turn = new LoopTurn(this.clock);
  #waiting: (() => void)[] = [];

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** The part of a turn in which what waited for it runs. */
  goOn(): void {
    for (const run of this.#waiting.splice(0)) run();
  }
}

test("a few bytes are taken without a look at the clock, and so ask for no turn; beyond, a turn has 12 ms", () => {
  const loop = new HandLoop();
  assert.equal(loop.turn.mayTake(4_000), true);
  assert.equal(loop.isIdle, true);
  assert.equal(loop.turn.mayTake(100), true);
  assert.equal(loop.isIdle, false);
  loop.nowMs = 11.9;
  assert.equal(loop.turn.mayTake(1_000_000), true);
  loop.nowMs = 12;
  assert.equal(loop.turn.mayTake(1), false);
  loop.goOn();
  assert.equal(loop.turn.mayTake(4_000), true);
  assert.equal(loop.isIdle, true);
});

test("what waits runs in its order, in as many turns as it takes, and what comes new waits behind it when it has taken the turn", () => {
  const loop = new HandLoop();
  const ran: number[] = [];
  for (let each = 0; each < 5; each++) {
    loop.turn.later(() => {
      ran.push(each);
      loop.nowMs += 5;
    });
  }
  assert.equal(ran.length, 0);
  loop.goOn();
  assert.deepEqual(ran, [0, 1, 2]);
  assert.equal(loop.turn.mayTake(1), false);
  loop.turn.later(() => void ran.push(5));
  loop.goOn();
  assert.deepEqual(ran, [0, 1, 2, 3, 4, 5]);
  loop.goOn();
  assert.equal(loop.isIdle, true);
});
