import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { createClient } from "@ottla/client";
import { controlledBrokerPlans } from "./controlled-broker-part.ts";
import type { PartContext } from "./part.ts";

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A broker with a door, as `ottla dev --faults` runs them. */
async function scene(armed: readonly { where: string; spec: unknown }[] = [], brokers = 2) {
  const { broker, doors } = controlledBrokerPlans({ memory: true, brokers }, { port: 0, isPortAskedFor: false, armed });
  const context: PartContext = { host: "127.0.0.1", port: 0, addresses: {}, settings: {}, logger: silentLogger, out: { write: () => {} } };
  const started = [broker, ...doors].map(({ part }) => part.start(context));
  const stop = async (): Promise<void> => {
    for (const part of started.toReversed()) await part.stop();
  };
  try {
    const [bootstrap = "", door = ""] = (await Promise.all(started.map(({ ready }) => ready))).map(({ address }) => address ?? "");
    const ask = async (method: string, path: string, body?: unknown): Promise<Answered> => {
      const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const answer = await fetch(`${door}${path}`, { method, ...init });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
    };
    return { bootstrap, door, ask, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function send(bootstrap: string): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap, retryBackoffMs: 5 });
  await client.admin().createTopics([{ name: "t" }]);
  await client.producer().send({ topic: "t", value: "v" });
}

