import type { SinkRecord } from "../../data/connect-record.ts";
import type { SqlSession } from "./sql-session.ts";
import { tableName } from "./write-rows.ts";

/**
 * How far each partition was written, in a table of the same database: read and changed in the transaction that writes the rows, so that a batch that comes again, whoever brings it, is written once. Its rows are locked while
 * a transaction lasts: a task that lost its partitions and does not know it yet waits, and then finds its records written.
 */
export class WrittenOffsets {
  readonly #table: string;
  readonly #connector: string;
  #isThere = false;

  constructor(table: string, connector: string) {
    this.#table = tableName(table).sql;
    this.#connector = connector;
  }

  /** The transaction was rolled back, and a table that it made with it. */
  forget(): void {
    this.#isThere = false;
  }

  /** Makes the table where it is not there. */
  async prepare(session: SqlSession): Promise<void> {
    if (this.#isThere) return;
    const columns =
      "connector VARCHAR(255) NOT NULL, topic VARCHAR(255) NOT NULL, kafka_partition INT NOT NULL, next_offset BIGINT NOT NULL";
    await session.query(`CREATE TABLE IF NOT EXISTS ${this.#table} (${columns}, PRIMARY KEY (connector, topic, kafka_partition))`);
    this.#isThere = true;
  }

  /** Which of these records are written. */
  async read(session: SqlSession, records: readonly SinkRecord[]): Promise<ReadonlySet<SinkRecord>> {
    const { dialect } = session;
    await this.prepare(session);
    const where = `WHERE connector = ${dialect.placeholder(0)} AND topic = ${dialect.placeholder(1)} AND kafka_partition = ${dialect.placeholder(2)}`;
    const next = new Map<string, bigint>();
    for (const [key, [topic, partition]] of [...placesOf(records)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const values = [this.#connector, topic, partition] as const;
      // First a row, so that there is one to lock.
      const insert = `INSERT INTO ${this.#table} VALUES (${[0, 1, 2].map((index) => dialect.placeholder(index)).join(", ")}, 0)${dialect.upsert(["connector", "topic", "kafka_partition"], [])}`;
      await session.query(insert, values);
      const [row] = await session.query(`SELECT next_offset FROM ${this.#table} ${where}${dialect.forUpdate}`, values);
      next.set(key, BigInt((row?.["next_offset"] ?? 0) as string | number));
    }
    return new Set(records.filter((record) => record.originalOffset < (next.get(keyOf(record)) ?? 0n)));
  }

  /** These are written with this transaction. */
  async write(session: SqlSession, records: readonly SinkRecord[]): Promise<void> {
    const { placeholder } = session.dialect;
    const last = new Map(records.map((record) => [keyOf(record), record]));
    const set = `SET next_offset = ${placeholder(0)} WHERE connector = ${placeholder(1)} AND topic = ${placeholder(2)} AND kafka_partition = ${placeholder(3)}`;
    for (const { originalTopic, originalPartition, originalOffset } of last.values())
      await session.query(`UPDATE ${this.#table} ${set}`, [originalOffset + 1n, this.#connector, originalTopic, originalPartition]);
  }
}

function keyOf({ originalTopic, originalPartition }: SinkRecord): string {
  return `${originalTopic} ${originalPartition}`;
}

function placesOf(records: readonly SinkRecord[]): ReadonlyMap<string, readonly [topic: string, partition: number]> {
  return new Map(records.map((record) => [keyOf(record), [record.originalTopic, record.originalPartition]]));
}
