import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { runsOf, SeededRandom, testSeed } from "@ottla/base/simulated";
import { RetriableError, type SinkRecord, type SinkTask } from "@ottla/connect";
import { hdfsSink } from "@ottla/connect/hdfs";
import { type FakeHdfs, startFakeHdfs } from "../../../src/connect/hdfs/fake-hdfs.ts";
import { openHdfsTask } from "../../../src/connect/hdfs/hdfs-task.ts";
import { configValues } from "../../../src/connect/postgres/source-config.ts";
import { recordAt } from "../../../src/connect/s3/s3-task.ts";

const properties = ({ url }: FakeHdfs, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  "hdfs.url": url,
  "format.class": "io.confluent.connect.hdfs.json.JsonFormat",
  "flush.size": "3",
  "timestamp.extractor": "Record",
  ...more,
});
const bad: { readonly record: SinkRecord; readonly error: unknown }[] = [];
const context = (): Parameters<SinkTask["write"]>[1] => {
  bad.length = 0;
  return { signal: new AbortController().signal, reportBad: (record, error) => void bad.push({ record, error }) };
};
const texts = ({ files }: FakeHdfs): Record<string, string> =>
  Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, body]) => [path, body.toString()]));

test("a file appears by a rename under the offsets of its first and last record, and what is committed is behind it", async () => {
  await using hdfs = await startFakeHdfs();
  const task = await openHdfsTask(properties(hdfs, { "store.kafka.keys": "true", "keys.format.class": "json" }));
  const seen: string[] = [];
  hdfs.fault = ({ op, path, step }) => void seen.push(`${step === "dataNode" ? "> " : ""}${op} ${path.replace(/[\w-]{36}/, "ID")}`);
  await task.write(
    [0, 1, 2, 3].map((offset) => recordAt(offset, { n: offset }, { key: `k${offset}` })),
    context(),
  );
  assert.deepEqual(texts(hdfs), {
    "/topics/orders/partition=0/orders+0+0000000000+0000000002.json": '{"n":0}\n{"n":1}\n{"n":2}\n',
    "/topics/orders/partition=0/orders+0+0000000000+0000000002.keys.json": '"k0"\n"k1"\n"k2"\n',
  });
  assert.deepEqual(await task.flush?.(), { offsets: [{ topic: "orders", partition: 0, offset: 3n }] });
  assert.deepEqual(seen.slice(0, 5), [
    "CREATE /topics/+tmp/lake-0/ID_tmp.0",
    "> CREATE /topics/+tmp/lake-0/ID_tmp.0",
    "LISTSTATUS /topics/orders/partition=0",
    "MKDIRS /topics/orders/partition=0",
    "RENAME /topics/+tmp/lake-0/ID_tmp.0",
  ]);
  await task.close?.();
});

test("a large file leaves in parts that become one, also where answers are lost", async () => {
  await using hdfs = await startFakeHdfs();
  const task = await openHdfsTask(properties(hdfs, { "flush.size": "5", "format.class": "bytes", "ottla.hdfs.part.bytes": "1048576" }));
  const batch = Array.from({ length: 5 }, (_, offset) => recordAt(offset, Buffer.alloc(700_000, offset + 1)));
  let lost = "CONCAT";
  hdfs.fault = ({ op, step }) => {
    if (op !== lost || step !== (op === "CREATE" ? "dataNode" : "nameNode")) return undefined;
    lost = lost === "CONCAT" ? "RENAME" : "";
    return "lostAnswer";
  };
  await assert.rejects(task.write(batch, context()), RetriableError);
  await assert.rejects(task.flush!(), RetriableError);
  assert.deepEqual(await task.flush?.(), { offsets: [{ topic: "orders", partition: 0, offset: 5n }] });
  assert.deepEqual(
    [...hdfs.files].map(([path, body]) => [path, body.length]),
    [["/topics/orders/partition=0/orders+0+0000000000+0000000004.bin", 5 * 700_001]],
  );
  assert.deepEqual(
    [...new Set(hdfs.files.values().next().value)].sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 10],
  );
  await task.close?.();
});

