// The HDFS sink on Apache Hadoop's own name node and data node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import { plain, struct } from "@ottla/connect";
import { startHdfs } from "../../kafka/java-tool.ts";
import type { Child } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { liveThrough } from "../bad-days/sink-day.ts";
import { recordAt } from "../s3/s3-task.ts";
import { openHdfsTask } from "./hdfs-task.ts";

const RECORDS = Number(process.env["OTTLA_SINK_RECORDS"] ?? 3000);
const PARTITIONS = 3;
const FLUSH_SIZE = 37;

/** HDFS that can be killed and started again in its folder. */
class RealHdfs implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: Child | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<RealHdfs> {
    const [port = 0] = await findFreePorts(1);
    const hdfs = new RealHdfs(makeTemporaryFolder("hdfs"), port);
    await hdfs.#begin(true);
    return hdfs;
  }

  async killed(): Promise<void> {
    await this.#child?.kill();
    await this.#begin(false);
  }

  async get(path: string, op: string): Promise<Response> {
    return fetch(`${this.url}/webhdfs/v1${path.split("/").map(encodeURIComponent).join("/")}?op=${op}`);
  }

  /** Every file below a folder, by its path. */
  async files(folder: string): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    const listed = (await (await this.get(folder, "LISTSTATUS")).json()) as {
      readonly FileStatuses?: { readonly FileStatus: readonly { readonly pathSuffix: string; readonly type: string }[] };
    };
    for (const { pathSuffix, type } of listed.FileStatuses?.FileStatus ?? []) {
      const path = `${folder}/${pathSuffix}`;
      if (type === "DIRECTORY") for (const [name, body] of await this.files(path)) found.set(name, body);
      else found.set(path, Buffer.from(await (await this.get(path, "OPEN")).arrayBuffer()));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.kill();
    removeTemporaryFolder(this.#folder);
  }

  async #begin(isNew: boolean): Promise<void> {
    const child = await startHdfs(this.#folder, this.#port, isNew);
    this.#child = child;
    await waitUntil("HDFS is ready", () => child.outputTail().includes("READY"), { timeoutMs: 120_000, everyMs: 100 });
  }
}

const settings = (hdfs: RealHdfs): Record<string, string> => ({
  "hdfs.url": hdfs.url,
  "ottla.hdfs.user": "lake",
  "timestamp.extractor": "Record",
});
const context = {
  signal: new AbortController().signal,
  reportBad: (_: unknown, error: unknown): void => {
    throw error;
  },
};

test("files of Hadoop's HDFS: parts that become one, names that are there, other records under a name", async () => {
  await using hdfs = await RealHdfs.start();
  const own = { ...settings(hdfs), "format.class": "bytes", "flush.size": "5", "ottla.hdfs.part.bytes": "1048576" };
  const batch = Array.from({ length: 5 }, (_, offset) => recordAt(offset, Buffer.alloc(700_000, offset + 1)));
  for (let time = 0; time < 2; time++) {
    const task = await openHdfsTask(own);
    await task.write(batch, context);
    assert.deepEqual(await task.flush?.(), { offsets: [{ topic: "orders", partition: 0, offset: 5n }] });
    await task.close?.();
    const files = await hdfs.files("/topics/orders");
    const [[path, body] = []] = files;
    assert.deepEqual([files.size, path, body?.length], [1, "/topics/orders/partition=0/orders+0+0000000000+0000000004.bin", 5 * 700_001]);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((part) => body?.[part * 700_001]),
      [1, 2, 3, 4, 5],
    );
  }
  const others = await openHdfsTask(own);
  const changed = batch.map((record, at) => (at === 3 ? { ...record, value: Buffer.alloc(700_000, 9) } : record));
  await assert.rejects(others.write(changed, context), /is there already, and it has other bytes/);
  await others.close?.();
  const small = await openHdfsTask({ ...own, "flush.size": "2" });
  await assert.rejects(small.write(batch, context), /its name ends elsewhere/);
  await small.close?.();
  const rows = await openHdfsTask({ ...settings(hdfs), "format.class": "parquet", "flush.size": "2", "topics.dir": "/rows/of all" });
  const schema = struct({ n: plain("int64") });
  await rows.write(
    [1n, 2n].map((n, offset) => recordAt(offset, { n }, { schema })),
    context,
  );
  await rows.close?.();
  const [[path, body] = []] = await hdfs.files("/rows/of all/orders");
  assert.deepEqual(
    [path, body?.subarray(0, 4).toString()],
    ["/rows/of all/orders/partition=0/orders+0+0000000000+0000000001.snappy.parquet", "PAR1"],
  );
});

test("an HDFS sink has its topic's records once, over kill -9 of worker, broker and HDFS", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  await using hdfs = await RealHdfs.start();
  const numbers = async (): Promise<number[][]> => {
    const found: number[][] = Array.from({ length: PARTITIONS }, () => []);
    for (const [path, body] of await hdfs.files("/topics/orders")) {
      const partition = Number(/\+(\d+)\+\d+\+\d+\.json$/.exec(path)?.[1]);
      for (const line of body.toString().trimEnd().split("\n")) found[partition]!.push((JSON.parse(line) as { n: number }).n);
    }
    return found.map((list) => list.sort((a, b) => a - b));
  };
  const perPartition = RECORDS / PARTITIONS;
  const told = await liveThrough({
    seed,
    topic: "orders",
    partitions: PARTITIONS,
    records: RECORDS,
    config: {
      ...settings(hdfs),
      "connector.class": "io.confluent.connect.hdfs3.Hdfs3SinkConnector",
      "format.class": "io.confluent.connect.hdfs3.json.JsonFormat",
      "partitioner.class": "FieldPartitioner",
      "partition.field.name": "land",
      "flush.size": String(FLUSH_SIZE),
      "key.converter": "string",
      "value.converter": "json",
      "value.converter.schemas.enable": "false",
    },
    recordOf: (n) => ({ key: String(n), value: JSON.stringify({ n, land: `l${n % 5}` }) }),
    crash: () => hdfs.killed(),
    isDone: async () => (await numbers()).every((list) => list.length >= perPartition - (perPartition % FLUSH_SIZE)),
  });
  t.diagnostic(told);
  (await numbers()).forEach((list, partition) => {
    const expected = Array.from({ length: list.length }, (_, index) => index * PARTITIONS + partition);
    assert.deepEqual(list, expected, `partition ${partition}`);
  });
});