describe("the door of faults", () => {
  test("arms, lists with counts, waits for hits, releases and removes", async () => {
    await using it = await scene();
    const { ask, bootstrap } = it;
    assert.deepEqual(await ask("GET", "/faults"), { status: 200, body: { faults: [] } });
    const spec = { api: "Produce", topic: "t", reply: "NOT_LEADER_OR_FOLLOWER", times: 2 };
    assert.deepEqual(await ask("POST", "/faults", spec), { status: 201, body: { id: 1, spec, count: 0, waiting: 0, isSpent: false } });
    const hit = ask("GET", "/faults/1?hits=2");
    await send(bootstrap);
    const { status, body } = await hit;
    assert.deepEqual(
      [status, body["count"], body["isSpent"], (body["hits"] as { api: string }[]).map(({ api }) => api)],
      [200, 2, true, ["Produce", "Produce"]],
    );
    assert.deepEqual((await ask("GET", "/faults/1?hits=3&withinMs=5")).status, 408);
    assert.deepEqual((await ask("POST", "/faults", [{ api: "Fetch" }, { api: "Produce", hold: true }])).status, 201);
    const held = send(bootstrap);
    assert.equal((await ask("GET", "/faults/3?hits=1")).body["waiting"], 1);
    assert.equal((await ask("POST", "/faults/3/release")).status, 200);
    await held;
    assert.deepEqual((await ask("DELETE", "/faults/1")).status, 204);
    assert.deepEqual([(await ask("GET", "/faults/1")).status, (await ask("DELETE", "/faults/1")).status], [404, 404]);
    assert.deepEqual((await ask("DELETE", "/faults")).status, 204);
    assert.deepEqual(await ask("GET", "/faults"), { status: 200, body: { faults: [] } });
  });

  test("refuses nonsense with the name that was meant, and arms all of a list or none", async () => {
    await using it = await scene();
    const { ask } = it;
    const said = async (method: string, path: string, body?: unknown) => {
      const answer = await ask(method, path, body);
      return [answer.status, answer.body["error"], String(answer.body["message"])] as const;
    };
    for (const [asked, status, error, message] of [
      [["POST", "/faults", { api: "Prodce" }], 400, "INVALID_FAULT", /Produce was perhaps meant/],
      [["POST", "/faults", [{ api: "Fetch" }, { reply: "X" }]], 400, "INVALID_FAULT", /"reply"/],
      [["POST", "/faults", { api: "Fetch", when: "x" }], 400, "INVALID_FAULT", /no "when"/],
      [["POST", "/faults"], 400, "INVALID_FAULT", /is an object/],
      [["PUT", "/faults", {}], 405, "METHOD_NOT_ALLOWED", /GET, POST, DELETE/],
      [["GET", "/fault"], 404, "NOT_FOUND", /there are \/faults/],
      [["GET", "/faults/1/2/3"], 404, "NOT_FOUND", /nothing/],
      [["POST", "/actions", { do: "takeDwon", node: 2 }], 400, "INVALID_ACTION", /"takeDown" was perhaps meant/],
      [["POST", "/actions", { do: "takeDown" }], 400, "INVALID_ACTION", /takeDown needs "node", a whole number/],
      [["POST", "/actions", { do: "takeDown", node: "2" }], 400, "INVALID_ACTION", /"node" of takeDown is "2"/],
      [["POST", "/actions", { do: "takeDown", node: 2, now: true }], 400, "INVALID_ACTION", /no field of takeDown "now"/],
      [["POST", "/actions", { do: "takeDown", node: 7 }], 404, "NO_SUCH_BROKER", /there are 1, 2/],
      [["POST", "/faults", { api: "Fetch", node: 7 }], 404, "NO_SUCH_BROKER", /there are 1, 2/],
      [["POST", "/actions", []], 400, "INVALID_ACTION", /is an object/],
      [["GET", "/actions"], 405, "METHOD_NOT_ALLOWED", /POST/],
      [["POST", "/actions", { do: "reset", name: "x" }], 404, "NO_SUCH_SNAPSHOT", /there are start/],
    ] as const) {
      const [gotStatus, gotError, gotMessage] = await said(...(asked as [string, string, unknown]));
      assert.deepEqual([gotStatus, gotError], [status, error], JSON.stringify(asked));
      assert.match(gotMessage, message);
    }
    assert.deepEqual((await ask("GET", "/faults")).body, { faults: [] });
  });

  test("does to the broker what it is told", async () => {
    await using it = await scene();
    const { ask, bootstrap } = it;
    await send(bootstrap);
    await using client = createClient({ bootstrapServers: bootstrap, retryBackoffMs: 5 });
    const admin = client.admin();
    const leader = async () => (await admin.describeTopics(["t"]))[0]?.value?.partitions[0]?.leader;
    for (const node of [1, 2]) {
      assert.deepEqual(await ask("POST", "/actions", { do: "moveLeader", topic: "t", node }), { status: 200, body: {} });
      assert.equal(await leader(), node);
    }
    for (const action of [
      { do: "moveGroupCoordinator", group: "g", node: 1 },
      { do: "snapshot", name: "s" },
      { do: "takeDown", node: 1 },
    ]) {
      assert.equal((await ask("POST", "/actions", action)).status, 200, action.do);
    }
    assert.deepEqual(
      (await admin.describeCluster()).nodes.map(({ nodeId }) => nodeId),
      [2],
    );
    assert.equal((await ask("POST", "/actions", { do: "moveLeader", topic: "t", node: 1 })).status, 409);
    for (const action of [
      { do: "bringUp", node: 1 },
      { do: "dropConnections", node: 2 },
      { do: "expireFetchSessions" },
      { do: "freezeClock" },
      { do: "advanceClock", ms: 1000 },
      { do: "jumpClock", ms: -5 },
      { do: "resumeClock" },
      { do: "fillDisk" },
      { do: "freeDisk" },
      { do: "reset", name: "s" },
    ]) {
      assert.equal((await ask("POST", "/actions", action)).status, 200, action.do);
    }
    assert.equal(await leader(), 2);
  });

  test("has armed what a file said before anybody came, and names the place of what makes no sense", async () => {
    await using it = await scene([{ where: "f.yaml, fault 1", spec: { api: "Metadata", reply: "LEADER_NOT_AVAILABLE" } }]);
    assert.equal(((await it.ask("GET", "/faults")).body["faults"] as unknown[]).length, 1);
    await assert.rejects(
      scene([{ where: "f.yaml, fault 2", spec: { api: "Metdata" } }]),
      /^OttlaError: f\.yaml, fault 2: .*Metadata was perhaps meant/,
    );
  });

  test("is closed to pages, to other names that point here, and to what is no JSON or too long", async () => {
    await using it = await scene();
    const raw = async (headers: Record<string, string>, body: string): Promise<number | undefined> => {
      const request = httpRequest(`${it.door}/faults`, { method: "POST", headers });
      request.on("error", () => {});
      request.end(body);
      const [response] = await once(request, "response");
      (response as { resume(): void }).resume();
      return (response as { statusCode?: number }).statusCode;
    };
    const json = { "content-type": "application/json" };
    const fault = '{"api":"Fetch"}';
    assert.equal(await raw(json, fault), 201);
    assert.equal(await raw({ ...json, host: "localhost:1" }, fault), 201);
    assert.equal(await raw({ ...json, host: "rebound.example.com" }, fault), 403);
    assert.equal(await raw({ ...json, host: "127.0.0.1.example.com" }, fault), 403);
    assert.equal(await raw({ ...json, origin: "http://127.0.0.1" }, fault), 403);
    assert.equal(await raw({ ...json, "sec-fetch-site": "same-origin" }, fault), 403);
    assert.equal(await raw({ "content-type": "text/plain" }, fault), 415);
    assert.equal(await raw({ "content-type": "application/jsonx" }, fault), 415);
    assert.equal(await raw(json, "{"), 400);
    assert.equal(await raw(json, `"${"x".repeat(1024 * 1024)}"`), 413);
    assert.equal(((await it.ask("GET", "/faults")).body["faults"] as unknown[]).length, 2);
  });

  test("lets go of who waits when it closes", async () => {
    const it = await scene([{ where: "here", spec: { api: "Fetch" } }]);
    const waiting = it.ask("GET", "/faults/1?hits=1&withinMs=60000");
    await it.ask("GET", "/faults");
    const ended = waiting.then(
      ({ status }) => status,
      () => "closed",
    );
    await it[Symbol.asyncDispose]();
    assert.notEqual(await ended, 200);
  });
});
