import assert from "node:assert/strict";
import { it } from "node:test";
import { SimulatedDisk } from "@ottla/base/simulated";
import { LoudEvents, LogFixture, TOPIC_ID } from "../testing/log-fixture.ts";
import { CleanerCheckpoint } from "./cleaner-checkpoint.ts";

it("what is noted of a topic says nothing of a later one of its name", async () => {
  const { log, store, config } = await LogFixture.create();
  const disk = new SimulatedDisk();
  disk.makeDirectory("/notes");
  const checkpoint = new CleanerCheckpoint({ disk, logger: new LoudEvents() }, "/notes");
  await checkpoint.set(log, 5);
  assert.equal(checkpoint.of(log), 5);
  store.deletePartition("orders", 0);
  const later = store.createPartition(
    "orders",
    0,
    TOPIC_ID.replace(/^./, (first) => (first === "A" ? "B" : "A")),
    config,
  );
  assert.equal(checkpoint.of(later), undefined);
});
