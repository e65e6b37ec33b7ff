import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@ottla/client";
import { type Child, runCommand, startChild } from "@ottla/conformance/process/child";
import { findNpmPostgres, findPostgres, startPostgres } from "@ottla/conformance/process/postgres";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { waitUntil } from "@ottla/conformance/process/wait-until";
import { writeReportSection } from "../measure/report.ts";
import { formatNumber } from "../measure/statistics.ts";
import { startDev } from "../registry/contestants.ts";
import { ChangeAges } from "./change-ages.ts";
import type { ConnectBenchOptions } from "./part.ts";
import { type MeasuredWorker, startOurs } from "./workers.ts";

const SCALE = 10;
const WARM_SECONDS = 6;
const SECONDS = Number(process.env["OTTLA_CDC_SECONDS"] ?? 20);
const ROWS_A_STATEMENT = 20;
/** Changes that wait when a backlog is read, at most: as many as this machine reads in so many seconds by what it has just shown. */
const BACKLOG = Number(process.env["OTTLA_CDC_BACKLOG"] ?? 400_000);
const BACKLOG_SECONDS = 10;
/** A machine that does less has no room to show anything of the goal now. */
const EVENTS_A_SECOND_MIN = 5_000;
/** What waits is waited for this many times as long as it was to take. */
const PATIENCE_FACTOR = 4;
/** A minute of events is more than a broker in memory holds. */
const BROKER_SETTINGS = [
  "log.segment.bytes=33554432",
  "log.retention.bytes=134217728",
  "log.retention.check.interval.ms=500",
  "log.segment.delete.delay.ms=100",
];
const TOPICS = ["accounts", "branches", "tellers", "history"].map((table) => `bench.public.pgbench_${table}`);
const PATIENCE = { timeoutMs: 60_000, everyMs: 50 };

const UPDATES = `\\set first random(1, ${SCALE * 100_000 - ROWS_A_STATEMENT})\nUPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid BETWEEN :first AND :first + ${ROWS_A_STATEMENT - 1};\n`;
/** At which latency is measured. */
const HALF_EVENTS_A_SECOND = 25_000;

/** What pgbench does: its own transaction of four changes, or updates of several rows, so that PostgreSQL's share is small. */
const LOADS = [
  { name: "pgbench's own transactions", changes: 4, flags: [], script: undefined, isTimed: false },
  {
    name: `updates of ${ROWS_A_STATEMENT} rows`,
    changes: ROWS_A_STATEMENT,
    // A little more than the goal: what PostgreSQL does beyond it takes the processors away from everybody.
    flags: ["-R", "2600"],
    script: UPDATES,
    isTimed: false,
  },
  {
    name: `updates of ${ROWS_A_STATEMENT} rows at half of that`,
    changes: ROWS_A_STATEMENT,
    flags: ["-R", String(HALF_EVENTS_A_SECOND / ROWS_A_STATEMENT)],
    script: UPDATES,
    isTimed: true,
  },
] as const;
const FORMS = [
  ["JSON with schemas", "true"],
  ["JSON without schemas", "false"],
] as const;

/** Processor time of each part of it, in seconds. */
interface Shares {
  readonly worker: number;
  readonly broker: number;
  readonly walsender: number;
  readonly postgres: number;
  readonly pgbench: number;
}

