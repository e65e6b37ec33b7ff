import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";

const FOLLOWERS = 1_000;

test("a thousand pages are told of looks and no more, and one that goes makes room", async () => {
  await using ottla = await ConsoleFixture.start();
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const follow = async (): Promise<IncomingMessage> => {
    const request = get(`${ottla.url}/api/changes`, { agent });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return response.on("error", () => {});
  };
  const followers = await Promise.all(Array.from({ length: FOLLOWERS }, follow));
  for (const each of followers) each.resume();
  const beyond = await ottla.get("/changes");
  assert.deepEqual([beyond.status, beyond.body.code], [409, "TOO_MANY_PAGES"]);
  followers.pop()!.destroy();
  await ottla.kafka.until("there is room", async () => {
    const next = await follow();
    next.destroy();
    return next.statusCode === 200;
  });
  for (const each of followers) each.destroy();
  agent.destroy();
});

test("who asks for the head of what is told live takes no place, and nothing is read for it", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  const heads = ["/changes", "/topics/orders/messages?from=tail"].flatMap((path) => Array.from({ length: 30 }, () => path));
  for (const { status, body } of await Promise.all(heads.map((path) => fetch(`${ottla.url}/api${path}`, { method: "HEAD" }))))
    assert.deepEqual([status, body], [200, null]);
  const events = await ottla.events("/topics/orders/messages?from=earliest");
  assert.equal(events.at(-1)?.event, "ended");
});

test("two dozen readings go on at once, and one that goes makes room", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const read = async (): Promise<IncomingMessage> => {
    const [response] = (await once(get(`${ottla.url}/api/topics/orders/messages?from=tail`, { agent }), "response")) as [IncomingMessage];
    return response.on("error", () => {}).resume();
  };
  const readers = await Promise.all(Array.from({ length: 24 }, read));
  assert.deepEqual(new Set(readers.map(({ statusCode }) => statusCode)), new Set([200]));
  const beyond = await ottla.get("/topics/orders/messages?from=earliest");
  assert.deepEqual([beyond.status, beyond.body.code], [409, "TOO_MANY_READINGS"]);
  readers.pop()!.destroy();
  await ottla.kafka.until("there is room", async () => (await read()).statusCode === 200);
  for (const each of readers) each.destroy();
  agent.destroy();
});

test("a page of a list has five hundred rows at most", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  assert.equal((await ottla.get("/topics?pageSize=500")).status, 200);
  for (const beyond of ["501", "1e9", "-1", "0", "x", "9007199254740993"]) {
    const { status, body } = await ottla.get(`/topics?pageSize=${beyond}`);
    assert.deepEqual([status, body.code], [400, "BAD_REQUEST"], beyond);
  }
});

test("of a topic with more partitions than are drawn the first are there, and how many there are", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { wide: 2_001 } });
  const { body } = await ottla.get("/topics/wide");
  assert.deepEqual([body.topic.partitions, body.partitions.length], [2_001, 2_000]);
});

test("pages are only read", async () => {
  await using ottla = await ConsoleFixture.start();
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    assert.equal((await fetch(`${ottla.url}/topics`, { method })).status, 405, method);
});
