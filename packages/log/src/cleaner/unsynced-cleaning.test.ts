import assert from "node:assert/strict";
import { it } from "node:test";
import type { Disk, DiskFile } from "@ottla/base";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { LogStore } from "../store/log-store.ts";
import { FROM_CLIENT } from "../testing/log-fixture.ts";
import { preparedLog } from "../testing/prepared-log.ts";

/** The disk, with syncs of `.log` files that wait for `gate`. */
function withHeldSyncs(disk: Disk, gate: Promise<void>): Disk {
  const instead = <T extends object>(target: T, own: Partial<T>): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(name in own ? own : target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const held = (file: DiskFile): DiskFile =>
    file.path.endsWith(".log") ? instead(file, { sync: () => gate.then(() => file.sync()) }) : file;
  return instead(disk, { open: (path) => held(disk.open(path)), openRead: (path) => held(disk.openRead(path)) });
}

it("takes nothing away while what supersedes it is not on the disk", async () => {
  const { fixture } = await preparedLog(1);
  await fixture.store.close();
  const gate = Promise.withResolvers<void>();
  const deps = { disk: withHeldSyncs(fixture.disk, gate.promise), clock: fixture.clock, random: fixture.random, logger: fixture.logger };
  const store = LogStore.open(deps, "/data", { ...fixture.options, cleaner: { backoffMs: 1e9 } });
  const opened = (await store.loadPartitions({ configOf: () => fixture.config })).get("orders-0");
  assert.ok(opened?.kind === "opened");
  const { log } = opened;
  for (let i = 0; i < 28; i++) {
    const builder = new RecordBatchBuilder();
    builder.append(Buffer.from(`key-${i % 12}`), Buffer.from(`later ${i}`), [], fixture.clock.nowMs());
    assert.equal(log.append(builder.close(), FROM_CLIENT).kind, "appended");
  }
  const before = log.sizeBytes;
  const compaction = store.compact();
  for (let turn = 0; turn < 300; turn++) await new Promise(setImmediate);
  assert.equal(log.sizeBytes, before);
  gate.resolve();
  await compaction;
  assert.ok(log.sizeBytes < before, `${log.sizeBytes} of ${before} bytes`);
  await store.close();
});
