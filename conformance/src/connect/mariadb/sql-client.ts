import mysql from "mysql2/promise";
import type { RunningSqlServer } from "../../process/sql-server.ts";

/** A connection of a test, in UTC and utf8mb4. Rows are arrays of texts. */
export class SqlClient {
  readonly #connection: mysql.Connection;

  private constructor(connection: mysql.Connection) {
    this.#connection = connection;
    connection.on("error", () => undefined);
  }

  static async open({ connection }: RunningSqlServer, database?: string): Promise<SqlClient> {
    const opened = await mysql.createConnection({
      ...connection,
      ...(database !== undefined && { database }),
      charset: "utf8mb4_bin",
      multipleStatements: true,
      connectTimeout: 10_000,
    });
    const client = new SqlClient(opened);
    await client.query("SET time_zone = '+00:00'");
    return client;
  }

  async query(sql: string): Promise<(string | null)[][]> {
    const [rows] = await this.#connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string() });
    return Array.isArray(rows) ? (rows as unknown as (string | null)[][]) : [];
  }

  async close(): Promise<void> {
    this.#connection.destroy();
  }
}
