import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../process/wait-until.ts";
import { liveThroughSource } from "../bad-days/source-day.ts";

const ROWS = 3000;
const ROWS_AT_ONCE = 120;

/** A database with a table `counted`: a counted key `id`, a number `n`, and when it came, `at`. */
interface CountedTable {
  readonly seed: number;
  url(): string;
  /** Writes the rows of these numbers, in one transaction. */
  insert(from: number, to: number): Promise<unknown>;
  count(): Promise<number>;
  crash(): Promise<void>;
}

/** Rows are written while worker, broker and database are killed: each comes once. Returns what happened, in words. */
export function liveThroughCountedRows({ seed, url, insert, count, crash }: CountedTable): Promise<string> {
  return liveThroughSource({
    seed,
    topic: "day-counted",
    config: {
      "connector.class": "io.confluent.connect.jdbc.JdbcSourceConnector",
      "connection.url": url(),
      "connection.backoff.ms": "200",
      "connection.attempts": "50",
      "topic.prefix": "day-",
      "table.whitelist": "counted",
      mode: "timestamp+incrementing",
      "incrementing.column.name": "id",
      "timestamp.column.name": "at",
      "poll.interval.ms": "20",
      "value.converter": "json",
      "value.converter.schemas.enable": "false",
    },
    write: async (random) => {
      for (let n = 0; n < ROWS; ) {
        const next = Math.min(n + 1 + random.nextInt(ROWS_AT_ONCE), ROWS);
        try {
          await insert(n, next - 1);
          n = next;
        } catch {
          // The database was killed; whether the rows are there it says itself.
          n = await waitUntil("the database is back", async () => (await count()) + 0.5, {}).then(Math.floor);
        }
        await sleep(random.nextInt(150));
      }
    },
    crash,
    isDone: (values) => {
      const ids = values.map((value) => (JSON.parse(value) as { id: number }).id);
      assert.equal(new Set(ids).size, ids.length, "a row came twice");
      return ids.length >= ROWS;
    },
  });
}