test("a file that somebody removed before it had its name is written again", async () => {
  await using hdfs = await startFakeHdfs();
  const task = await openHdfsTask(properties(hdfs));
  let isRemoved = false;
  hdfs.fault = ({ op }) => {
    if (op !== "RENAME" || isRemoved) return undefined;
    isRemoved = true;
    hdfs.files.clear();
    return undefined;
  };
  await assert.rejects(
    task.write(
      [0, 1, 2].map((n) => recordAt(n, { n })),
      context(),
    ),
    /_tmp\.0 is gone/,
  );
  await task.flush?.();
  assert.deepEqual(texts(hdfs), { "/topics/orders/partition=0/orders+0+0000000000+0000000002.json": '{"n":0}\n{"n":1}\n{"n":2}\n' });
  await task.close?.();
});

test("a file of other records is not replaced, also where it ends elsewhere, and the error says how it differs", async () => {
  await using hdfs = await startFakeHdfs();
  const write = async (value: string, more: Record<string, string> = {}, count = 2): Promise<void> => {
    const task = await openHdfsTask(properties(hdfs, { "flush.size": "2", "format.class": "bytes", ...more }));
    try {
      await task.write(
        Array.from({ length: count }, (_, offset) => recordAt(offset, value)),
        context(),
      );
    } finally {
      await task.close?.();
    }
  };
  await write("a");
  await write("a");
  assert.equal(hdfs.refused, 1);
  await assert.rejects(write("bb"), /is there already, and it has 4 bytes, not these 6\. It was written with other settings/);
  await assert.rejects(write("b"), /is there already, and it has other bytes/);
  await assert.rejects(
    write("a", { "flush.size": "3" }, 3),
    /0000000001\.bin is there already, and its name ends elsewhere than .*0000000002\.bin/,
  );
  assert.deepEqual(texts(hdfs), { "/topics/orders/partition=0/orders+0+0000000000+0000000001.bin": "a\na\n" });
});

test("a name node that stands by or is away is passed by, and a folder that HDFS has no name for is a bad record", async () => {
  await using standby = await startFakeHdfs();
  await using active = await startFakeHdfs();
  standby.fault = () => ({ status: 403, exception: "StandbyException" });
  const url = `http://127.0.0.1:9,${standby.url},${active.url}`;
  const task = await openHdfsTask({
    ...properties(active),
    "hdfs.url": url,
    "partitioner.class": "FieldPartitioner",
    "partition.field.name": "at",
  });
  const records = ["10:30", "a", "b", "c/../d"].map((at, offset) => recordAt(offset, { at }));
  await task.write([...records, recordAt(4, { at: "a" })], context());
  assert.deepEqual(
    bad.map(({ record, error }) => [record.offset, (error as Error).message]),
    [
      [0n, "HDFS has no folder called at=10:30: names have no colon, and are neither . nor ..."],
      [3n, "HDFS has no folder called ..: names have no colon, and are neither . nor ..."],
    ],
  );
  assert.deepEqual(Object.keys(texts(active)), [
    "/topics/orders/at=a/orders+0+0000000001+0000000004.json",
    "/topics/orders/at=b/orders+0+0000000002+0000000002.json",
  ]);
  assert.equal(standby.files.size, 0);
  await task.close?.();
});

