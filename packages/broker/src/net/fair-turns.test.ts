import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "@ottla/base";
import { FairTurns, type Served, type Slice, TurnAccount } from "./fair-turns.ts";

/** A loop whose time passes only while something works. */
class WorkingClock implements Clock {
  #nowMs = 0;
  readonly #next: (() => void)[] = [];
  nowMs = (): number => this.#nowMs;
  monotonicMs = (): number => this.#nowMs;
  schedule = (): never => assert.fail("nothing waits for time");
  nextTurn = (run: () => void): void => void this.#next.push(run);
  work(ms: number): void {
    this.#nowMs += ms;
  }
  /** The next turn of the loop; false when nothing waits for it. */
  turn(): boolean {
    const due = this.#next.splice(0);
    for (const run of due) run();
    return due.length > 0;
  }
}

/** Something with `count` requests that take `ms` each. */
class Client implements Served {
  readonly account = new TurnAccount();
  doneMs: number | undefined;
  readonly clock: WorkingClock;
  readonly ms: number;
  count: number;

  constructor(clock: WorkingClock, ms: number, count: number) {
    this.clock = clock;
    this.ms = ms;
    this.count = count;
  }

  serve(slice: Slice): boolean {
    while (this.count > 0) {
      this.count--;
      this.clock.work(this.ms);
      if (slice.isOver) break;
    }
    if (this.count === 0) this.doneMs ??= this.clock.monotonicMs();
    return this.count > 0;
  }
}

test("a burst of small requests is served in slices, and the loop gets its turn in between", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const burst = new Client(clock, 0.01, 10_000);
  turns.serve(burst);
  let longestMs = clock.monotonicMs();
  for (let beforeMs = clock.monotonicMs(); clock.turn(); beforeMs = clock.monotonicMs())
    longestMs = Math.max(longestMs, clock.monotonicMs() - beforeMs);
  assert.equal(burst.count, 0);
  assert.ok(longestMs <= 9, `one turn took ${longestMs} ms`);
});

test("forty busy clients keep one with a request now and then waiting for one turn only", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  for (let i = 0; i < 40; i++) turns.serve(new Client(clock, 0.02, 100_000));
  for (let i = 0; i < 50; i++) clock.turn();
  for (let i = 0; i < 20; i++) {
    const beforeMs = clock.monotonicMs();
    const light = new Client(clock, 0.02, 1);
    turns.serve(light);
    clock.turn();
    assert.ok(light.doneMs !== undefined && light.doneMs - beforeMs < 1, "served first in the next turn");
  }
});

test("a crowd of newcomers with long requests keeps one with a small request now and then waiting for one turn only", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const light = new Client(clock, 0.05, 0);
  const ask = (): number => {
    const beforeMs = clock.monotonicMs();
    light.count = 1;
    light.doneMs = undefined;
    turns.serve(light);
    if (light.doneMs === undefined) clock.turn();
    return (light.doneMs ?? Infinity) - beforeMs;
  };
  // It has been served a lot already, when nobody else was there.
  for (let i = 0; i < 200; i++, clock.turn()) ask();
  for (let i = 0; i < 40; i++) turns.queue(new Client(clock, 1.5, 4));
  for (let i = 0; i < 20; i++) {
    const waitedMs = ask();
    assert.ok(waitedMs < 10, `it waited for ${waitedMs} ms, in turn ${i}`);
    clock.turn();
  }
});

test("a crowd of thousands of newcomers keeps one with a small request every few ms waiting for one turn only", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const light = new Client(clock, 0.05, 0);
  const serve = (): number => {
    const beforeMs = clock.monotonicMs();
    light.count = 1;
    light.doneMs = undefined;
    turns.queue(light);
    clock.turn();
    return (light.doneMs ?? Infinity) - beforeMs;
  };
  for (let i = 0; i < 200; i++) {
    serve();
    clock.work(2);
  }
  for (let i = 0; i < 8000; i++) turns.queue(new Client(clock, 0.03, 1));
  // The crowd takes 240 ms; whoever asks every 2 ms asks more often than a fair share allows.
  for (let i = 0; i < 25; i++) {
    const waitedMs = serve();
    assert.ok(waitedMs < 10, `it waited for ${waitedMs} ms, in turn ${i}`);
  }
});

