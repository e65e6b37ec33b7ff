import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprint, LogFixture, readAll } from "../testing/log-fixture.ts";
import type { PartitionLog } from "./partition-log.ts";
import type { ReadOutcome } from "./log-outcomes.ts";

const READ_BYTES = 128 * 1024;
/** About an eighth of a read. */
const RECORD_BYTES = 16 * 1024;

type Records = Extract<ReadOutcome, { kind: "records" }>;

/** A partition of `count` batches that are on the disk alone. */
async function onDisk(count: number, config = {}): Promise<LogFixture> {
  const fixture = await LogFixture.create(config);
  for (let i = 0; i < count; i++) fixture.append({ recordBytes: RECORD_BYTES, value: `${i}-` });
  await fixture.reopen();
  return fixture;
}

function read(log: PartitionLog, offset: number, maxBytes = READ_BYTES): ReadOutcome | Promise<ReadOutcome> {
  return log.read(offset, maxBytes, { minOneBatch: true });
}

async function taken(log: PartitionLog, offset: number, maxBytes = READ_BYTES): Promise<Records> {
  const outcome = await read(log, offset, maxBytes);
  if (outcome.kind !== "records") throw new Error(`The read at ${offset} was answered ${outcome.errorCode}.`);
  outcome.release?.();
  outcome.readOn?.();
  return outcome;
}

/** Reading ahead has come to its end. */
const done = (): Promise<void> => new Promise(setImmediate);

describe("reading ahead", () => {
  it("has the next records at hand for who reads on, and gives the same bytes", async () => {
    const fixture = await onDisk(40);
    const expected = await readAll(fixture.log, 0, 1 << 20);
    const parts: Buffer[] = [];
    let atOnce = 0;
    for (let offset = 0; offset < 40; ) {
      const outcome = read(fixture.log, offset);
      if (!(outcome instanceof Promise)) atOnce++;
      const records = (await outcome) as Records;
      parts.push(...records.records.map((bytes) => Buffer.from(bytes)));
      records.release?.();
      records.readOn?.();
      offset = records.nextOffset;
      await done();
    }
    assert.equal(fingerprint(Buffer.concat(parts)), fingerprint(expected));
    assert.equal(atOnce, parts.length - 1, "all but the first");
  });

  it("begins only when who took the records before says so, so that who takes nothing has nothing read", async () => {
    const fixture = await onDisk(40);
    const reads = fixture.disk.count("read");
    const first = (await read(fixture.log, 0)) as Records;
    await done();
    assert.equal(fixture.disk.count("read"), reads + 1);
    first.release?.();
    await done();
    assert.equal(fixture.disk.count("read"), reads + 1);
    first.readOn?.();
    await done();
    assert.equal(fixture.disk.count("read"), reads + 2);
    assert.ok(!(read(fixture.log, first.nextOffset) instanceof Promise));
  });

  it("is not done for who jumps about", async () => {
    const fixture = await onDisk(60);
    await taken(fixture.log, 20);
    await done();
    const reads = fixture.disk.count("read");
    await taken(fixture.log, 40);
    await done();
    assert.equal(fixture.disk.count("read"), reads + 1);
  });

  it("keeps the limits of the read that takes the records", async () => {
    const fixture = await onDisk(40);
    let { nextOffset } = await taken(fixture.log, 0);
    await done();
    const small = await taken(fixture.log, nextOffset, RECORD_BYTES * 2 + 500);
    assert.equal(small.nextOffset, nextOffset + 2);
    nextOffset = small.nextOffset;
    await done();
    const below = (await fixture.log.read(nextOffset, READ_BYTES, { minOneBatch: true, maxOffset: nextOffset + 1 })) as Records;
    assert.equal(below.nextOffset, nextOffset + 1);
  });

  it("stays for the next read where there is no room for its first batch", async () => {
    const fixture = await onDisk(40);
    const { nextOffset } = await taken(fixture.log, 0);
    await done();
    const reads = fixture.disk.count("read");
    for (let again = 0; again < 3; again++) {
      const none = fixture.log.read(nextOffset, RECORD_BYTES / 2, { minOneBatch: false });
      assert.deepEqual(none, { kind: "records", records: [], sizeBytes: 0, heldBytes: 0, nextOffset });
    }
    const given = read(fixture.log, nextOffset);
    assert.ok(!(given instanceof Promise) && given.kind === "records" && given.sizeBytes > 0);
    assert.equal(fixture.disk.count("read"), reads);
  });

  it("gives one batch larger than what was read ahead, as any read does", async () => {
    const fixture = await LogFixture.create();
    for (let i = 0; i < 8; i++) fixture.append({ recordBytes: RECORD_BYTES });
    fixture.append({ recordBytes: 3 * READ_BYTES });
    await fixture.reopen();
    const { nextOffset } = await taken(fixture.log, 0);
    await done();
    const rest = await readAll(fixture.log, nextOffset, READ_BYTES);
    assert.ok(rest.length > 3 * READ_BYTES);
  });

  it("goes on in the next segment", async () => {
    const fixture = await onDisk(24, { segmentBytes: 8 * (RECORD_BYTES + 100) });
    assert.equal(fixture.names(".log").length, 3);
    const first = await taken(fixture.log, 0, 8 * (RECORD_BYTES + 100));
    assert.equal(first.nextOffset, 8);
    await done();
    assert.ok(!(read(fixture.log, 8) instanceof Promise));
  });

  it("gives nothing of a segment that was removed meanwhile", async () => {
    const fixture = await onDisk(24, { segmentBytes: 8 * (RECORD_BYTES + 100) });
    const { nextOffset } = await taken(fixture.log, 0, 4 * (RECORD_BYTES + 100));
    await done();
    await fixture.log.deleteRecordsBefore(16);
    const outcome = await read(fixture.log, nextOffset);
    assert.equal(outcome.kind, "rejected");
  });

  it("that fails is no error: who asks reads again, and hears of it only if it fails again", async () => {
    const fixture = await onDisk(40);
    const first = (await read(fixture.log, 0)) as Records;
    fixture.disk.fail({ operation: "read", times: 1 });
    first.release?.();
    first.readOn?.();
    await done();
    const second = await taken(fixture.log, first.nextOffset);
    assert.ok(second.sizeBytes > 0);
  });

  it("drops what nobody asks for after ten seconds, and all of it with the log", async () => {
    const fixture = await onDisk(40);
    const timers = fixture.clock.pendingTimers;
    const { nextOffset } = await taken(fixture.log, 0);
    await done();
    fixture.clock.advance(10_000);
    assert.ok(read(fixture.log, nextOffset) instanceof Promise, "read from the file again");
    await done();
    await taken(fixture.log, 0);
    await done();
    fixture.log.abandon();
    assert.equal(fixture.clock.pendingTimers, timers);
  });
});
