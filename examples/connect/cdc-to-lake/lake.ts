import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { FakeS3 } from "../../../conformance/src/connect/s3/fake-s3.ts";

/** The bucket's Parquet files, asked with DuckDB. */
export class Lake implements Disposable {
  readonly #s3: FakeS3;
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(s3: FakeS3, folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#s3 = s3;
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** `folder`: where objects are laid for DuckDB, which would need an extension to fetch them itself. */
  static async open(s3: FakeS3, folder: string): Promise<Lake> {
    mkdirSync(folder, { recursive: true });
    const instance = await DuckDBInstance.create(":memory:");
    return new Lake(s3, folder, instance, await instance.connect());
  }

  /** The rows of a table as its changes leave it: of each key the last change, unless that is a deletion. */
  async rows(table: string, columns: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const files = this.#fetched(table);
    if (files.length === 0) return [];
    const list = files.map((file) => `'${file}'`).join(", ");
    const wanted = columns.map((column) => `"after"."${column}" AS "${column}"`).join(", ");
    const reader = await this.#connection.runAndReadAll(`
      SELECT ${wanted} FROM (
        SELECT *, row_number() OVER (PARTITION BY coalesce("after".id, "before".id) ORDER BY "source".lsn DESC) AS place
        FROM read_parquet([${list}], union_by_name = true)
      ) WHERE place = 1 AND op <> 'd' ORDER BY "after".id`);
    return reader.getRowObjectsJson();
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  #fetched(table: string): readonly string[] {
    return [...this.#s3.objects]
      .filter(([key]) => key.includes(`/shop.public.${table}/`))
      .map(([key, { body }]) => {
        const path = join(this.#folder, basename(key));
        if (!existsSync(path)) writeFileSync(path, body);
        return path;
      });
  }
}
