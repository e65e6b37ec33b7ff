// The role document's two files, from PostgreSQL to Parquet: the lake has the table, whatever the worker lives through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { makeShop } from "../../../../examples/connect/cdc-to-lake/database.ts";
import { Lake } from "../../../../examples/connect/cdc-to-lake/lake.ts";
import { Pipeline } from "../../../../examples/connect/cdc-to-lake/pipeline.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

const KILLS = Number(process.env["OTTLA_LAKE_KILLS"] ?? 2);
const COLUMNS = ["id", "item", "pieces"];

test("the lake has the table, over kill -9 of the worker in the middle of changes", async (t) => {
  const seed = testSeed();
  t.diagnostic(`OTTLA_TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const folder = makeTemporaryFolder("lake");
  try {
    await using pipeline = await Pipeline.open();
    const shop = await makeShop(pipeline.postgres);
    try {
      await shop.query("INSERT INTO orders SELECT g, 'item ' || g, g FROM generate_series(1, 50) g");
      await pipeline.startWorker();
      await pipeline.deploy();
      const change = async (): Promise<void> => {
        const id = 1 + random.nextInt(80);
        if (random.nextInt(4) === 0) await shop.query("DELETE FROM orders WHERE id = $1", [id]);
        else
          await shop.query(
            "INSERT INTO orders VALUES ($1, $2, 1) ON CONFLICT (id) DO UPDATE SET pieces = orders.pieces + 1, item = excluded.item",
            [id, `item ${random.nextInt(1000)}`],
          );
      };
      for (let kill = 0; kill < KILLS; kill++) {
        const { size } = pipeline.s3.objects;
        await change();
        await waitUntil("the lake grows", () => pipeline.s3.objects.size > size, { timeoutMs: 60_000 });
        const until = 10 + random.nextInt(60);
        for (let i = 0; i < until; i++) {
          await change();
          await sleep(random.nextInt(20));
        }
        await pipeline.killWorker();
        for (let i = 0; i < 10; i++) await change();
        await pipeline.startWorker();
      }
      const { rows: wanted } = await shop.query("SELECT id, item, pieces FROM orders ORDER BY id");
      using lake = await Lake.open(pipeline.s3, folder);
      await waitUntil("the lake has the table", async () => JSON.stringify(await lake.rows("orders", COLUMNS)) === JSON.stringify(wanted), {
        timeoutMs: 60_000,
        everyMs: 200,
      }).catch(async (error: unknown) => {
        assert.deepEqual(await lake.rows("orders", COLUMNS), wanted, `OTTLA_TEST_SEED=${seed}\n${await pipeline.states()}`);
        throw error;
      });
      t.diagnostic(`${wanted.length} rows in ${pipeline.s3.objects.size} files`);
    } finally {
      await shop.end();
    }
  } finally {
    removeTemporaryFolder(folder);
  }
});
