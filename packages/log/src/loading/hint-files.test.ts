import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { FROM_CLIENT, LogFixture, makeBatch, readAll, START_MS } from "../testing/log-fixture.ts";

const COLD = { limits: { tailCacheBytes: 0 } };
const SUFFIXES = [".index", ".timeindex", ".snapshot", "leader-epoch-checkpoint"] as const;

type Harm = "removed" | "emptied" | "garbled" | "cut" | "replaced by an older one";
const HARMS: readonly Harm[] = ["removed", "emptied", "garbled", "cut", "replaced by an older one"];

/** Some segments by two idempotent producers, in two epochs. */
function fill(fixture: LogFixture, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const batch = makeBatch({
      records: 2,
      recordBytes: 40,
      value: `v${i}`,
      timestampMs: START_MS + i * 100,
      stepMs: 10,
      producerId: 7 + (i % 2),
      baseSequence: Math.floor(i / 2) * 2,
    });
    assert.equal(fixture.log.append(batch, { origin: "client", leaderEpoch: i < 20 ? 1 : 2 }).kind, "appended");
  }
}

function harm(fixture: LogFixture, name: string, how: Harm, older: ReadonlyMap<string, Buffer>): void {
  const content = fixture.disk.readFile(fixture.path(name));
  if (how === "removed") fixture.disk.remove(fixture.path(name));
  else if (how === "emptied") fixture.overwrite(name, Buffer.alloc(0));
  else if (how === "garbled") fixture.overwrite(name, Buffer.from(content.map((byte, i) => byte ^ (i * 37 + 11))));
  else if (how === "cut") fixture.overwrite(name, content.subarray(0, content.length - Math.min(5, content.length)));
  else fixture.overwrite(name, older.get(name) ?? content.subarray(0, content.length >> 1));
}

for (const stop of ["a clean stop", "a kill"] as const) {
  for (const how of HARMS) {
    for (const suffix of SUFFIXES) {
      it(`after ${stop}, ${suffix} files that are ${how} change nothing that is seen`, async () => {
        const fixture = await LogFixture.create({ segmentBytes: 1500, indexIntervalBytes: 100 }, COLD);
        fill(fixture, 0, 18);
        const older = new Map(fixture.names().map((name) => [name, fixture.disk.readFile(fixture.path(name))]));
        fill(fixture, 18, 40);
        const expected = { end: fixture.log.logEndOffset, content: await readAll(fixture.log), epoch1: fixture.log.endOffsetForEpoch(1) };
        if (stop === "a clean stop") await fixture.store.close();
        else fixture.kill();
        for (const name of fixture.names(suffix)) harm(fixture, name, how, older);
        const log = await fixture.open();
        assert.equal(log.logEndOffset, expected.end);
        assert.ok((await readAll(log)).equals(expected.content));
        assert.deepEqual(log.endOffsetForEpoch(1), expected.epoch1);
        for (const i of [0, 5, 19, 33, 39]) {
          assert.deepEqual(await log.offsetForTimestamp(START_MS + i * 100 + 10), {
            offset: i * 2 + 1,
            timestampMs: START_MS + i * 100 + 10,
            leaderEpoch: i < 20 ? 1 : 2,
          });
          const one = await log.read(i * 2, 1, { minOneBatch: true });
          assert.equal(one.kind === "records" && one.nextOffset, i * 2 + 2);
        }
        // The last batch again is a repeat; one that skips a sequence number is refused: both are known after the replay.
        const repeat = log.append(makeBatch({ records: 2, producerId: 8, baseSequence: 38 }), FROM_CLIENT);
        assert.deepEqual(repeat.kind === "duplicate" && repeat.baseOffset, 78);
        const gap = log.append(makeBatch({ records: 2, producerId: 8, baseSequence: 42 }), FROM_CLIENT);
        assert.equal(gap.kind === "rejected" && gap.errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assert.equal(((await log.offsetOfMaxTimestamp()) as { offset: number }).offset, 79);
      });
    }
  }
}

describe("checkpoints of the data directory", () => {
  it("may be lost or damaged: more is checked at the next start, nothing is lost", async () => {
    for (const name of ["recovery-point-offset-checkpoint", "log-start-offset-checkpoint"]) {
      for (const content of [undefined, "", "0\n7\norders 0 3\n", "garbage", "9\n1\norders 0 3\n"]) {
        const fixture = await LogFixture.create({ segmentBytes: 1500 }, COLD);
        fill(fixture, 0, 40);
        const expected = await readAll(fixture.log);
        await fixture.clock.advanceAsync(20_000);
        fixture.kill();
        fixture.disk.remove(`/data/${name}`);
        if (content !== undefined) fixture.disk.replaceFile(`/data/${name}`, Buffer.from(content));
        assert.ok((await readAll(await fixture.open())).equals(expected), `${name}: ${content}`);
      }
    }
  });
});
