import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LogFixture, TOPIC_ID } from "../testing/log-fixture.ts";

const NOTES = /^durable-offset-notes\.\d+$/;
const CHECKPOINT = "recovery-point-offset-checkpoint";

const notesOf = ({ disk }: LogFixture): string[] => disk.list("/data").filter((name) => NOTES.test(name));

/** Each record is on the disk before the next. */
async function appendDurably(fixture: LogFixture, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await fixture.log.durable(fixture.append().lastOffset);
}

function emptyLogs(fixture: LogFixture): void {
  for (const name of fixture.names(".log")) fixture.overwrite(name, Buffer.alloc(0));
}

/** Gives checkpoints that are under way, on the simulated disk, time to end. */
const settle = (fixture: LogFixture): Promise<void> => fixture.clock.advanceAsync(1);

describe("what is durable is noted before anybody is told", () => {
  it("with flush.messages=1, from the first record after the first start on", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    await appendDurably(fixture, 3);
    fixture.kill();
    emptyLogs(fixture);
    assert.equal((await fixture.open()).logEndOffset, 3);
    assert.deepEqual(fixture.logger.details.at(-1)?.fields["lastLostOffset"], 2);
  });

  it("over several kills, none of which lives to a checkpoint", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    for (let round = 1; round <= 4; round++) {
      fixture.disk.fail({ operation: "replaceFile", path: CHECKPOINT });
      await appendDurably(fixture, 2);
      await settle(fixture);
      fixture.kill();
      emptyLogs(fixture);
      assert.equal((await fixture.open()).logEndOffset, 2 * round);
    }
  });

  it("and a start that finds notes writes them into the checkpoint at once, which takes their place", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    await appendDurably(fixture, 3);
    assert.equal(notesOf(fixture).length, 1);
    fixture.kill();
    await fixture.open();
    await settle(fixture);
    assert.match(fixture.disk.readFile(`/data/${CHECKPOINT}`).toString(), new RegExp(`^orders 0 3 ${TOPIC_ID}$`, "m"));
    assert.deepEqual(notesOf(fixture), []);
  });

  it("and what recovery itself has synced is written down at once, too", async () => {
    const fixture = await LogFixture.create({ flushMessages: Infinity });
    for (let i = 0; i < 5; i++) fixture.append();
    fixture.kill();
    fixture.config = { ...fixture.config, flushMessages: 1 };
    assert.equal((await fixture.open()).recoveryPoint, 5);
    await settle(fixture);
    fixture.kill();
    emptyLogs(fixture);
    assert.equal((await fixture.open()).logEndOffset, 5);
  });

  it("while a checkpoint is written, and when several fail", async () => {
    for (const fails of [false, true]) {
      const fixture = await LogFixture.create({ flushMessages: 1 });
      await appendDurably(fixture, 3);
      if (fails) fixture.disk.fail({ operation: "replaceFile", path: CHECKPOINT, times: 2 });
      if (fails) await fixture.clock.advanceAsync(10_000);
      fixture.clock.advance(10_000);
      await appendDurably(fixture, 2);
      await settle(fixture);
      assert.equal(notesOf(fixture).length, fails ? 2 : 1);
      fixture.kill();
      emptyLogs(fixture);
      assert.equal((await fixture.open()).logEndOffset, 5, fails ? "failed" : "written");
    }
  });
});

describe("notes", () => {
  it("that are cut or damaged count as none, those beside them count", async () => {
    for (const harm of ["cut", "flipped"]) {
      const fixture = await LogFixture.create({ flushMessages: 1 });
      await appendDurably(fixture, 12);
      fixture.kill();
      const path = `/data/${notesOf(fixture)[0]!}`;
      const content = fixture.disk.readFile(path);
      const digit = content.lastIndexOf(" 12 ") + 2;
      if (harm === "flipped") content[digit]!++;
      const file = fixture.disk.open(path);
      file.truncate(0);
      file.append([harm === "cut" ? content.subarray(0, digit) : content]);
      file.close();
      emptyLogs(fixture);
      assert.equal((await fixture.open()).logEndOffset, 11, harm);
    }
  });

  it("that the disk refuses hold up nobody, and begin anew after the next checkpoint", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    fixture.disk.fail({ operation: "append", path: "durable-offset-notes.0", code: "DISK_FULL", partialBytes: 9 });
    await appendDurably(fixture, 2);
    await fixture.clock.advanceAsync(10_000);
    await appendDurably(fixture, 2);
    fixture.kill();
    emptyLogs(fixture);
    assert.equal((await fixture.open()).logEndOffset, 4);
  });

  it("are of one topic: made again under the same name it begins at 0", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    await appendDurably(fixture, 3);
    fixture.store.deletePartition("orders", 0);
    const other = "BBBBBBBBBBBBBBBBBBBBBA";
    fixture.log = fixture.store.createPartition("orders", 0, other, fixture.config);
    await appendDurably(fixture, 1);
    fixture.kill();
    emptyLogs(fixture);
    assert.equal((await fixture.open()).logEndOffset, 1);
  });

  it("are bounded: a file of some size takes no more until a checkpoint", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    const big = fixture.disk.open("/data/durable-offset-notes.0");
    big.append([Buffer.alloc(4 * 1024 * 1024)]);
    big.close();
    await appendDurably(fixture, 5);
    assert.ok(fixture.disk.stat("/data/durable-offset-notes.0")!.sizeBytes < 4 * 1024 * 1024 + 200);
  });

  it("are gone after a clean stop", async () => {
    const fixture = await LogFixture.create({ flushMessages: 1 });
    await appendDurably(fixture, 3);
    await fixture.store.close();
    assert.deepEqual(notesOf(fixture), []);
  });
});
