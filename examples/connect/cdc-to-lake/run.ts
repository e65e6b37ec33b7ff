/** `npm run example -- cdc-to-lake`: rows that change in PostgreSQL are asked for in Parquet a second later. */
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../conformance/src/process/temporary-folder.ts";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";
import { makeShop } from "./database.ts";
import { Lake } from "./lake.ts";
import { Pipeline } from "./pipeline.ts";

const COLUMNS = ["id", "item", "pieces"];
const STEPS = [
  "INSERT INTO orders VALUES (3, 'pot', 1), (4, 'lid', 7)",
  "UPDATE orders SET pieces = pieces * 10 WHERE id = 1",
  "DELETE FROM orders WHERE id = 2",
];

/** Shows it; resolves with the exit status. */
export async function runCdcToLake(): Promise<number> {
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const folder = makeTemporaryFolder("lake");
  try {
    await using pipeline = await Pipeline.open();
    const shop = await makeShop(pipeline.postgres);
    try {
      await shop.query("INSERT INTO orders VALUES (1, 'kettle', 2), (2, 'cup', 12)");
      await pipeline.startWorker();
      for (const [file, additions] of [
        ["postgres-source.json", pipeline.additions.source],
        ["s3-sink.json", pipeline.additions.sink],
      ] as const) {
        tell(`${file}, and beside it:`);
        for (const [key, value, why] of additions) tell(`  ${key}=${value}  (${why})`);
      }
      await pipeline.deploy();
      using lake = await Lake.open(pipeline.s3, folder);
      const follow = async (what: string): Promise<void> => {
        const startedMs = performance.now();
        const { rows: wanted } = await shop.query(`SELECT ${COLUMNS.join(", ")} FROM orders ORDER BY id`);
        const inLake = (): Promise<readonly unknown[]> => lake.rows("orders", COLUMNS);
        await waitUntil("the lake has the table", async () => JSON.stringify(await inLake()) === JSON.stringify(wanted), {
          timeoutMs: 30_000,
          everyMs: 50,
        }).catch(async (error: unknown) => {
          throw new Error(`${String(error)}\n${JSON.stringify(await inLake())}\n${await pipeline.states()}`, { cause: error });
        });
        tell(`${what}\n  in the lake after ${Math.round(performance.now() - startedMs)} ms: ${JSON.stringify(wanted)}`);
      };
      await follow("rows that were there");
      for (const statement of STEPS) {
        await shop.query(statement);
        await follow(statement);
      }
      return 0;
    } finally {
      await shop.end();
    }
  } finally {
    removeTemporaryFolder(folder);
  }
}
