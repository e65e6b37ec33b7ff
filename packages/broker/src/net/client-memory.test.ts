import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import fc from "fast-check";
import { ClientMemory } from "./client-memory.ts";

const MIB = 1024 * 1024;
const memoryOf = (mib: number, clock = new SimulatedClock()) => new ClientMemory(clock, mib * MIB);

test("one account gets half of the memory in small steps, and a newcomer as much as is left", () => {
  const memory = memoryOf(64);
  const greedy = memory.openAccount();
  while (greedy.take(MIB));
  assert.equal(greedy.heldBytes, 32 * MIB);
  const other = memory.openAccount();
  while (other.take(MIB));
  assert.equal(other.heldBytes, 16 * MIB);
});

test("one request may take all that is free, and not one byte more", () => {
  assert.equal(memoryOf(1).openAccount().take(MIB), true);
  assert.equal(
    memoryOf(1)
      .openAccount()
      .take(MIB + 1),
    false,
  );
});

test("small requests are served however full the memory is", () => {
  const memory = memoryOf(1);
  memory.openAccount().hold(5 * MIB);
  const account = memory.openAccount();
  assert.equal(account.take(64 * 1024), true);
  assert.equal(account.take(1), false);
});

test("who has a large frame beyond its later share may still take the little that comes behind it", () => {
  const memory = memoryOf(4);
  const account = memory.openAccount();
  assert.equal(account.take(3 * MIB), true);
  assert.equal(account.take(MIB / 4), false);
  assert.equal(account.takeFree(MIB / 4), true);
  assert.equal(account.takeFree(MIB), false, "no more than is free");
  memory.openAccount().hold(MIB);
  assert.equal(account.takeFree(64 * 1024), true, "a little always");
  assert.equal(account.takeFree(64 * 1024 + 1), false);
  account.close();
  assert.deepEqual([account.takeFree(1), memory.heldBytes], [false, MIB]);
});

test("what one read brings of who holds little waits for room where others have taken all of it", () => {
  const memory = memoryOf(4);
  const greedy = memory.openAccount();
  greedy.hold(5 * MIB);
  assert.equal(greedy.takeFree(MIB / 4), false, "who holds much has had its share");
  const others = Array.from({ length: 5 }, () => memory.openAccount());
  assert.equal(others[0]!.takeFree(MIB / 4 + 1), false, "more than a read brings");
  assert.deepEqual(
    others.map((each) => each.takeFree(MIB / 4)),
    [true, true, true, true, false],
    "half more than the capacity",
  );
  assert.equal(others[0]!.takeFree(MIB / 4), false, "once");
});

test("a closed account has given everything back, and takes and gives nothing any more", () => {
  const memory = memoryOf(1);
  const account = memory.openAccount();
  account.take(1000);
  account.whenRoom(2 * MIB, () => assert.fail("nobody waits"));
  account.close();
  account.close();
  account.release(1000);
  account.hold(5);
  assert.deepEqual([account.take(1), memory.heldBytes, account.heldBytes, memory.waiterCount], [false, 0, 0, 0]);
});

test("who waits for room is told when there is some, and who asks for much does not hold up the others", () => {
  const memory = memoryOf(4);
  const full = memory.openAccount();
  full.take(4 * MIB);
  const told: string[] = [];
  const wait = (name: string, mib: number) => memory.openAccount().whenRoom(mib * MIB, () => told.push(name));
  wait("much", 3);
  wait("little", 1);
  const gone = wait("gone", 1);
  gone();
  full.release(MIB);
  assert.deepEqual(told, ["little"]);
  full.close();
  assert.deepEqual([told, memory.waiterCount], [["little", "much"], 0]);
});

test("however accounts take and give back, the sum is right and the capacity holds beside what is guaranteed", () => {
  const step = fc.tuple(fc.nat(4), fc.integer({ min: -300_000, max: 300_000 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = memoryOf(1);
      const accounts = Array.from({ length: 5 }, () => memory.openAccount());
      for (const [index, bytes] of steps) {
        const account = accounts[index]!;
        if (bytes > 0) account.take(bytes);
        else account.release(Math.min(-bytes, account.heldBytes));
        const held = accounts.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
        assert.equal(memory.heldBytes, held);
        assert.ok(held <= MIB + 5 * 64 * 1024);
      }
      for (const account of accounts) account.close();
      assert.equal(memory.heldBytes, 0);
    }),
  );
});

test("whoever finds no room takes it from the longest stalled, never from those who move on", () => {
  const clock = new SimulatedClock();
  const memory = memoryOf(4, clock);
  const lost: string[] = [];
  const open = (name: string, mib: number) => {
    const account = memory.openAccount(() => {
      lost.push(name);
      account.close();
    });
    account.hold(mib * MIB);
    return account;
  };
  open("stalled first", 1);
  clock.advance(100);
  open("stalled second", 1);
  const moving = open("moving", 2);
  clock.advance(1950);
  moving.progressed();
  const newcomer = memory.openAccount();
  assert.equal(newcomer.take(MIB), true);
  assert.deepEqual(lost, ["stalled first"]);
  let hasRoom = false;
  memory.openAccount().whenRoom(MIB, () => {
    hasRoom = true;
  });
  assert.equal(hasRoom, false);
  clock.advance(1000);
  assert.deepEqual([lost, hasRoom], [["stalled first", "stalled second"], true]);
  moving.progressed();
  clock.advance(600);
  assert.equal(memory.openAccount().take(2 * MIB), false, "all others move on");
  assert.deepEqual(lost, ["stalled first", "stalled second"]);
});

test("an account is beyond its share when it holds more than is free, but for a little; all together may hold a quarter too much", () => {
  const memory = memoryOf(4);
  const [first, second] = [memory.openAccount(), memory.openAccount()];
  first.hold(2 * MIB);
  assert.equal(first.isBeyondShare, false);
  second.hold(64 * 1024);
  assert.deepEqual([first.isBeyondShare, second.isBeyondShare], [true, false]);
  second.hold(3 * MIB - 64 * 1024 - 1);
  assert.deepEqual([first.mayOverdraw, second.isBeyondShare], [true, true]);
  second.hold(1);
  assert.equal(first.mayOverdraw, false);
});
