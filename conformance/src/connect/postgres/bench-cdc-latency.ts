// How long a change takes from its commit to the end of a pipe, under a steady load of transactions of pgbench's size.
import { writeFileSync } from "node:fs";
import pg from "pg";
import { startDebezium } from "../../kafka/java-tool.ts";
import { nodeBinary } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findNpmPostgres, findPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

const ROWS = 10_000;
/** Of the load: what comes before is not counted. */
const WARM_SECONDS = 8;
/** As pgbench's own transaction has. */
const CHANGES_A_TRANSACTION = 4;

/** Updates at a rate, in transactions of their own, as long as it is told to. */
const LOAD = `CREATE PROCEDURE load(rate int, seconds int) LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz := clock_timestamp();
  done int := 0;
  ahead double precision;
BEGIN
  WHILE done < rate * seconds LOOP
    FOR i IN 1..${CHANGES_A_TRANSACTION} LOOP
      done := done + 1;
      UPDATE accounts SET abalance = abalance + 1, changed = clock_timestamp() WHERE aid = 1 + (done * 7919::bigint) % ${ROWS};
    END LOOP;
    COMMIT;
    ahead := done::double precision / rate - extract(epoch FROM clock_timestamp() - began);
    IF ahead > 0.002 THEN PERFORM pg_sleep(ahead); END IF;
  END LOOP;
END $$`;

/** What one side did under a load. */
export interface CdcLatency {
  readonly who: "ottla" | "Debezium";
  /** Changes that were written a second, as they were seen to come. */
  readonly changesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One side under a load of `rate` changes a second for so long. */
export async function measureCdcLatency(who: CdcLatency["who"], rate: number, seconds: number): Promise<CdcLatency> {
  const programs = findNpmPostgres() ?? findPostgres();
  if (programs === undefined) throw new Error("There is no PostgreSQL: npm install, or apt-get install postgresql.");
  const folder = makeTemporaryFolder("cdc-latency");
  // Not synchronous_commit=off: what is committed so is sent only when the log is written next, up to 200 ms later.
  const postgres = await startPostgres(programs, { wal_level: "logical", max_wal_size: "8GB", fsync: "off" });
  const sql = new pg.Client(postgres.connection);
  let child: Child | undefined;
  try {
    await sql.connect();
    await sql.query(
      "CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84), changed timestamptz) WITH (fillfactor = 50)",
    );
    await sql.query(
      `INSERT INTO accounts SELECT g, g % 10, 0, repeat('x', 84), now() FROM generate_series(1, ${ROWS}) g; ANALYZE accounts`,
    );
    await sql.query(LOAD);
    child = await startSide(who, folder, postgres.connection);
    const seen = new SeenLines(child);
    await waitUntil("the rows are read", () => seen.lines >= ROWS, { timeoutMs: 120_000 });
    const load = sql.query(`CALL load(${rate}, ${WARM_SECONDS + seconds})`);
    await new Promise((resolve) => setTimeout(resolve, WARM_SECONDS * 1000));
    seen.begin();
    await load;
    return { who, ...seen.figures() };
  } catch (error) {
    throw new Error(child?.outputTail().slice(-1000) ?? "", { cause: error });
  } finally {
    await child?.kill();
    await sql.end().catch(() => undefined);
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
}

async function startSide(
  who: CdcLatency["who"],
  folder: string,
  { host, port, user, database }: { readonly host: string; readonly port: number; readonly user: string; readonly database: string },
): Promise<Child> {
  const file = `${folder}/side.properties`;
  const properties = {
    name: "bench",
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "database.hostname": host,
    "database.port": port,
    "database.user": user,
    "database.password": "none",
    "database.dbname": database,
    "topic.prefix": "bench",
    "plugin.name": "pgoutput",
    "slot.name": "bench",
    ...(who === "Debezium" && { "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore" }),
  };
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, lines.join("\n"));
  if (who === "Debezium") return startDebezium(file);
  const ours = ["--max-semi-space-size=2", "--max-old-space-size=512", "--conditions=source"];
  const script = new URL("./bench-ours.ts", import.meta.url).pathname;
  return startChild(nodeBinary, [...ours, script, file], { stdio: ["pipe", "pipe", "pipe"] });
}

/** Lines of a side's output, and of some of them how old their change was when they came. */
class SeenLines {
  lines = 0;
  #rest = "";
  #ages: number[] = [];
  #begun: { readonly atMs: number; readonly lines: number } | undefined;

  constructor(child: Child) {
    child.process.stdout!.on("data", (piece: Buffer | string) => this.#take(String(piece)));
  }

  begin(): void {
    this.#begun = { atMs: performance.now(), lines: this.lines };
  }

  figures(): Omit<CdcLatency, "who"> {
    const { atMs, lines } = this.#begun!;
    const ages = this.#ages.toSorted((one, other) => one - other);
    const at = (share: number): number => ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? Number.NaN;
    const changesPerSecond = ((this.lines - lines) * 1000) / (performance.now() - atMs);
    return { changesPerSecond, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }

  #take(piece: string): void {
    let at = -1;
    let last = 0;
    for (let next = piece.indexOf("\n"); next !== -1; next = piece.indexOf("\n", at + 1)) {
      this.lines++;
      [last, at] = [at + 1, next];
    }
    if (at === -1) {
      this.#rest += piece;
      return;
    }
    // Of each piece the last whole line: some hundreds a second.
    const line = last === 0 ? this.#rest + piece.slice(0, at) : piece.slice(last, at);
    this.#rest = piece.slice(at + 1);
    if (this.#begun === undefined) return;
    const commitMs = /"source":\{.*?"ts_ms":(\d{13})/.exec(line)?.[1];
    if (commitMs !== undefined) this.#ages.push(Date.now() - Number(commitMs));
  }
}
