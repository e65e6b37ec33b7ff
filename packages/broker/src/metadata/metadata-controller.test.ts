import assert from "node:assert/strict";
import { test } from "node:test";
import { TestBroker } from "../testing/test-broker.ts";

const turn = (): Promise<void> => new Promise(setImmediate);

test("changes are decided one after another, each when the last one has been applied, also behind one that failed", async () => {
  await using broker = await TestBroker.start();
  const { controller, metadata } = broker.running.state;
  const events: string[] = [];
  const change = (name: string, fails = false): Promise<void> =>
    controller
      .change(async () => {
        events.push(`${name} sees ${metadata.nextProducerId}`);
        const { nextProducerId } = metadata;
        for (let i = 0; i < 3; i++) await turn();
        events.push(`${name} decided`);
        if (fails) throw new Error("this one is refused");
        return [{ kind: "producer-ids", nextProducerId: nextProducerId + 10 }];
      })
      .catch((error: unknown) => assert.equal(String(error), "Error: this one is refused"));
  await Promise.all([change("a"), change("b", true), change("c")]);
  assert.deepEqual(events, ["a sees 0", "a decided", "b sees 10", "b decided", "c sees 10", "c decided"]);
  assert.equal(metadata.nextProducerId, 20);
});
