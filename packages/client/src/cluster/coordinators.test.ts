import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { ClientError } from "../client-error.ts";
import { HOST, ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { resolveClientOptions } from "../options/resolve-client-options.ts";
import { Cluster } from "./cluster.ts";

/** A broker that leaves the first question for a coordinator without an answer. */
async function start() {
  const world = makeWorld();
  const broker = await ScriptedBroker.start(world.net);
  let questions = 0;
  broker.on(findCoordinatorApi, ({ coordinatorKeys: [key] }) => {
    if (++questions === 1) return SILENCE;
    return makeFindCoordinatorResponse({ coordinators: [makeCoordinator({ key: key!, nodeId: 1, host: HOST, port: broker.port })] });
  });
  const cluster = new Cluster(world, resolveClientOptions({ bootstrapServers: broker.bootstrap }));
  return { world, cluster, questions: () => questions };
}

describe("the search for a coordinator", () => {
  test("that two share goes on for one of them when the other, who asked, is closed", async () => {
    const { world, cluster, questions } = await start();
    const asker = cluster.openLane();
    const first = cluster.coordinators.find(asker, "group", "g");
    const second = cluster.coordinators.find(cluster.openLane(), "group", "g");
    const third = cluster.coordinators.find(cluster.openLane(), "group", "g");
    await world.until("the question", () => questions() === 1);
    const ended = assert.rejects(first, (error) => error instanceof ClientError && error.code === "CLIENT_CLOSED");
    asker.close();
    await ended;
    assert.equal((await world.settle(second)).nodeId, 1);
    assert.equal((await world.settle(third)).nodeId, 1);
    assert.equal(questions(), 2, "those who are left ask once, together");
  });
});
