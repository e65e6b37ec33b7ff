import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom, SimulatedClock } from "@ottla/base/simulated";
import { type HandshakeGuest, HandshakeRoom } from "./handshake-room.ts";

class Guest implements HandshakeGuest {
  readonly host: string;
  readonly places: number;
  readonly #room: HandshakeRoom;
  state: "waiting" | "begun" | "dropped" | "left" = "waiting";

  constructor(room: HandshakeRoom, host: string, places = 1) {
    this.host = host;
    this.places = places;
    this.#room = room;
    room.enter(this);
  }

  begin(): void {
    assert.equal(this.state, "waiting");
    this.state = "begun";
    this.#room.started(this);
  }

  drop(): void {
    assert.equal(this.state, "begun");
    this.state = "dropped";
  }

  leave(isDone = false): void {
    this.#room.leave(this, isDone);
    this.state = "left";
  }
}

function sceneOf(places: number) {
  const clock = new SimulatedClock();
  const room = new HandshakeRoom(clock, places);
  const come = (...hosts: string[]): Guest[] => hosts.map((host) => new Guest(room, host));
  return { clock, room, come };
}

const statesOf = (guests: readonly Guest[]): string => guests.map(({ state }) => state).join(" ");

test("there are so many handshakes and no more; a place that is free goes to the address whose turn it is, and of that to its newest", () => {
  const { come } = sceneOf(2);
  const [a1, a2, a3, a4, b1] = come("a", "a", "a", "a", "b") as [Guest, Guest, Guest, Guest, Guest];
  assert.equal(statesOf([a1, a2, a3, a4, b1]), "begun begun waiting waiting waiting");
  a1.leave();
  assert.equal(statesOf([a3, a4, b1]), "waiting begun waiting");
  a4.leave();
  assert.equal(statesOf([a3, b1]), "waiting begun");
  // Who waited and has gone is not called.
  a3.leave();
  const [b2] = come("b") as [Guest];
  a2.leave();
  assert.equal(statesOf([a3, b2]), "left begun");
});

test("who stands still gives its place up while others wait: soon to an address that has less, to any other after a while", () => {
  const { clock, come } = sceneOf(4);
  const alone = come("a", "a", "a", "a");
  clock.advance(60_000);
  assert.equal(statesOf(alone), "begun begun begun begun", "nobody waits");
  for (const guest of alone) guest.leave();

  const many = come("a", "a", "a", "a");
  const few = come("b", "b", "b");
  clock.advance(300);
  // With one more the second address would have more than the first.
  assert.equal(statesOf([...many, ...few]), "dropped dropped begun begun waiting begun begun");
  for (const guest of many) guest.leave();
  for (const guest of few) guest.leave();

  const [first, second] = [come("a", "a", "a", "a"), come("a", "a")];
  clock.advance(900);
  assert.equal(statesOf([...first, ...second]), "begun begun begun begun waiting waiting");
  clock.advance(400);
  assert.equal(statesOf([...first, ...second]), "dropped dropped begun begun begun begun");
});

test("the slower those are that are done, the longer the others are waited for, within bounds", () => {
  /** After how many ms a handshake gives its place up where the one before took that long. */
  const patienceBehind = (...doneAfterMs: readonly number[]): number => {
    const { clock, come } = sceneOf(1);
    for (const ms of doneAfterMs) {
      const [one] = come("a") as [Guest];
      clock.advance(ms);
      one.leave(true);
    }
    const [still] = come("a", "a") as [Guest];
    let waitedMs = 0;
    for (; still.state === "begun"; waitedMs += 10) clock.advance(10);
    return waitedMs;
  };
  assert.deepEqual(
    [[], [5], [500], [60_000], [500, 5]].map((done) => patienceBehind(...done)),
    [1000, 1000, 2000, 3000, 2000],
  );
  // What was slow once does not count for ever.
  assert.equal(patienceBehind(700, ...Array<number>(200).fill(5)), 250);
});

test("one that takes several places waits for all of them, and nobody overtakes it", () => {
  const { clock, room, come } = sceneOf(4);
  const [a1, a2] = come("a", "a") as [Guest, Guest];
  const large = new Guest(room, "b", 3);
  const [c1] = come("c") as [Guest];
  assert.equal(statesOf([a1, a2, large, c1]), "begun begun waiting waiting");
  a1.leave();
  assert.equal(statesOf([a2, large, c1]), "begun begun waiting", "three places were free, and no more");
  a2.leave();
  assert.equal(statesOf([large, c1]), "begun begun");
  // Who has more gives them up.
  const [d1, d2] = come("d", "d") as [Guest, Guest];
  clock.advance(300);
  assert.equal(statesOf([large, c1, d1, d2]), "dropped begun begun begun");
  // More than there are is as many as there are.
  for (const guest of [c1, d1, d2]) guest.leave();
  assert.equal(new Guest(room, "e", 9).state, "begun");
});

test("a handshake whose work the broker has not begun is not blamed for standing still", () => {
  const clock = new SimulatedClock();
  const room = new HandshakeRoom(clock, 1);
  let drops = 0;
  const slow: HandshakeGuest = { host: "a", places: 1, begin() {}, drop: () => drops++ };
  room.enter(slow);
  const next = new Guest(room, "a");
  clock.advance(60_000);
  assert.equal(drops, 0);
  room.started(slow);
  clock.advance(3500);
  assert.equal(drops, 1);
  assert.equal(next.state, "begun");
});

test("whoever comes, begins, stands still and goes: places are never more, nobody is forgotten, nothing is left", () => {
  for (let seed = 0; seed < runsOf({ quick: 30, long: 1000 }); seed++) {
    const random = new SeededRandom(seed);
    const places = 1 + random.nextInt(7);
    const { clock, room, come } = sceneOf(places);
    const all: Guest[] = [];
    for (let step = 0; step < 150; step++) {
      const there = all.filter(({ state }) => state === "waiting" || state === "begun");
      if (there.length > 0 && random.nextInt(3) === 0) there[random.nextInt(there.length)]!.leave();
      else if (random.nextInt(4) === 0) clock.advance(random.nextInt(2000));
      else all.push(new Guest(room, `host ${random.nextInt(4)}`, random.nextInt(3) === 0 ? 3 : 1));
      const taken = all.filter(({ state }) => state === "begun").reduce((sum, guest) => sum + Math.min(guest.places, places), 0);
      assert.ok(taken <= places, `seed ${seed}: ${taken} at once`);
      const waiting = all.filter(({ state }) => state === "waiting").map((guest) => Math.min(guest.places, places));
      assert.ok(
        waiting.length === 0 || taken + Math.max(...waiting) > places,
        `seed ${seed}: everybody waits beside places for any of them`,
      );
    }
    // Each has its turn if it stays.
    for (let round = 0; all.some(({ state }) => state === "waiting"); round++) {
      assert.ok(round < 500, `seed ${seed}: somebody waits for ever`);
      clock.advance(3300);
    }
    for (const guest of all) guest.leave();
    clock.advance(1000);
    assert.equal(clock.pendingTimers, 0, `seed ${seed}`);
    assert.equal(statesOf(come(...Array.from({ length: places }, () => "z"))), Array(places).fill("begun").join(" "), `seed ${seed}`);
  }
});