test("who asks now and then all the time gets no more than a small part beyond its share", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const many = Array.from({ length: 40 }, () => new Client(clock, 0.05, 1_000_000));
  const busy = new Client(clock, 0.05, 1_000_000);
  turns.serve(busy);
  for (const each of many) turns.serve(each);
  for (const each of many) each.count = 0;
  const startedMs = clock.monotonicMs();
  const from = busy.count;
  // Each of them sends again as soon as it has been answered: together they could fill the loop.
  while (clock.monotonicMs() - startedMs < 4000) {
    for (const each of many)
      if (each.count === 0) {
        each.count = 1;
        turns.queue(each);
      }
    clock.turn();
  }
  const busyMs = (from - busy.count) * 0.05;
  assert.ok(busyMs > 40, `the busy one got ${busyMs} of 4000 ms, its share is 97`);
});

test("one turn that was interrupted is not held against who takes little, but many are", () => {
  for (const [interruptions, isFirst] of [
    [1, true],
    [6, false],
  ] as const) {
    const clock = new WorkingClock();
    const turns = new FairTurns(clock);
    const light = new Client(clock, 0.05, 0);
    const serve = (ms: number): number => {
      const beforeMs = clock.monotonicMs();
      Object.assign(light, { count: 1, ms, doneMs: undefined });
      turns.queue(light);
      clock.turn();
      return (light.doneMs ?? Infinity) - beforeMs;
    };
    for (let i = 0; i < 5000; i++) serve(0.05);
    for (let i = 0; i < 40; i++) turns.queue(new Client(clock, 0.5, 1e6));
    for (let i = 0; i < interruptions; i++) {
      serve(10);
      for (let j = 0; j < 10; j++) serve(0.05);
    }
    assert.equal(serve(0.05) < 1, isFirst);
  }
});

test("a stream of newcomers does not keep one waiting for ever who takes long", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const heavy = new Client(clock, 2, 10);
  let newcomers: Client[] = [];
  for (let i = 0; i < 1000 && heavy.count > 0; i++) {
    newcomers = newcomers.filter(({ count }) => count > 0);
    while (newcomers.length < 40) newcomers.push(new Client(clock, 0.4, 1));
    for (const newcomer of newcomers) turns.queue(newcomer);
    turns.queue(heavy);
    clock.turn();
  }
  assert.equal(heavy.count, 0);
});

test("who sends few requests that take long gets no more time than who sends many small ones", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const heavy = new Client(clock, 20, 1000);
  const small = new Client(clock, 0.1, 1_000_000);
  turns.serve(heavy);
  turns.serve(small);
  while (clock.monotonicMs() < 4000) clock.turn();
  const heavyMs = (1000 - heavy.count) * 20;
  assert.ok(heavyMs > 1400 && heavyMs < 2600, `the heavy one got ${heavyMs} of 4000 ms`);
});

test("two that are always busy get the same time, whatever a request takes", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const [short, long] = [new Client(clock, 0.6, 1e6), new Client(clock, 1.2, 1e6)];
  for (const client of [short, long]) turns.queue(client);
  while (clock.monotonicMs() < 1000) clock.turn();
  const shortMs = (1e6 - short.count) * 0.6;
  assert.ok(shortMs > 480 && shortMs < 520, `the short one got ${shortMs} of 1000 ms`);
});

test("clients whose requests come in one after the other in the same turn are served for a few milliseconds, the rest afterwards", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const clients = Array.from({ length: 100 }, () => new Client(clock, 0.3, 1));
  for (const client of clients) turns.serve(client);
  assert.ok(clock.monotonicMs() < 9, `the turn took ${clock.monotonicMs()} ms`);
  while (clock.turn());
  assert.ok(clients.every(({ count }) => count === 0));
});

test("who has gone is not served any more", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const gone = new Client(clock, 1, 100);
  turns.serve(gone);
  turns.remove(gone);
  const left = gone.count;
  while (clock.turn());
  assert.equal(gone.count, left);
});

test("clients that are new are served in the order of their coming", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  const clients = Array.from({ length: 100 }, () => new Client(clock, 1, 1));
  for (const client of clients) turns.queue(client);
  while (clock.turn());
  assert.deepEqual(
    clients.map(({ doneMs }) => doneMs),
    clients.map((_, i) => i + 1),
  );
});

test("who comes next is found without a look at everybody", () => {
  const clock = new WorkingClock();
  const turns = new FairTurns(clock);
  let looks = 0;
  const clients = Array.from({ length: 2000 }, () => new Client(clock, 0.01, 1));
  for (const { account } of clients) {
    let { turn } = account;
    Object.defineProperty(account, "turn", {
      get: () => (looks++, turn),
      set: (value: number) => {
        turn = value;
      },
    });
  }
  for (const client of clients) turns.queue(client);
  while (clock.turn());
  assert.ok(clients.every(({ count }) => count === 0));
  assert.ok(looks < 2000 * 100, `${looks} looks`);
});
