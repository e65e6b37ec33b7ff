import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { SimulatedClock } from "@ottla/base/simulated";
import { LookFollowers } from "./look-followers.ts";

const NEVER = new AbortController().signal;

function scene() {
  const clock = new SimulatedClock();
  const listeners = new Set<() => void>();
  let touches = 0;
  const watch = {
    touch: () => void touches++,
    onLook: (onLook: () => void) => (listeners.add(onLook), () => listeners.delete(onLook)),
  };
  const cutOff: string[] = [];
  const said: string[] = [];
  const logger = { ...silentLogger, info: (message: string) => void said.push(message) };
  const followers = new LookFollowers({ watch, clock, logger });
  return {
    ...{ clock, cutOff, said, followers, listeners },
    touches: () => touches,
    follow: (host = "h", { login = NEVER, isBehind = true } = {}) =>
      followers.follow({ host, login, cutOff: () => void cutOff.push(host) }, isBehind),
    /** So many seconds, in each of them a look. */
    async seconds(count: number, hasLooks = true): Promise<void> {
      for (let second = 0; second < count; second++) {
        if (hasLooks) for (const onLook of listeners) onLook();
        clock.advance(1_000);
        await new Promise(setImmediate);
      }
    },
  };
}

/** What the stream holds: its end is among it where it was ended. */
async function held(stream: ReadableStream<Uint8Array>): Promise<readonly (Uint8Array | "end")[]> {
  const reader = stream.getReader();
  const found: (Uint8Array | "end")[] = [];
  for (;;) {
    const next = await Promise.race([reader.read(), new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))]);
    if (next === undefined) return found;
    found.push(next.value ?? "end");
    if (next.done) return found;
  }
}

test("of a thousand pages that take nothing each holds one event, and all are cut off after half a minute, and that is told", async () => {
  const { follow, seconds, cutOff, said, followers, clock, listeners } = scene();
  const streams = Array.from({ length: 1_000 }, () => follow());
  await seconds(29);
  assert.deepEqual([followers.size, cutOff.length], [1_000, 0]);
  await seconds(1);
  assert.deepEqual([followers.size, cutOff.length, said.length], [0, 1_000, 1_000]);
  assert.match(said[0]!, /took nothing/);
  let bytes = 0;
  for (const stream of streams) {
    const found = await held(stream);
    assert.deepEqual(
      found.map((each) => each === "end"),
      [false, true],
    );
    bytes += (found[0] as Uint8Array).length;
  }
  assert.equal(bytes, 1_000 * `event: look\ndata: ${clock.nowMs()}\n\n`.length);
  assert.deepEqual([listeners.size, clock.pendingTimers], [0, 0]);
});

test("all are told by the same bytes, once a second at most, however many looks there were", async () => {
  const { follow, seconds, clock, listeners } = scene();
  const readers = Array.from({ length: 3 }, () => follow("h", { isBehind: false }).getReader());
  const coming = readers.map((reader) => reader.read());
  for (let look = 0; look < 9; look++) for (const onLook of listeners) onLook();
  await seconds(1);
  const [first, ...others] = (await Promise.all(coming)).map(({ value }) => value);
  assert.equal(Buffer.from(first!).toString(), `event: look\ndata: ${clock.nowMs()}\n\n`);
  for (const other of others) assert.equal(other, first);
});

test("who comes without knowing the newest look is told at once, others of the next, and everybody after 15 s that somebody is there", async () => {
  const { follow, seconds, touches } = scene();
  const [behind, current] = [follow("behind"), follow("current", { isBehind: false })];
  assert.equal((await held(behind)).length, 1);
  let told = 0;
  void current
    .getReader()
    .read()
    .then(() => told++);
  await seconds(14, false);
  assert.equal(told, 0);
  assert.ok(touches() >= 14, "the watch stays awake");
  await seconds(1, false);
  assert.equal(told, 1);
});

test("who takes an event after a while is told of the next, and whose login ends is told nothing more", async () => {
  const { follow, seconds, followers, cutOff } = scene();
  const slow = follow("slow").getReader();
  await seconds(20);
  await slow.read();
  await seconds(20);
  await slow.read();
  await seconds(20);
  assert.deepEqual([followers.size, cutOff], [1, []]);
  const login = new AbortController();
  const out = follow("out", { login: login.signal });
  login.abort();
  await seconds(1);
  assert.deepEqual([(await held(out)).at(-1), followers.size], ["end", 1]);
});

test("behind the last page nothing goes on, and the next one is told again", async () => {
  const { follow, seconds, followers, clock, listeners, touches } = scene();
  await follow().cancel();
  assert.deepEqual([followers.size, listeners.size, clock.pendingTimers], [0, 0, 0]);
  const before = touches();
  await seconds(5);
  assert.equal(touches(), before);
  const next = follow("next", { isBehind: false });
  await seconds(1);
  assert.equal((await held(next)).length, 1);
  assert.equal(clock.pendingTimers, 1);
});
