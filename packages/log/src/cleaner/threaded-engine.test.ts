import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OttlaError } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { defaultLogConfig, type LogConfig } from "../partition/log-config.ts";
import type { PartitionLog } from "../partition/partition-log.ts";
import { LogStore } from "../store/log-store.ts";
import { lastPerKey, recordsIn } from "../testing/compaction-model.ts";
import { LoudEvents, readAll, TOPIC_ID } from "../testing/log-fixture.ts";
import { type RunningCleaning, SameThreadEngine } from "./cleaner-engine.ts";
import { ThreadedEngine } from "./threaded-engine.ts";

const config: LogConfig = { ...defaultLogConfig, compacts: true, deletes: false, segmentBytes: 20_000, minCleanableDirtyRatio: 0 };

class ThreadedStore {
  readonly directory: string = mkdtempSync(join(tmpdir(), "ottla-cleaner-"));
  readonly logger = new LoudEvents();
  engine!: ThreadedEngine;
  store!: LogStore;
  log!: PartitionLog;

  static async create(ioMaxBytesPerSecond = Infinity): Promise<ThreadedStore> {
    const made = new ThreadedStore();
    const deps = { disk: nodeDisk, clock: systemClock, random: systemRandom, logger: made.logger };
    const cleanerEngine = (made.engine = new ThreadedEngine({ ...deps, fallback: new SameThreadEngine(deps) }));
    made.store = LogStore.open(deps, made.directory, { cleanerEngine, cleaner: { backoffMs: 1e9, ioBytesPerSecond: ioMaxBytesPerSecond } });
    await made.store.loadPartitions({ configOf: () => config });
    made.log = made.store.createPartition("orders", 0, TOPIC_ID, config);
    return made;
  }

  fill(): void {
    for (let i = 0; i < 400; i++) {
      const builder = new RecordBatchBuilder();
      for (let k = 0; k < 5; k++) builder.append(Buffer.from(`key-${(i * 7 + k) % 50}`), Buffer.alloc(60, `${i}.${k} `), [], 1000 + i);
      assert.equal(this.log.append(builder.close(i % 3 === 0 ? "lz4" : "none"), { origin: "client", leaderEpoch: 1 }).kind, "appended");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

describe("a cleaner on a thread of its own", () => {
  it("leaves the last record of each key, round after round", async () => {
    await using cleaned = await ThreadedStore.create();
    for (let round = 0; round < 2; round++) {
      cleaned.fill();
      const before = recordsIn(await readAll(cleaned.log));
      const activeBase = cleaned.log.segments.active.baseOffset;
      await cleaned.store.compact();
      assert.deepEqual(recordsIn(await readAll(cleaned.log)), lastPerKey(before, activeBase));
    }
    assert.deepEqual(cleaned.logger.events, []);
  });

  it("removes files beside its work, and tells where it cannot", async () => {
    await using cleaned = await ThreadedStore.create();
    const path = join(cleaned.directory, "large");
    assert.equal(cleaned.engine.removeFile(path), undefined, "there is no thread yet");
    cleaned.fill();
    const compacted = cleaned.store.compact();
    while (cleaned.store.compacting.length === 0) await sleep(1);
    writeFileSync(path, Buffer.alloc(5_000_000));
    mkdirSync(`${path}.directory`);
    const removed = cleaned.engine.removeFile(path);
    assert.ok(removed !== undefined);
    await removed;
    assert.equal(existsSync(path), false);
    await cleaned.engine.removeFile(path);
    await assert.rejects(cleaned.engine.removeFile(`${path}.directory`)!, { path: `${path}.directory` });
    await compacted;
    const last = cleaned.engine.removeFile(path);
    await cleaned.engine.close();
    await last?.catch((error: unknown) => assert.ok(error instanceof Error));
    assert.equal(cleaned.engine.removeFile(path), undefined, "it was closed");
  });

  it("leaves nothing half-written behind where its thread ends", async () => {
    await using cleaned = await ThreadedStore.create();
    const { engine } = cleaned;
    const begin = engine.begin.bind(engine);
    engine.begin = async (job) => {
      const running = await begin(job);
      const rewrite: RunningCleaning["rewrite"] = async (group, endOffset) => {
        await running.rewrite(group, endOffset);
        throw new OttlaError("CLEANER_FAILED", "The thread has ended.");
      };
      return { ...running, rewrite };
    };
    cleaned.fill();
    await cleaned.store.compact();
    assert.deepEqual(cleaned.logger.events, ["a log could not be compacted and stays as it is; it is left alone until the next start"]);
    assert.deepEqual(
      readdirSync(cleaned.log.directory).filter((name) => /cleaned|swap/.test(name)),
      [],
    );
  });

  it("is stopped in the middle by a change of policy, a deletion or a close, and nothing has changed", async () => {
    await using cleaned = await ThreadedStore.create(2000);
    for (const how of ["policy", "deletion", "close"] as const) {
      if (how === "close") cleaned.log = cleaned.store.createPartition("orders", 1, TOPIC_ID, config);
      cleaned.log.updateConfig(config);
      cleaned.fill();
      const bytes = cleaned.log.sizeBytes;
      const compacted = cleaned.store.compact();
      // At this rate it lasts for minutes.
      while (cleaned.store.compacting.length === 0) await sleep(1);
      if (how === "policy") cleaned.log.updateConfig({ ...config, compacts: false });
      else if (how === "deletion") cleaned.store.deletePartition("orders", 0);
      else await cleaned.store.close();
      await compacted;
      assert.equal(cleaned.log.sizeBytes, bytes);
      assert.deepEqual(cleaned.logger.events, [], how);
    }
  });
});
