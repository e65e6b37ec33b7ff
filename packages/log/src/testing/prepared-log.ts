import assert from "node:assert/strict";
import { SeededRandom } from "@ottla/base/simulated";
import { encodeEndTransactionMarker, RecordBatchBuilder } from "@ottla/protocol/records";
import type { LogConfig } from "../partition/log-config.ts";
import type { PartitionLog } from "../partition/partition-log.ts";
import { lastPerKey, recordsIn, type SeenRecord } from "./compaction-model.ts";
import { FROM_CLIENT, LogFixture, readAll } from "./log-fixture.ts";

const CONFIG: Partial<LogConfig> = {
  compacts: true,
  deletes: false,
  segmentBytes: 700,
  minCleanableDirtyRatio: 0,
  fileDeleteDelayMs: 0,
  producerIdExpirationMs: 1e12,
};
const ABORTED = 1e6;

/** A log of some segments with keys again and again, an aborted transaction in the middle, and a producer that is known. Nothing of it is in memory. */
export async function preparedLog(
  seed: number,
  flushMessages = Infinity,
): Promise<{ fixture: LogFixture; records: SeenRecord[]; activeBase: number }> {
  const random = new SeededRandom(seed);
  const fixture = await LogFixture.create({ ...CONFIG, flushMessages }, { seed, limits: { tailCacheBytes: 0 } });
  const put = (key: string, value: string, producerId = -1): void => {
    const isTransactional = producerId >= ABORTED;
    const builder = new RecordBatchBuilder({ isTransactional });
    if (producerId >= 0) builder.setProducerState(producerId, 0, 0);
    builder.append(Buffer.from(key), Buffer.from(value), [], fixture.clock.nowMs());
    const options = isTransactional ? fixture.verified({ producerId, producerEpoch: 0, baseSequence: 0 }) : FROM_CLIENT;
    assert.equal(fixture.log.append(builder.close(), options).kind, "appended");
  };
  for (let i = 0; i < 28; i++) {
    put(`key-${random.nextInt(12)}`, `${i}.${"v".repeat(random.nextInt(40))}`, i === 3 ? 7 : -1);
    if (i !== 14) continue;
    put("key-1", "aborted", ABORTED);
    const place = { producerId: ABORTED, producerEpoch: 0, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: fixture.clock.nowMs() };
    fixture.log.append(encodeEndTransactionMarker({ outcome: "abort", coordinatorEpoch: 1 }, place), { origin: "marker", leaderEpoch: 1 });
  }
  await fixture.log.flush();
  const all = recordsIn(await readAll(fixture.log));
  const activeBase = fixture.log.segments.active.baseOffset;
  return { fixture, records: all, activeBase };
}

/** What must be left once cleaning has been done. */
export function expectedAfter(records: readonly SeenRecord[], activeBase: number): SeenRecord[] {
  return lastPerKey(
    records.filter(({ value }) => value !== "aborted"),
    activeBase,
  );
}

/** Nothing is lost that must not be, nothing is there that was never written, and what is hidden or known stays so. */
export async function checkCompacted(log: PartitionLog, records: readonly SeenRecord[], activeBase: number, where: string): Promise<void> {
  const found = recordsIn(await readAll(log));
  const byOffset = new Map(records.map((record) => [record.offset, record]));
  for (const record of found) assert.deepEqual(record, byOffset.get(record.offset), `${where}: offset ${record.offset} is another record`);
  const offsets = new Set(found.map(({ offset }) => offset));
  for (const { offset } of expectedAfter(records, activeBase)) assert.ok(offsets.has(offset), `${where}: offset ${offset} is gone`);
  // What an aborted transaction wrote, if it is there, is said to be aborted.
  for (const { offset, value } of found)
    if (value === "aborted")
      assert.equal(log.abortedTransactions(offset, offset + 1).length, 1, `${where}: offset ${offset} looks committed`);
  assert.ok(
    log.activeProducers().some(({ producerId, lastSequence }) => producerId === 7 && lastSequence === 0),
    `${where}: the producer is forgotten`,
  );
}
