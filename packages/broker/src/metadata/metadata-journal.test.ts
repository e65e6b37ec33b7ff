import assert from "node:assert/strict";
import { test } from "node:test";
import { type Disk, type Logger, silentLogger } from "@ottla/base";
import { MemoryDisk, SeededRandom, SimulatedDisk } from "@ottla/base/simulated";
import { MetadataJournal } from "./metadata-journal.ts";
import type { MetadataRecord } from "./metadata-records.ts";

const PATH = "/data/metadata.journal";
const RECORDS: readonly MetadataRecord[] = [
  { kind: "cluster", clusterId: "c" },
  { kind: "started", startEpoch: 1 },
  { kind: "topic", name: "orders", topicId: "AAAAAAAAAAAAAAAAAAAAAQ", replicas: [[1]], configs: { note: '{"kind":' } },
  { kind: "producer-ids", nextProducerId: 1000 },
];

function diskWith(content?: Buffer): MemoryDisk {
  const disk = new MemoryDisk();
  disk.makeDirectory("/data");
  if (content) disk.replaceFile(PATH, content);
  return disk;
}

interface Opening {
  readonly sizeAtStop?: number;
  readonly logger?: Logger;
}

function openInto(records: MetadataRecord[], disk: Disk, { sizeAtStop, logger = silentLogger }: Opening = {}): MetadataJournal {
  return MetadataJournal.open({ disk, logger }, PATH, { apply: (record) => records.push(record), snapshot: () => records, sizeAtStop });
}

function replayed(disk: MemoryDisk, rest: Opening = {}): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  openInto(records, disk, rest).close();
  return records;
}

/** A journal's bytes, and where the last record begins. */
function sample(): { readonly bytes: Buffer; readonly last: number } {
  const disk = diskWith();
  const journal = openInto([], disk);
  journal.append(RECORDS.slice(0, -1));
  const last = disk.stat(PATH)!.sizeBytes;
  journal.append(RECORDS.slice(-1));
  journal.close();
  return { bytes: disk.readFile(PATH), last };
}

test("what was appended is there again", () => {
  assert.deepEqual(replayed(diskWith(sample().bytes)), RECORDS);
});

test("an end torn at any byte of the last record is cut off, and the journal goes on from there", () => {
  const { bytes, last } = sample();
  for (let size = last; size < bytes.length; size++) {
    for (const tail of [Buffer.alloc(0), Buffer.alloc(40), Buffer.alloc(40, 0xff), Buffer.from('{"kind":"to')]) {
      const disk = diskWith(Buffer.concat([bytes.subarray(0, size), tail]));
      assert.deepEqual(replayed(disk), RECORDS.slice(0, -1), `${size} bytes and ${tail.length} more`);
      assert.equal(disk.stat(PATH)?.sizeBytes, last);
    }
  }
});

test("a torn end is named in the log: how much is dropped, and where", () => {
  const { bytes, last } = sample();
  const warnings: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (_message, fields) => warnings.push(fields) };
  replayed(diskWith(bytes), { logger });
  assert.deepEqual(warnings, []);
  replayed(diskWith(bytes.subarray(0, -7)), { logger });
  assert.deepEqual(warnings, [{ path: PATH, wholeBytes: last, droppedBytes: bytes.length - 7 - last }]);
});

test("a journal cut at any byte since the last clean stop, or gone, is refused with a remedy and left as it is", () => {
  const { bytes } = sample();
  const sizeAtStop = bytes.length;
  for (let size = 0; size < bytes.length; size++) {
    const disk = diskWith(bytes.subarray(0, size));
    assert.throws(
      () => replayed(disk, { sizeAtStop }),
      { code: "METADATA_CORRUPT", message: /[Rr]estore it from a copy/ },
      `${size} bytes`,
    );
    assert.equal(disk.stat(PATH)?.sizeBytes, size);
  }
  const disk = diskWith();
  assert.throws(() => replayed(disk, { sizeAtStop }), { code: "METADATA_CORRUPT", message: /\.kafka_cleanshutdown/ });
  assert.equal(disk.stat(PATH), undefined);
  assert.deepEqual(replayed(diskWith(bytes), { sizeAtStop }), RECORDS);
});

test("damage at any byte before the last record is refused, and the file left as it is", () => {
  const { bytes, last } = sample();
  for (let at = 0; at < last; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0xff;
    const disk = diskWith(damaged);
    assert.throws(() => replayed(disk), { code: "METADATA_CORRUPT", message: /restore it from a copy/ }, `byte ${at}`);
    assert.ok(disk.readFile(PATH).equals(damaged));
  }
});

test("an empty journal, and a missing one beside partitions, are refused: topics are never forgotten silently", () => {
  assert.throws(() => replayed(diskWith(Buffer.alloc(0))), { code: "METADATA_CORRUPT" });
  const disk = diskWith();
  disk.makeDirectory("/data/orders-0");
  assert.throws(() => replayed(disk), { code: "METADATA_CORRUPT", message: /missing beside partitions such as orders-0/ });
  assert.equal(disk.stat(PATH), undefined);
});

test("a newer format, and a record of a kind that is not known, are refused", () => {
  const written = (record: object): MemoryDisk => {
    const disk = diskWith();
    const journal = openInto([], disk);
    journal.append([record as MetadataRecord]);
    journal.close();
    return disk;
  };
  assert.throws(() => replayed(written({ kind: "format", version: 9 })), { code: "METADATA_VERSION", message: /newer/ });
  assert.throws(() => replayed(written({ kind: "marvel" })), { code: "METADATA_VERSION", message: /marvel/ });
});

test("what a process could not sync is on the disk once the next one has synced what follows it", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const disk = new SimulatedDisk();
    disk.makeDirectory("/data");
    const open = (records: MetadataRecord[]): MetadataJournal => openInto(records, disk);
    const failing = open([]);
    disk.syncDirectory("/");
    failing.append(RECORDS.slice(0, 2));
    disk.fail({ operation: "sync" });
    await assert.rejects(failing.durable(), { code: "METADATA_FAILED" });
    disk.crash({ mode: "process" });
    const next = open([]);
    next.append(RECORDS.slice(2));
    await next.durable();
    disk.crash({ mode: "power", random: new SeededRandom(seed) });
    const found: MetadataRecord[] = [];
    open(found);
    assert.deepEqual(found, RECORDS, `seed ${seed}`);
  }
});
