import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { defaultLogConfig } from "../partition/log-config.ts";
import { KEPT_FREE_BYTES } from "../shared/space-guard.ts";
import { FROM_CLIENT, LoudEvents, makeBatch, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { LogStore } from "./log-store.ts";

const MIB = 1024 * 1024;

async function openStore(disk: SimulatedDisk, logger = new LoudEvents()): Promise<LogStore> {
  const clock = new SimulatedClock(START_MS);
  const store = LogStore.open({ disk, clock, random: new SeededRandom(1), logger }, "/data");
  await store.loadPartitions({ configOf: () => defaultLogConfig });
  return store;
}

describe("a disk that fills up", () => {
  it("is never filled to the last byte by records: room is left for what deletes them", async () => {
    const disk = new SimulatedDisk({ capacityBytes: 12 * MIB, tellsSpace: true });
    const store = await openStore(disk);
    const log = store.createPartition("orders", 0, TOPIC_ID, defaultLogConfig);
    let outcome = log.append(makeBatch({ recordBytes: MIB / 2 }), FROM_CLIENT);
    for (let i = 0; i < 30; i++) outcome = log.append(makeBatch({ recordBytes: MIB / 2 }), FROM_CLIENT);
    assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
    assert.ok(disk.space!("/data").usableBytes >= KEPT_FREE_BYTES, `${disk.space!("/data").usableBytes} bytes`);
    assert.ok(log.sizeBytes > 6 * MIB, "all else is for records");
    disk.replaceFile("/data/metadata.journal", Buffer.alloc(MIB));
    store.deletePartition("orders", 0);
    assert.throws(() => store.createPartition("orders", 1, TOPIC_ID, defaultLogConfig), { code: "DISK_FULL" });
    await assert.rejects(store.preparePartition("orders", 1, TOPIC_ID), { code: "DISK_FULL" });
    assert.ok(!disk.list("/data").includes("orders-1"), "nothing of it stays");
    disk.capacityBytes = 30 * MIB;
    const other = store.createPartition("orders", 1, TOPIC_ID, defaultLogConfig);
    assert.equal(other.append(makeBatch({ recordBytes: MIB / 2 }), FROM_CLIENT).kind, "appended", "as soon as there is room");
    await store.close();
  });

  it("by somebody else, to the last byte, leaves a start its reserve; the reserve is made again later", async () => {
    const disk = new SimulatedDisk({ capacityBytes: 100 * MIB, tellsSpace: true });
    const first = await openStore(disk);
    first.createPartition("orders", 0, TOPIC_ID, defaultLogConfig).append(makeBatch(), FROM_CLIENT);
    await first.close();
    const stranger = disk.open("/stranger");
    stranger.append([Buffer.alloc(disk.space!("/data").usableBytes)]);
    assert.equal(disk.space!("/data").usableBytes, 0);
    const logger = new LoudEvents();
    const second = await openStore(disk, logger);
    assert.equal(logger.events.length, 1, logger.events.join());
    assert.match(logger.events[0]!, /the reserve is given up/);
    assert.equal(second.get("orders", 0)?.logEndOffset, 1);
    assert.equal(second.get("orders", 0)!.append(makeBatch(), FROM_CLIENT).kind, "rejected", "records do not get the reserve");
    disk.open("/data/metadata.journal").append([Buffer.alloc(100_000)]);
    second.deletePartition("orders", 0);
    await second.close();
    disk.remove("/stranger");
    await (await openStore(disk)).close();
    assert.equal(disk.stat("/data/.reserve")?.sizeBytes, 256 * 1024);
  });
});
