// Change data capture beside Debezium's engine, on the same PostgreSQL: rows that are there, then changes that wait. One runs while the other is stopped (SIGSTOP), so each has the machine to itself.
import { readFileSync, writeFileSync } from "node:fs";
import pg from "pg";
import { startDebezium } from "../../kafka/java-tool.ts";
import { nodeBinary } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findNpmPostgres, findPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

/** Changes of pgbench's kind: one row of an account table, by its key. */
const TABLE =
  "CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84), changed timestamptz, price numeric(12,2))";
const ROWS_A_TRANSACTION = 10;
/** Our side has V8's bounds of a thread of tasks, by which connectors run. */
const THREAD_BOUNDS = ["--max-semi-space-size=2", "--max-old-space-size=512"];
/** So often the memory of a large snapshot is looked at. */
const LOOKS = 10;
/** Of CPU time in /proc. */
const TICKS_A_SECOND = 100;

/** What one side did in one round. */
export interface CdcFigures {
  readonly who: "ottla" | "Debezium";
  readonly what: "snapshot" | "changes";
  readonly eventsPerSecond: number;
  readonly eventsPerCpuSecond: number;
  /** The most that was resident so far. */
  readonly peakMegabytes: number;
}

/** What a large table's snapshot took. */
export interface LargeSnapshotFigures {
  readonly rowsPerSecond: number;
  readonly rowsPerCpuSecond: number;
  /** What was resident at each tenth of the rows. */
  readonly residentMegabytes: readonly number[];
}

