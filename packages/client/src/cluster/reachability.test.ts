import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LogFields, Logger } from "@ottla/base";
import { makeFetchResponse, fetchApi } from "@ottla/protocol/apis/fetch";
import type { Reachability } from "./reachability.ts";
import { createClient } from "../client.ts";
import { ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";

/** Warnings and notes, in order. */
function listeningLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const note = (level: string) => (message: string, fields?: LogFields) => {
    const broker = fields?.["broker"];
    lines.push(`${level}: ${message}${typeof broker === "string" ? ` (${broker})` : ""}`);
  };
  return { lines, error: note("error"), warn: note("warn"), info: note("info"), debug() {} };
}

describe("a cluster that goes away and comes back", () => {
  test("is told of once each, however long and often it is tried", async () => {
    const world = makeWorld();
    const broker = await ScriptedBroker.start(world.net);
    broker.serveMetadata(() => ({ t: [1] }));
    broker.on(fetchApi, () => SILENCE);
    const logger = listeningLogger();
    const changes: Reachability[] = [];
    const client = createClient(
      { bootstrapServers: broker.bootstrap, onReachability: (change) => void changes.push(change) },
      { ...world, logger },
    );
    const consumer = client.consumer();
    consumer.assign([{ topic: "t", partition: 0 }]);
    consumer.seek({ topic: "t", partition: 0 }, 0);
    const polling = consumer.poll(200_000);
    await world.until("it fetches", () => broker.requestsOf(fetchApi).length === 1);
    assert.deepEqual([changes, logger.lines], [[], []]);
    await broker.goAway(world.net);
    await world.pass(60_000);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ["unreachable"],
    );
    assert.deepEqual(logger.lines, [
      `warn: a broker cannot be reached; trying again (${broker.bootstrap})`,
      "warn: no broker can be reached; trying again",
    ]);
    broker.on(fetchApi, () => makeFetchResponse());
    await broker.comeBack(world.net);
    await world.until("it fetches again", () => broker.requestsOf(fetchApi).length > 1);
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ["unreachable", "reachable"],
    );
    assert.ok(changes[1]!.kind === "reachable" && changes[1]!.afterMs >= 59_000);
    assert.deepEqual(logger.lines.slice(2), [
      `info: the broker is reached again (${broker.bootstrap})`,
      "info: the cluster is reached again",
    ]);
    await client.close({ timeoutMs: 0 });
    await polling.catch(() => {});
  });

  test("a listener that throws harms nobody", async () => {
    const world = makeWorld();
    const client = createClient(
      {
        bootstrapServers: "127.0.0.1:1",
        onReachability() {
          throw new Error("the listener");
        },
      },
      world,
    );
    await assert.rejects(world.settle(client.admin().describeCluster({ timeoutMs: 2000 })), { code: "CALL_TIMEOUT" });
    await client.close();
  });
});
