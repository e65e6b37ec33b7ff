// The objects of an S3 sink have their topic's records, each once, whatever dies in between.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { testSeed } from "@ottla/base/simulated";
import { liveThrough } from "../bad-days/sink-day.ts";
import { startFakeS3 } from "./fake-s3.ts";

const RECORDS = Number(process.env["OTTLA_SINK_RECORDS"] ?? 6000);
const PARTITIONS = 3;
const FLUSH_SIZE = 37;

test("an S3 sink has its topic's records once, over kill -9 of worker and broker and a server that goes away", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  await using s3 = await startFakeS3(["lake"]);
  const numbers = (): number[][] => {
    const found: number[][] = Array.from({ length: PARTITIONS }, () => []);
    for (const [key, { body }] of s3.objects) {
      const partition = Number(/\+(\d+)\+\d+\.json$/.exec(key)?.[1]);
      found[partition]!.push(
        ...body
          .toString()
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as { n: number }).n),
      );
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
      "connector.class": "io.confluent.connect.s3.S3SinkConnector",
      "s3.bucket.name": "lake",
      "store.url": s3.url,
      "aws.access.key.id": "test",
      "aws.secret.access.key": "test",
      "format.class": "io.confluent.connect.s3.format.json.JsonFormat",
      "partitioner.class": "FieldPartitioner",
      "partition.field.name": "land",
      "flush.size": String(FLUSH_SIZE),
      "key.converter": "string",
      "value.converter": "json",
      "value.converter.schemas.enable": "false",
    },
    recordOf: (n) => ({ key: String(n), value: JSON.stringify({ n, land: `l${n % 5}` }) }),
    crash: async (random) => {
      s3.fault = () => (random.nextInt(2) === 0 ? "lostAnswer" : { status: 503, code: "SlowDown" });
      await sleep(300 + random.nextInt(700));
      s3.fault = () => undefined;
    },
    isDone: () => numbers().every((list) => list.length >= perPartition - (perPartition % FLUSH_SIZE)),
  });
  t.diagnostic(`${told}; ${s3.objects.size} objects, ${s3.refused} that were there already`);
  numbers().forEach((list, partition) => {
    const expected = Array.from({ length: list.length }, (_, index) => index * PARTITIONS + partition);
    assert.deepEqual(list, expected, `partition ${partition}`);
  });
});
