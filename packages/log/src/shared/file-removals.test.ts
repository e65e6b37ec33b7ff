import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { defaultLogConfig } from "../partition/log-config.ts";
import { LogStore } from "../store/log-store.ts";
import { FROM_CLIENT, LoudEvents, makeBatch, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { FileRemovals } from "./file-removals.ts";

/** A disk that notes what is removed, and how. */
function removing() {
  const removed: string[] = [];
  const disk = Object.assign(new SimulatedDisk(), {
    removeInBackground: async (path: string, options?: { readonly inSteps: boolean }) =>
      void removed.push(`${path}${options?.inSteps ? " in steps" : ""}`),
  });
  return { disk, removed };
}

test("a file is taken away bit by bit only where it is known that nobody reads it when its time has come", async () => {
  const clock = new SimulatedClock(0);
  const { disk, removed } = removing();
  const removals = new FileRemovals({ disk, clock, logger: new LoudEvents() });
  let isRead = true;
  removals.later("/unknown", 10);
  removals.later("/read", 10, () => true);
  removals.later("/read before", 10, () => isRead);
  isRead = false;
  removals.later("/later", 20, () => false);
  await clock.advanceAsync(10);
  assert.deepEqual(removed, ["/unknown", "/read", "/read before in steps"]);
  removals.stop();
  await clock.advanceAsync(10);
  assert.equal(removed.length, 3);
});

test("a thread of its own takes away what nobody reads, where there is one that can", async () => {
  const clock = new SimulatedClock(0);
  const { disk, removed } = removing();
  const removals = new FileRemovals({ disk, clock, logger: new LoudEvents() });
  removals.aside = (path) => {
    if (path === "/nobody there") return undefined;
    if (path === "/thread ends") return Promise.reject(new Error("ended"));
    removed.push(`${path} aside`);
    return Promise.resolve();
  };
  removals.later("/unread", 10, () => false);
  removals.later("/read", 10, () => true);
  removals.later("/nobody there", 10, () => false);
  removals.later("/thread ends", 10, () => false);
  await clock.advanceAsync(10);
  assert.deepEqual(removed, ["/unread aside", "/read", "/nobody there in steps", "/thread ends in steps"]);
});

test("the log of a segment that was let go is cut unless somebody still reads it", async () => {
  const clock = new SimulatedClock(START_MS);
  const { disk, removed } = removing();
  const store = LogStore.open({ disk, clock, random: new SeededRandom(1), logger: new LoudEvents() }, "/data");
  const config = { ...defaultLogConfig, segmentBytes: makeBatch().length, fileDeleteDelayMs: 1000 };
  await store.loadPartitions({ configOf: () => config });
  const log = store.createPartition("orders", 0, TOPIC_ID, config);
  for (let i = 0; i < 4; i++) log.append(makeBatch(), FROM_CLIENT);
  const { file } = log.segments.first;
  file.pin();
  await log.deleteRecordsBefore(2);
  await clock.advanceAsync(1000);
  const logs = removed.filter((path) => path.includes(".log"));
  assert.deepEqual(logs, ["/data/orders-0/00000000000000000000.log.deleted", "/data/orders-0/00000000000000000001.log.deleted in steps"]);
  file.unpin();
  await store.close();
});
