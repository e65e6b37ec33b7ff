import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { LogStore } from "../store/log-store.ts";
import { recordsIn } from "../testing/compaction-model.ts";
import { DyingDisk } from "../testing/dying-disk.ts";
import { readAll } from "../testing/log-fixture.ts";
import { checkCompacted, expectedAfter, preparedLog } from "../testing/prepared-log.ts";

/** After every change; quickly after every other one, where a process is killed the even ones, where the power fails the odd ones. */
const STEP = runsOf({ quick: 2, long: 1 });

describe("a cleaning that ends with the process", () => {
  for (const mode of ["process", "power"] as const) {
    it(`leaves a whole log at every step (${mode})`, async () => {
      let steps = 0;
      let seed = 0;
      for (let changesMax = mode === "power" ? STEP - 1 : 0; ; changesMax += STEP) {
        seed++;
        const { fixture, records, activeBase } = await preparedLog(seed, mode === "power" ? 1 : Infinity);
        await fixture.log.flush();
        await fixture.store.close();
        const dying = new DyingDisk(fixture.disk);
        const deps = { disk: dying.disk, clock: fixture.clock, random: fixture.random, logger: fixture.logger };
        const options = { ...fixture.options, cleaner: { backoffMs: 1e9, ioBufferBytes: 400 } };
        const store = LogStore.open(deps, "/data", options);
        await store.loadPartitions({ configOf: () => fixture.config });
        dying.dieAfter(changesMax);
        await store.compact();
        const isDone = !dying.isDead;
        store.abandon();
        fixture.disk.crash(mode === "process" ? { mode } : { mode, random: fixture.random });
        const where = `${mode}, seed ${seed}, after ${changesMax} changes`;
        let log = await fixture.open();
        await checkCompacted(log, records, activeBase, where);
        assert.deepEqual(
          fixture.names().filter((name) => /swap|cleaned|deleted/.test(name)),
          [],
          where,
        );
        // And it can be cleaned to the end, and written to.
        await fixture.store.compact();
        await checkCompacted(log, records, activeBase, `${where}, cleaned again`);
        assert.deepEqual(
          recordsIn(await readAll(log)).map(({ offset }) => offset),
          expectedAfter(records, activeBase).map(({ offset }) => offset),
          where,
        );
        const end = log.logEndOffset;
        assert.equal(fixture.append().baseOffset, end, where);
        log = await fixture.reopen();
        assert.equal(log.logEndOffset, end + 1, where);
        await fixture.store.close();
        if (isDone) break;
        steps++;
      }
      assert.ok(steps * STEP > 25, `${steps} steps`);
    });
  }
});
