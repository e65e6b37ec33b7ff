// Avro files of the S3 sink, read by avsc.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { array, dateSchema, decimalSchema, map, optional, plain, struct, timestampSchema } from "@ottla/connect";
import avsc from "avsc";
import { startFakeS3 } from "./fake-s3.ts";
import { openS3Task, recordAt } from "./s3-task.ts";

for (const codec of ["null", "deflate"])
  test(`Avro's files are read by another library, over many blocks (${codec})`, async () => {
    await using s3 = await startFakeS3(["lake"]);
    const schema = struct(
      {
        id: plain("int64"),
        note: plain("string", true),
        raw: plain("bytes"),
        price: decimalSchema(2),
        day: dateSchema(),
        at: timestampSchema(),
        tags: array(plain("string")),
        counts: map(plain("string"), plain("int32")),
        inner: optional(struct({ x: plain("double") }, { name: "shop.Inner" })),
      },
      { name: "shop.Order" },
    );
    const task = await openS3Task({
      "s3.bucket.name": "lake",
      "store.url": s3.url,
      "aws.access.key.id": "test",
      "aws.secret.access.key": "test",
      "format.class": "io.confluent.connect.s3.format.avro.AvroFormat",
      "avro.codec": codec,
      "flush.size": "5000",
    });
    const valueOf = (n: number): Record<string, unknown> => ({
      id: BigInt(n),
      note: n % 2 === 0 ? null : `note ${n} ${"é".repeat(10)}`,
      raw: Buffer.from([n % 256]),
      price: { unscaled: BigInt(-n), scale: 2 },
      day: new Date(n * 86_400_000),
      at: new Date(1_700_000_000_000 + n),
      tags: ["a", String(n)],
      counts: new Map([["k", n]]),
      inner: n % 3 === 0 ? null : { x: n / 2 },
    });
    const bad: unknown[] = [];
    await task.write(
      Array.from({ length: 5001 }, (_, n) => recordAt(n, n === 17 ? { ...valueOf(n), id: "none" } : valueOf(n), { schema })),
      { signal: new AbortController().signal, reportBad: (_, error) => void bad.push(error) },
    );
    await task.close?.();
    assert.match(String(bad), /^ConnectError: .*id/);
    const [object] = s3.objects.values();
    assert.deepEqual([...s3.objects.keys()], ["lake/topics/orders/partition=0/orders+0+0000000000.avro"]);
    const decoder = new avsc.streams.BlockDecoder();
    const rows: { id: number; note: string | null; raw: Buffer; price: Buffer; day: number; at: number; inner: unknown }[] = [];
    decoder.on("data", (row: (typeof rows)[number]) => void rows.push(row));
    decoder.end(object!.body);
    await once(decoder, "end");
    assert.deepEqual([rows.length, rows[16]?.id, rows[17]?.id, rows.at(-1)?.id], [5000, 16, 18, 5000]);
    const { id, note, price, day, at, inner } = rows[4]!;
    assert.deepEqual([id, note, [...price], day, at], [4, null, [252], 4, 1_700_000_000_004]);
    assert.equal(JSON.stringify(inner), JSON.stringify({ x: 2 }));
  });