/** Changes of a PostgreSQL that pgbench is at work on, by the worker into a topic; then what is left, and a backlog by itself. All of it on the processors of one machine. */
export async function cdcLoadPart({ report }: ConnectBenchOptions): Promise<void> {
  const rows: string[] = [];
  for (const load of LOADS)
    for (const [form, schemas] of FORMS) {
      const name = `${load.name}, ${form}`;
      if (!name.includes(process.env["OTTLA_CDC_LOAD"] ?? "")) continue;
      const cells = await measure(load, schemas);
      rows.push(`| ${name} | ${cells.join(" | ")} |`);
      process.stdout.write(`${rows.at(-1)}\n`);
    }
  const header =
    "| load | changes/s by pgbench | events/s that came meanwhile | processors' share: worker / broker / walsender / rest of PostgreSQL / pgbench, % of one | backlog alone, events/s | µs of the worker's and the broker's CPU an event of it | from commit to consumer: p50 / p99 / longest, ms |";
  const table = `${header}\n|${" --- |".repeat(7)}\n${rows.join("\n")}`;
  process.stdout.write(`\n${table}\n`);
  if (report)
    writeReportSection({
      id: "connect-cdc-load",
      title: "Connect: PostgreSQL CDC from a running pgbench",
      command: "npm run bench -- connect --only cdc-load",
      body: `PostgreSQL 18 (fsync and synchronous_commit off), pgbench, a worker (\`ottla up --only connect\`) and a broker of ours in memory, each in a process of its own on the same processors. pgbench has four clients, as fast as they can or 2,600 updates a second, or 1,250 (then with synchronous_commit and a consumer in the bench's own process); ${SECONDS} s are counted behind ${WARM_SECONDS} s of warming. Then the connector is paused, pgbench makes ${BACKLOG} changes (fewer on a slower machine) and ends, and what waits in the slot is read. Goal: 50,000 events/s.\n\n${table}`,
    });
}

