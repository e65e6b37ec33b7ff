import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DiskErrorCode } from "@ottla/base";
import type { DiskOperation } from "@ottla/base/simulated";
import { runsOf } from "@ottla/base/simulated";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { recordsIn } from "../testing/compaction-model.ts";
import { FROM_CLIENT, readAll, START_MS, TOPIC_ID } from "../testing/log-fixture.ts";
import { checkCompacted, expectedAfter, preparedLog } from "../testing/prepared-log.ts";

function keyed(keys: readonly string[], i: number): Buffer {
  const builder = new RecordBatchBuilder();
  for (const key of keys) builder.append(Buffer.from(key), Buffer.alloc(50, String(i)), [], START_MS);
  return builder.close();
}

const OPERATIONS: readonly DiskOperation[] = ["open", "read", "append", "truncate", "sync", "rename", "syncDirectory", "replaceFile"];
/** Not every read and, where it must be quick, not every other operation fails: those near it are of the same kind. */
const step = (operation: DiskOperation): number => (operation === "read" ? runsOf({ quick: 21, long: 7 }) : runsOf({ quick: 3, long: 1 }));
const WAITING = "a log could not be compacted and stays as it is; it is tried again";
const GIVEN_UP = "a log could not be compacted and stays as it is; it is left alone until the next start";

describe("a cleaning whose disk fails", () => {
  for (const code of ["DISK_FULL", "DISK_IO"] as const satisfies readonly DiskErrorCode[]) {
    it(`loses nothing, says so, and after the next start, or once there is room, is done (${code})`, async () => {
      let failures = 0;
      for (const operation of OPERATIONS) {
        for (let after = 0; after < 60; after += step(operation)) {
          const { fixture, records, activeBase } = await preparedLog(after + 1);
          await fixture.log.flush();
          const where = `${code} at ${operation} ${after}`;
          const before = fixture.disk.count(operation);
          const repair = fixture.disk.fail({ operation, code, after, times: 1 });
          await fixture.store.compact();
          const isPassed = fixture.disk.count(operation) - before <= after;
          repair();
          // In the middle of a swap only the next start can go on.
          if (fixture.log.refusal === undefined) {
            await checkCompacted(fixture.log, records, activeBase, where);
            assert.doesNotMatch(fixture.names().join(), /\.(cleaned|swap)/, `${where}: what was written for nothing is left`);
          }
          if (isPassed) {
            await fixture.store.close();
            break;
          }
          const { events } = fixture.logger;
          const isWaiting = events[0] === WAITING && fixture.log.refusal === undefined;
          // What can be made again may fail in silence: the log is compacted all the same.
          const isTold = isWaiting || events.includes(GIVEN_UP) || fixture.log.refusal !== undefined || events.length === 0;
          assert.ok(isTold, `${where}: ${events.join("; ")}`);
          // There may be room again: no next start is needed.
          if (code === "DISK_FULL" && fixture.log.refusal === undefined) assert.ok(!events.includes(GIVEN_UP), where);
          if (events.length > 0) failures++;
          if (isWaiting) {
            // A rest later it is tried again.
            fixture.clock.advance(20_000);
            await fixture.store.compact();
          } else {
            await fixture.store.close();
            await fixture.open();
            await checkCompacted(fixture.log, records, activeBase, `${where}, opened again`);
            await fixture.store.compact();
          }
          const left = recordsIn(await readAll(fixture.log)).map(({ offset }) => offset);
          const expected = expectedAfter(records, activeBase).map(({ offset }) => offset);
          assert.deepEqual(left, expected, where);
          assert.equal(fixture.append().baseOffset, fixture.log.logEndOffset - 1, where);
          await fixture.store.close();
        }
      }
      assert.ok(failures > runsOf({ quick: 7, long: 20 }), `${failures} failures`);
    });
  }

  it("costs its own log only", async () => {
    const { fixture } = await preparedLog(1);
    const other = fixture.store.createPartition("others", 0, TOPIC_ID, fixture.config);
    fixture.flip("00000000000000000000.log", 70);
    for (let i = 0; i < 40; i++) other.append(keyed([`key-${i % 3}`], i), { origin: "client", leaderEpoch: 1 });
    const bytes = other.sizeBytes;
    await fixture.store.compact();
    assert.deepEqual(fixture.logger.events, [GIVEN_UP]);
    assert.match(String(fixture.logger.details[0]?.fields["error"]), /00000000000000000000\.log.*checksum/);
    assert.ok(other.sizeBytes < bytes);
    await fixture.store.compact();
    assert.equal(fixture.logger.events.length, 1, "it is told once");
  });

  it("gives damage that came behind an earlier cleaning no new checksum", async () => {
    const { fixture } = await preparedLog(1);
    const { log } = fixture;
    const fill = (keys: readonly string[]): void => {
      for (let i = 0; i < 16; i++) log.append(keyed(i === 0 ? keys : ["filler"], i), FROM_CLIENT);
    };
    const content = (name: string): Buffer => fixture.disk.readFile(fixture.path(name));
    fill(["stays", "goes"]);
    await fixture.store.compact();
    const file = fixture.names().find((name) => name.endsWith(".log") && content(name).includes("stays"))!;
    assert.ok(content(file).includes("goes"));
    fixture.flip(file, content(file).indexOf("stays") + 20);
    fill(["goes"]);
    await fixture.store.compact();
    assert.deepEqual(fixture.logger.events, [GIVEN_UP]);
    assert.match(String(fixture.logger.details[0]?.fields["error"]), /checksum/);
  });
});
