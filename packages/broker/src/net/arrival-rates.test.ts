import assert from "node:assert/strict";
import { test } from "node:test";
import { Scene } from "../testing/connection-scene.ts";

test("connections that come too fast wait for their turn, one behind the other, and none is lost", async () => {
  await using scene = await Scene.open();
  let counted = 0;
  scene.rates = { waitMs: () => (++counted > 1 ? 100 : 0), refusalMs: () => 0 };
  const clients = [await scene.client(), await scene.client(), await scene.client()];
  for (const client of clients) client.send("now");
  const taken: number[] = [];
  for (let at = 0; at < 4; at++) {
    await scene.clock.advanceAsync(at === 0 ? 0 : 99);
    taken.push(scene.accounts.length);
    await scene.clock.advanceAsync(1);
  }
  await scene.settle();
  assert.deepEqual([taken, counted], [[1, 2, 3, 3], 3]);
  assert.deepEqual(
    clients.map(({ answers }) => answers),
    [["now"], ["now"], ["now"]],
  );
});

test("an address that comes too often is kept for a while and closed, and nobody else feels it", async () => {
  await using scene = await Scene.open();
  scene.rates = { waitMs: () => 0, refusalMs: () => 500 };
  const refused = await scene.client();
  refused.send("now");
  await scene.settle();
  assert.deepEqual([refused.isClosed, scene.accounts.length, scene.received], [false, 0, []]);
  scene.rates = { waitMs: () => 0, refusalMs: () => 0 };
  const other = await scene.client();
  other.send("other");
  await scene.settle();
  assert.deepEqual(other.answers, ["other"]);
  await scene.clock.advanceAsync(500);
  await scene.settle();
  assert.deepEqual([refused.isClosed, refused.answers], [true, []]);
  assert.match(String(scene.reasons[0]), /connection_creation_rate/);
});

test("a listener that closes lets go of those that wait, and of those that are refused", async () => {
  await using scene = await Scene.open();
  scene.rates = { waitMs: () => 1000, refusalMs: () => 0 };
  const waiting = await scene.client();
  const second = await scene.client();
  const stopped = scene.stop(0);
  await scene.clock.advanceAsync(1);
  await stopped;
  assert.deepEqual([waiting.isClosed, second.isClosed, scene.accounts.length], [true, true, 0]);
});