/** Our side alone over a table of so many rows. */
export async function measureLargeSnapshot(rows: number): Promise<LargeSnapshotFigures> {
  const programs = findNpmPostgres() ?? findPostgres();
  if (programs === undefined) throw new Error("There is no PostgreSQL: npm install, or apt-get install postgresql.");
  const folder = makeTemporaryFolder("cdc-bench");
  const postgres = await startPostgres(programs, { wal_level: "logical", max_wal_size: "8GB", fsync: "off", synchronous_commit: "off" });
  let side: Side | undefined;
  const sql = new pg.Client(postgres.connection);
  try {
    await sql.connect();
    await sql.query(TABLE);
    await sql.query(
      `INSERT INTO accounts SELECT g, g % 10, 0, repeat('x', 84), now(), g * 1.25 FROM generate_series(1, ${rows}) g; ANALYZE accounts`,
    );
    side = await Side.start("ottla", folder, postgres.connection);
    const residentMegabytes: number[] = [];
    const { eventsPerSecond, eventsPerCpuSecond } = await side.measure("snapshot", rows, (share) => {
      if (share * LOOKS >= residentMegabytes.length + 1) residentMegabytes.push(side!.residentMegabytes());
    });
    return { rowsPerSecond: eventsPerSecond, rowsPerCpuSecond: eventsPerCpuSecond, residentMegabytes };
  } finally {
    await side?.kill();
    await sql.end().catch(() => undefined);
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
}

/** Measures both sides in turns and tells each figure as it is there. */
export async function measureCdc(
  options: { readonly rows: number; readonly changes: number; readonly rounds: number },
  tell: (figures: CdcFigures) => void,
): Promise<void> {
  const programs = findNpmPostgres() ?? findPostgres();
  if (programs === undefined) throw new Error("There is no PostgreSQL: npm install, or apt-get install postgresql.");
  const folder = makeTemporaryFolder("cdc-bench");
  const postgres = await startPostgres(programs, {
    wal_level: "logical",
    max_wal_size: "8GB",
    wal_sender_timeout: "0",
    synchronous_commit: "off",
  });
  const sides: Side[] = [];
  const sql = new pg.Client(postgres.connection);
  try {
    await sql.connect();
    await sql.query(TABLE);
    await sql.query(
      `INSERT INTO accounts SELECT g, g % 10, 0, repeat('x', 84), now(), g * 1.25 FROM generate_series(1, ${options.rows}) g; ANALYZE accounts`,
    );
    for (const who of ["ottla", "Debezium"] as const) {
      const side = await Side.start(who, folder, postgres.connection);
      sides.push(side);
      tell(await side.measure("snapshot", options.rows));
      side.signal("SIGSTOP");
    }
    for (let round = -1; round < options.rounds; round++) {
      for (let i = 0; i < options.changes; i += ROWS_A_TRANSACTION)
        await sql.query(
          `UPDATE accounts SET abalance = abalance + 1, changed = now() WHERE aid BETWEEN ${(i % options.rows) + 1} AND ${(i % options.rows) + ROWS_A_TRANSACTION}`,
        );
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        side.signal("SIGCONT");
        const figures = await side.measure("changes", options.changes);
        // The first round warms.
        if (round >= 0) tell(figures);
        side.signal("SIGSTOP");
      }
    }
  } finally {
    for (const side of sides) await side.kill();
    await sql.end().catch(() => undefined);
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
}

class Side {
  readonly #who: CdcFigures["who"];
  readonly #child: Child;
  #lines = 0;
  #firstMs: number | undefined;
  #cpuAtFirst = 0;

  private constructor(who: CdcFigures["who"], child: Child) {
    this.#who = who;
    this.#child = child;
    child.process.stdout!.on("data", (chunk: Buffer | string) => this.#count(Buffer.from(chunk)));
  }

  static async start(
    who: CdcFigures["who"],
    folder: string,
    connection: { readonly host: string; readonly port: number; readonly user: string; readonly database: string },
  ): Promise<Side> {
    const file = `${folder}/${who}.properties`;
    const properties = {
      name: "bench",
      "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
      "database.hostname": connection.host,
      "database.port": connection.port,
      "database.user": connection.user,
      "database.password": "none",
      "database.dbname": connection.database,
      "topic.prefix": "bench",
      "plugin.name": "pgoutput",
      "slot.name": who.toLowerCase(),
      ...(who === "Debezium" && { "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore" }),
    };
    writeFileSync(
      file,
      Object.entries(properties)
        .map(([name, value]) => `${name}=${value}`)
        .join("\n"),
    );
    const ours = [new URL("./bench-ours.ts", import.meta.url).pathname, file];
    return new Side(
      who,
      who === "Debezium"
        ? await startDebezium(file)
        : startChild(nodeBinary, [...THREAD_BOUNDS, "--conditions=source", ...ours], { stdio: ["pipe", "pipe", "pipe"] }),
    );
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.process.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal("SIGCONT");
    await this.#child.kill();
  }

  /** From the first of `count` records to the last. */
  async measure(what: CdcFigures["what"], count: number, look?: (share: number) => void): Promise<CdcFigures> {
    const from = this.#lines;
    const isThere = (): boolean => {
      look?.((this.#lines - from) / count);
      return this.#lines >= from + count;
    };
    this.#firstMs = undefined;
    await waitUntil(`${this.#who} has written ${count} records`, isThere, { timeoutMs: 600_000, everyMs: 5 }).catch((error: unknown) => {
      throw new Error(this.#child.outputTail().slice(-1000), { cause: error });
    });
    const seconds = (performance.now() - this.#firstMs!) / 1000;
    const cpuSeconds = this.#cpuSeconds() - this.#cpuAtFirst;
    return {
      who: this.#who,
      what,
      eventsPerSecond: count / seconds,
      eventsPerCpuSecond: count / cpuSeconds,
      peakMegabytes: this.#megabytes("VmHWM"),
    };
  }

  residentMegabytes(): number {
    return this.#megabytes("VmRSS");
  }

  #megabytes(field: "VmHWM" | "VmRSS"): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? "0") / 1024;
  }

  #count(chunk: Buffer): void {
    if (this.#firstMs === undefined) {
      this.#firstMs = performance.now();
      this.#cpuAtFirst = this.#cpuSeconds();
    }
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.#lines++;
  }

  #cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }
}