async function measure(load: (typeof LOADS)[number], schemas: string): Promise<string[]> {
  const programs = findNpmPostgres() ?? findPostgres();
  if (programs === undefined) throw new Error("There is no PostgreSQL: npm install, or apt-get install postgresql.");
  const folder = mkdtempSync(join(tmpdir(), "ottla-bench-cdc-"));
  const postgres = await startPostgres(programs, {
    wal_level: "logical",
    max_wal_size: "8GB",
    fsync: "off",
    // What is committed without it is sent up to 200 ms later, when the log is written next.
    synchronous_commit: load.isTimed ? "on" : "off",
    shared_buffers: "512MB",
  });
  const broker = await startDev({ only: "broker", settings: BROKER_SETTINGS });
  const client = createClient({ bootstrapServers: broker.bootstrap });
  let worker: MeasuredWorker | undefined;
  let pgbench: Child | undefined;
  let ages: ChangeAges | undefined;
  const { host, port, user, database } = postgres.connection;
  const place = ["-h", host, "-p", String(port), "-U", user];
  const ended = async (): Promise<number> => {
    const listed = await client.admin().listOffsets(TOPICS.map((topic) => ({ topic, partition: 0, spec: "latest" as const })));
    return listed.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0);
  };
  const run = (...until: readonly string[]): Child => {
    const file = join(folder, "load.sql");
    if (load.script !== undefined) writeFileSync(file, load.script);
    const what = load.script === undefined ? [] : ["-f", file];
    return startChild("pgbench", [...place, "-n", "-c", "4", "-j", "1", "-M", "prepared", ...what, ...until, database]);
  };
  const done = async (child: Child): Promise<number> => {
    await child.exited;
    const count = /transactions actually processed: (\d+)/.exec(child.outputTail())?.[1];
    if (count === undefined) throw new Error(`pgbench: ${child.outputTail()}`);
    return Number(count) * load.changes;
  };
  try {
    const made = await runCommand("pgbench", [...place, "-i", "-q", "-s", String(SCALE), database], { timeoutMs: 120_000 });
    if (made.status !== 0) throw new Error(`pgbench (apt-get install postgresql-contrib has it): ${made.stderr}`);
    worker = await startOurs(folder, broker.bootstrap, "bench-cdc");
    await client.admin().createTopics(TOPICS.map((name) => ({ name, partitionCount: 1, replicationFactor: 1 })));
    await request(worker, "PUT", "/connectors/bench/config", {
      "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
      "database.hostname": host,
      "database.port": String(port),
      "database.user": user,
      "database.password": "none",
      "database.dbname": database,
      "topic.prefix": "bench",
      "plugin.name": "pgoutput",
      "slot.name": "bench",
      "snapshot.mode": "no_data",
      "key.converter": "org.apache.kafka.connect.json.JsonConverter",
      "key.converter.schemas.enable": schemas,
      "value.converter": "org.apache.kafka.connect.json.JsonConverter",
      "value.converter.schemas.enable": schemas,
    });
    const serverPid = postgresPid(port);
    await waitUntil("the slot is read", () => walsenderPid(serverPid) !== undefined, PATIENCE);
    const shares = (): Shares => {
      const walsender = walsenderPid(serverPid) ?? serverPid;
      return {
        worker: readProcessUsage(worker!.pid).cpuSeconds,
        broker: readProcessUsage(broker.pid).cpuSeconds,
        walsender: readProcessUsage(walsender).cpuSeconds,
        postgres: readProcessUsage(...childrenOf(serverPid).filter((pid) => pid !== walsender)).cpuSeconds,
        pgbench: pgbench === undefined ? 0 : readProcessUsage(pgbench.pid).cpuSeconds,
      };
    };
    if (load.isTimed) ages = new ChangeAges(client, TOPICS[0]!);
    pgbench = run("-T", String(WARM_SECONDS + SECONDS + 2), ...load.flags);
    await passed(WARM_SECONDS);
    const [from, sharesFrom, fromMs] = [await ended(), shares(), performance.now()];
    ages?.begin();
    await passed(SECONDS);
    const aged = ages?.end();
    const [to, sharesTo, toMs] = [await ended(), shares(), performance.now()];
    const seconds = (toMs - fromMs) / 1000;
    const perSecond = (to - from) / seconds;
    const all = await done(pgbench);
    pgbench = undefined;
    if (perSecond < EVENTS_A_SECOND_MIN)
      throw new Error(`Only ${Math.round(perSecond)} events/s came: this machine has no room for the measurement now.`);
    const within = (events: number) => ({ ...PATIENCE, timeoutMs: 5_000 + (events / perSecond) * 1000 * PATIENCE_FACTOR });
    await waitUntil("all changes came", async () => (await ended()) >= all, within(all - to));
    const used = Object.keys(sharesFrom).map((name) => sharesTo[name as keyof Shares] - sharesFrom[name as keyof Shares]);

    await request(worker, "PUT", "/connectors/bench/pause");
    await passed(1);
    const backlog = Math.min(BACKLOG, perSecond * BACKLOG_SECONDS);
    const waiting = await done(run("-t", String(Math.ceil(backlog / load.changes / 4))));
    const before = await ended();
    const sharesBefore = shares();
    const resumedMs = performance.now();
    await request(worker, "PUT", "/connectors/bench/resume");
    await waitUntil("the backlog came", async () => (await ended()) >= all + waiting, within(waiting));
    const drainSeconds = (performance.now() - resumedMs) / 1000;
    const drained = all + waiting - before;
    const sharesAfter = shares();
    const micros = (name: "worker" | "broker"): string => (((sharesAfter[name] - sharesBefore[name]) / drained) * 1e6).toFixed(1);
    return [
      formatNumber(all / (WARM_SECONDS + SECONDS + 2)),
      formatNumber(perSecond),
      used.map((each) => Math.round((each / seconds) * 100)).join(" / "),
      formatNumber(drained / drainSeconds),
      `${micros("worker")} / ${micros("broker")}`,
      aged === undefined ? "–" : `${aged.p50Ms} / ${aged.p99Ms} / ${aged.maxMs} (of ${aged.count})`,
    ];
  } finally {
    await pgbench?.kill();
    await ages?.close();
    await worker?.stop();
    await client.close();
    await broker.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function request({ url }: MeasuredWorker, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (response.status >= 400) throw new Error(await response.text());
}

const passed = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function commandLine(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** The server that listens there, by the port in its command line. */
function postgresPid(port: number): number {
  const pid = readdirSync("/proc").find((each) => /^\d+$/.test(each) && commandLine(each).includes(`-p ${port} `));
  if (pid === undefined) throw new Error("PostgreSQL's process was not found.");
  return Number(pid);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

function walsenderPid(server: number): number | undefined {
  return childrenOf(server).find((pid) => commandLine(pid).includes("walsender"));
}
