import { runCommand } from "./child.ts";
import { type RunningSqlServer, startSqlServer } from "./sql-server.ts";
import { requireProgram } from "./system-package.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const SMALL = ["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--aria-pagecache-buffer-size=8M", "--key-buffer-size=1M"];
const CAPTURED = ["--log-bin=mariadb-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL"];

/**
 * Debian's MariaDB on a free port of loopback and a folder of its own, with a binlog that has all metadata, and `settings` beside it.
 * @throws MissingProgramError
 */
export async function startMariadb(settings: readonly string[] = ["--server-id=1"]): Promise<RunningSqlServer> {
  await requireProgram("mariadbd", "mariadb-server");
  const folder = makeTemporaryFolder("mariadb");
  const data = `${folder}/data`;
  const owner = process.getuid?.() === 0 ? ["--user=root"] : [];
  const { status, stdout, stderr } = await runCommand(
    "mariadb-install-db",
    ["--no-defaults", ...owner, `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...SMALL],
    { timeoutMs: 120_000 },
  );
  if (status !== 0) throw new Error(`mariadb-install-db failed: ${(stdout + stderr).trim().slice(-600)}`);
  const options = ["--no-defaults", ...owner, `--datadir=${data}`, ...SMALL, ...CAPTURED, ...settings];
  return startSqlServer("mariadb", "mariadbd", options, folder);
}
