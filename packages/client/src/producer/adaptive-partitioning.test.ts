import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { initProducerIdApi, makeInitProducerIdResponse } from "@ottla/protocol/apis/init-producer-id";
import { produceApi } from "@ottla/protocol/apis/produce";
import { createClient } from "../client.ts";
import { answerAll, batchesOf } from "../testing/producer-stage.ts";
import { ScriptedBroker, SILENCE } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import type { ProducerOptions } from "./producer-types.ts";

const SLOW_MS = 200;
const FAST_MS = 2;

/** Two brokers, each leading one partition; the first one answers after `slowMs`. Gives the share of records that came to it. */
async function shareOfSlow(options: ProducerOptions, slowMs: number): Promise<number> {
  const world = makeWorld();
  const brokers = [await ScriptedBroker.start(world.net, 1), await ScriptedBroker.start(world.net, 2)];
  for (const [i, broker] of brokers.entries()) {
    broker.serveMetadata(() => ({ t: [1, 2] }), brokers);
    broker.on(initProducerIdApi, () => makeInitProducerIdResponse({ producerId: 77, producerEpoch: 0 }));
    const delayMs = i === 0 ? slowMs : FAST_MS;
    broker.on(produceApi, async (request) => {
      if (delayMs === Infinity) return SILENCE;
      await new Promise<void>((resolve) => world.clock.schedule(delayMs, resolve));
      return answerAll(request, {});
    });
  }
  const client = createClient({ bootstrapServers: brokers.map((broker) => broker.bootstrap) }, world);
  const producer = client.producer({ batchSizeBytes: 1000, lingerMs: 5, maxInFlightRequests: 1, ...options });
  // A record now and then, for a second.
  for (let i = 0; i < 250; i++) {
    void producer.enqueue({ topic: "t", value: "x".repeat(200) }, () => {});
    await world.pass(4);
  }
  const counts = brokers.map((broker) => batchesOf(broker.requestsOf(produceApi)).reduce((sum, { count }) => sum + count, 0));
  await world.settle(client.close({ timeoutMs: 0 }));
  return counts[0]! / (counts[0]! + counts[1]!);
}

describe("a slow broker", () => {
  test("gets fewer of the records without a key, unless partitioning is not to be adaptive", async () => {
    const adaptive = await shareOfSlow({}, SLOW_MS);
    const uniform = await shareOfSlow({ adaptivePartitioning: false, maxInFlightRequests: 5 }, FAST_MS);
    assert.ok(adaptive < 0.3, `${adaptive}`);
    assert.ok(Math.abs(uniform - 0.5) < 0.15, `${uniform}`);
  });

  test("that takes nothing at all is kept away from after partitionerAvailabilityTimeoutMs", async () => {
    const without = await shareOfSlow({ adaptivePartitioning: false }, Infinity);
    const share = await shareOfSlow({ adaptivePartitioning: false, partitionerAvailabilityTimeoutMs: 50 }, Infinity);
    assert.ok(share <= 0.05 && share <= without, `${share} beside ${without}`);
  });
});
