import assert from "node:assert/strict";
import { it } from "node:test";
import type { Disk, DiskFile } from "@ottla/base";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { defaultLogConfig } from "../partition/log-config.ts";
import { FROM_CLIENT, LoudEvents, makeBatch, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { LogStore } from "./log-store.ts";

const BLOCKING = new Set(["replaceFile", "syncDirectory", "syncNow"]);

/** The disk, noting every call that would hold the loop until the disk is done. */
function noting<T extends Disk | DiskFile>(target: T, calls: string[]): T {
  return new Proxy(target, {
    get(_, name: string) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (BLOCKING.has(name)) calls.push(`${name} ${String(args[0])}`);
        const result: unknown = member.apply(target, args);
        return name === "open" || name === "openRead" ? noting(result as DiskFile, calls) : result;
      };
    },
  });
}

it("between start and stop nothing waits for the disk on the loop: not appends, checkpoints, rolls, retention, creation or deletion", async () => {
  const clock = new SimulatedClock(START_MS);
  const calls: string[] = [];
  const disk = noting(new SimulatedDisk({ clock, syncMs: 3 }), calls);
  const logger = new LoudEvents();
  const store = LogStore.open({ disk, clock, random: new SeededRandom(1), logger }, "/data");
  await store.loadPartitions({ configOf: () => defaultLogConfig });
  calls.length = 0;
  const config = { ...defaultLogConfig, flushMessages: 1, segmentBytes: 500, retentionMs: 1000 };
  const logs = [0, 1, 2].map((partition) => store.createPartition("orders", partition, TOPIC_ID, config));
  for (let i = 0; i < 20; i++) for (const log of logs) log.append(makeBatch({ value: `${i}` }), FROM_CLIENT);
  const durable = Promise.all(logs.map((log) => Promise.resolve(log.durable(19))));
  await clock.advanceAsync(100);
  await durable;
  const deleting = logs[0]!.deleteRecordsBefore(7);
  await clock.advanceAsync(20_000);
  await deleting;
  const retention = logs[1]!.deleteExpiredSegments(clock.nowMs());
  store.deletePartition("orders", 2);
  await clock.advanceAsync(400_000);
  assert.ok((await retention) > 0);
  assert.deepEqual(calls, []);
  const closing = store.close();
  await clock.advanceAsync(1000);
  await closing;
  assert.deepEqual(calls, ["replaceFile /data/.kafka_cleanshutdown"], "the mark of a clean stop, at the stop");
  assert.deepEqual(logger.events, []);
});

it("many partitions that are closed together share the syncs of their directory, and a fault of one is its own", async () => {
  const clock = new SimulatedClock(START_MS);
  const disk = new SimulatedDisk({ clock, syncMs: 3 });
  const logger = new LoudEvents();
  const store = LogStore.open({ disk, clock, random: new SeededRandom(1), logger }, "/data");
  await store.loadPartitions({ configOf: () => defaultLogConfig });
  for (let i = 0; i < 200; i++) store.createPartition("orders", i, TOPIC_ID, defaultLogConfig).append(makeBatch(), FROM_CLIENT);
  const before = disk.count("syncDirectory");
  disk.fail({ operation: "sync", path: "orders-7/" });
  const closing = store.close();
  await clock.advanceAsync(10_000);
  await closing;
  // One per partition, one of the directory above them all, one per checkpoint (twice: both files).
  assert.ok(disk.count("syncDirectory") - before <= 200 + 3, `${disk.count("syncDirectory") - before} syncs`);
  assert.deepEqual(
    logger.details.filter(({ message }) => message.startsWith("a partition could not be closed")).map(({ fields }) => fields["partition"]),
    [7],
  );
  const again = LogStore.open({ disk, clock, random: new SeededRandom(1), logger }, "/data");
  assert.equal(again.wasCleanlyClosed, false);
  const outcomes = await again.loadPartitions({ configOf: () => defaultLogConfig });
  assert.deepEqual(
    [...outcomes.values()].filter(({ kind }) => kind === "failed"),
    [],
  );
  for (let i = 0; i < 200; i++) assert.equal(again.get("orders", i)?.logEndOffset, 1);
  again.abandon();
});