test("settings that cannot be meant are told by name", async () => {
  await using hdfs = await startFakeHdfs();
  const found = async (more: Record<string, string>): Promise<string> => {
    const findings = await hdfsSink.check!(configValues(hdfsSink.config, properties(hdfs, more)), {
      signal: new AbortController().signal,
      log: silentLogger,
    });
    return findings.map(({ severity, key = "", message }) => `${severity} ${key} ${message}`).join("\n");
  };
  assert.equal(await found({}), "");
  assert.match(await found({ "hdfs.url": "" }), /^error {2}hdfs\.url is not set/i);
  assert.match(await found({ "hdfs.url": "hdfs://names:8020" }), /WebHDFS answers at the name node's HTTP port, webhdfs:\/\/names:9870/);
  assert.match(await found({ "hdfs.url": "webhdfs://127.0.0.1:9" }), /^error hdfs\.url .*failed at http:\/\/127\.0\.0\.1:9/);
  assert.match(await found({ "hdfs.authentication.kerberos": "true" }), /kerberos=true is not there/);
  assert.match(await found({ "directory.delim": "-" }), /directory\.delim is \//i);
  assert.match(await found({ "rotate.schedule.interval.ms": "1000" }), /^warning .*goes by the clock/);
  hdfs.fault = () => ({ status: 403, exception: "AccessControlException" });
  assert.match(await found({}), /HDFS refused looking at \/ \(HTTP 403, AccessControlException\)/);
});

test("whatever dies and whatever HDFS answers, the files have the topic's records, each once", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  for (let round = 0; round < runsOf({ quick: 8, long: 40 }); round++) {
    const random = new SeededRandom(seed + round);
    await using hdfs = await startFakeHdfs();
    const settings = properties(hdfs, {
      "flush.size": String(1 + random.nextInt(9)),
      "rotate.interval.ms": random.nextInt(2) === 0 ? "-1" : "40",
      "partitioner.class": random.nextInt(2) === 0 ? "FieldPartitioner" : "DefaultPartitioner",
      "partition.field.name": "land",
      "ottla.open.files.max": String(1 + random.nextInt(3)),
    });
    const topic = Array.from({ length: 100 }, (_, offset) =>
      recordAt(offset, { n: offset, land: `l${random.nextInt(4)}` }, { timestampMs: 1_700_000_000_000 + offset * 7 - random.nextInt(30) }),
    );
    hdfs.fault = () => {
      if (random.nextInt(100) >= 12) return undefined;
      return random.nextInt(3) === 0 ? "lostAnswer" : { status: 500, exception: "IOException", isAfter: random.nextInt(2) === 0 };
    };
    const tried = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await run();
      } catch (error) {
        assert.ok(error instanceof RetriableError, `round ${round}: ${String(error)}`);
        return undefined;
      }
    };
    let committed = 0;
    let task: SinkTask | undefined;
    let at = 0;
    for (let steps = 0; at < topic.length && steps < 5000; steps++) {
      task ??= await tried(() => openHdfsTask(settings));
      if (task === undefined) continue;
      const current = task;
      const batch = topic.slice(at, at + 1 + random.nextInt(20));
      const isWritten = await tried(() => current.write(batch, context()).then(() => true));
      if (isWritten === true) at += batch.length;
      if (random.nextInt(3) === 0) committed = Number((await tried(async () => current.flush?.()))?.offsets?.[0]?.offset ?? committed);
      // As SIGKILL: what it holds is lost, and the next one reads from what is committed.
      if (random.nextInt(8) === 0) {
        task = undefined;
        at = committed;
      }
    }
    hdfs.fault = () => undefined;
    const durable = Number((await task?.flush?.())?.offsets?.[0]?.offset ?? committed);
    const numbers = Object.entries(texts(hdfs))
      .filter(([path]) => !path.includes("+tmp"))
      .flatMap(([, text]) => text.trimEnd().split("\n"))
      .map((line) => (JSON.parse(line) as { n: number }).n)
      .sort((a, b) => a - b);
    assert.equal(new Set(numbers).size, numbers.length, `round ${round}: a record stands twice`);
    assert.deepEqual(
      numbers.slice(0, durable),
      Array.from({ length: durable }, (_, n) => n),
      `round ${round}: a record is lost`,
    );
    assert.ok(durable > 80, `round ${round}: ${durable}`);
  }
});
