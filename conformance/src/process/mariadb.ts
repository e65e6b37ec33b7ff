import { type Child, runCommand, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import type { RunningSqlServer } from "./sql-server.ts";
import { requireProgram } from "./system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

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
  const [port = 0] = await findFreePorts(1);
  const start = async (): Promise<Child> => {
    const child = startChild("mariadbd", [
      ...["--no-defaults", ...owner, `--datadir=${data}`, `--port=${port}`, "--bind-address=127.0.0.1", `--socket=${folder}/s.sock`],
      ...[...SMALL, ...CAPTURED, ...settings],
    ]);
    await waitUntil(
      "MariaDB is ready",
      () => {
        if (child.process.exitCode !== null) throw new Error(`mariadbd ended: ${child.outputTail().slice(-800)}`);
        return child.outputTail().includes("ready for connections");
      },
      { timeoutMs: 60_000, everyMs: 10 },
    );
    return child;
  };
  let child = await start();
  return {
    kind: "mariadb",
    connection: { host: "127.0.0.1", port, user: "root" },
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
