import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultyDisk, MemoryDisk } from "@ottla/base/simulated";
import { LoudEvents } from "../testing/log-fixture.ts";
import { SyncsUnderWay } from "./syncs-under-way.ts";

function begun(slots = 3) {
  const disk = new FaultyDisk(new MemoryDisk());
  disk.makeDirectory("/data");
  const logger = new LoudEvents();
  return {
    disk,
    logger,
    syncs: new SyncsUnderWay(disk, logger, "/data", slots),
    next: () => new SyncsUnderWay(disk, logger, "/data", slots),
  };
}

describe("the logs of which a sync is under way", () => {
  it("are found by the next process, and no others", () => {
    const { syncs, next } = begun();
    assert.deepEqual(next().left(), new Set());
    const long = "t".repeat(249);
    const slots = [`${long}-2147483647`, "orders-0", "orders-1"].map((name) => syncs.began(name));
    assert.deepEqual(next().left(), new Set([`${long}-2147483647`, "orders-0", "orders-1"]));
    syncs.ended(slots[1]!);
    syncs.ended(syncs.began("a-0"));
    syncs.began("b-0");
    assert.deepEqual(next().left(), new Set([`${long}-2147483647`, "orders-1", "b-0"]));
  });

  it("stand as they are once the process has let go of them, until they are cleared", () => {
    const { syncs, next } = begun();
    const slot = syncs.began("orders-0");
    syncs.close();
    syncs.ended(slot);
    syncs.began("orders-1");
    assert.deepEqual(next().left(), new Set(["orders-0"]));
    next().clear();
    assert.deepEqual(next().left(), new Set());
  });

  it("are not noted beyond the number of slots, nor where the disk refuses it, which is told once", () => {
    const { syncs, disk, logger } = begun(1);
    const takeBack = disk.fail({ operation: "write", code: "DISK_FULL", times: Infinity });
    syncs.ended(syncs.began("orders-0"));
    syncs.ended(syncs.began("orders-0"));
    assert.deepEqual(logger.events, ["the logs that are being synced cannot be noted"]);
    takeBack();
    const slot = syncs.began("orders-0");
    syncs.ended(syncs.began("orders-1"));
    assert.deepEqual(syncs.left(), new Set(["orders-0"]));
    syncs.ended(slot);
    assert.deepEqual(syncs.left(), new Set());
  });
});
