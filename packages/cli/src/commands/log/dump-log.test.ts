import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";

let folder: string;
let partition: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ottla-dump-"));
  partition = join(folder, "orders-0");
  const ottla = await CommandLineFixture.start(folder);
  await ottla.run(["topics", "create", "orders", "-p", "1", "-c", "index.interval.bytes=200"]);
  for (let batch = 0; batch < 5; batch++) {
    const lines = Array.from({ length: 10 }, (_, i) => `key ${i}:value ${batch * 10 + i}\n`).join("");
    await ottla.run(["produce", "orders", "-K", ":", "-H", "batch=yes", "-z", "lz4"], { stdin: lines });
  }
  await ottla.stop();
});
after(() => rmSync(folder, { recursive: true }));

const dump = (...words: string[]) => runWords(["log", "dump", ...words]);
const file = (kind: string): string => join(partition, `00000000000000000000.${kind}`);

/** Damages a file for the time of a check. */
async function withDamage(path: string, damage: () => void, check: () => Promise<void>): Promise<void> {
  const whole = readFileSync(path);
  try {
    damage();
    await check();
  } finally {
    writeFileSync(path, whole);
  }
}

test("a partition's files are shown and found whole", async () => {
  const { status, stdout } = await dump(partition);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /\n {2}0–9 {2}10 records {2}at 0 {2}\d+ B {2}lz4 {2}20\S+Z {2}epoch 0 {2}producer \d+\/0 seq 0–9\n/);
  assert.match(stdout, /\.index {2}.*\n( {2}offset \d+ at \d+\n)+/);
  assert.match(stdout, /\.timeindex {2}.*\n( {2}up to 20\S+Z \(\d+\) at offset \d+\n)+/);
  assert.match(stdout, /\.snapshot {2}.*\n( {2}producer \d+\/0 {2}last sequence 9 at offset \d+, .*\n)+/);
  assert.match(stdout, /\n4 files, .*, 5 batches, 50 records: no damage\.\n$/);
});

test("records come with keys, values and headers, also as JSON", async () => {
  assert.match((await dump(file("log"), "--records")).stdout, /\n {4}11 {2}\S+Z {2}key 1: value 11 {2}\{batch=yes\}\n/);
  const lines = (await dump(file("log"), "-r", "--json")).stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const records = lines.filter(({ type }) => type === "record");
  assert.equal(records.length, 50);
  const { timestamp, ...last } = records.at(-1)!;
  assert.equal(typeof timestamp, "number");
  assert.deepEqual(last, { type: "record", offset: 49, key: "key 9", value: "value 49", headers: [{ key: "batch", value: "yes" }] });
  assert.deepEqual(lines.at(-1), { ...lines.at(-1), type: "sums", batches: 5, records: 50, damages: 0 });
});

test("a flipped byte is found, and the batches behind it are read", async () => {
  const path = file("log");
  const flip = (): void => {
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
  };
  await withDamage(path, flip, async () => {
    const { status, stdout } = await dump(partition, "--check-only");
    assert.equal(status, 1);
    assert.match(stdout, /^ {2}DAMAGED at 0: A record batch is damaged: its CRC is/);
    assert.match(stdout, /4 batches, 40 records: \d damages?\.\n$/);
  });
});

test("a torn end and a torn index are found", async () => {
  const path = file("log");
  await withDamage(
    path,
    () => truncateSync(path, readFileSync(path).length - 1),
    async () => {
      const { status, stdout } = await dump(path);
      assert.equal(status, 1);
      assert.match(stdout, /the file ends inside a batch; its last \d+ bytes belong to none/);
    },
  );
  await withDamage(
    file("index"),
    () => truncateSync(file("index"), 11),
    async () => {
      assert.match((await dump(file("index"))).stdout, /DAMAGED at 8: the file ends inside an entry of 8 bytes/);
    },
  );
});

test("index entries that lie are found", async () => {
  const lie =
    (kind: string, at: number, value: number): (() => void) =>
    () => {
      const bytes = readFileSync(file(kind));
      bytes.writeInt32BE(value, at);
      writeFileSync(file(kind), bytes);
    };
  await withDamage(file("index"), lie("index", 4, 7), async () => {
    assert.match((await dump(partition, "-q")).stdout, /no sound batch starts at position 7, where an entry points/);
  });
  await withDamage(file("index"), lie("index", 0, 0), async () => {
    assert.match((await dump(partition, "-q")).stdout, /the entry of offset 0 points at a batch that goes on to \d+/);
  });
  await withDamage(file("timeindex"), lie("timeindex", 0, 1), async () => {
    assert.match(
      (await dump(partition, "-q")).stdout,
      /says that nothing up to offset \d+ is later than \d+, but a record has \d+|does not follow/,
    );
  });
});

test("what is no log is said in one sentence", async () => {
  const { status, stderr } = await dump(folder);
  assert.equal(status, 1);
  assert.match(stderr, /^ottla: .* holds no segment of a log; name one of its partitions, such as .*orders-0|__consumer_offsets-0\.\n$/);
  assert.match((await dump(join(folder, "nothing"))).stderr, /^ottla: There is nothing at .*; check the path\.\n$/);
  assert.match((await dump(join(folder, "meta.properties"))).stderr, /is no file of a segment/);
  assert.equal((await dump(partition, "-r", "-q")).status, 2);
});
