import { type Child, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import { removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A MariaDB or a MySQL of one test. */
export interface RunningSqlServer {
  readonly kind: "mariadb" | "mysql";
  /** For a driver: host, port and user; there is no password. */
  readonly connection: { readonly host: string; readonly port: number; readonly user: string };
  /** SIGKILL and a new start on the same data, as after a crash. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `program` on a free port of loopback, with a socket in `folder`, and resolves when it takes connections. `folder` is its own from here on, and goes with it. */
export async function startSqlServer(
  kind: RunningSqlServer["kind"],
  program: string,
  options: readonly string[],
  folder: string,
): Promise<RunningSqlServer> {
  const [port = 0] = await findFreePorts(1);
  const start = async (): Promise<Child> => {
    const child = startChild(program, [...options, `--port=${port}`, "--bind-address=127.0.0.1", `--socket=${folder}/s.sock`]);
    await waitUntil(
      `${kind} is ready`,
      () => {
        if (child.process.exitCode !== null) throw new Error(`${program} ended: ${child.outputTail().slice(-800)}`);
        return child.outputTail().includes("ready for connections");
      },
      { timeoutMs: 60_000, everyMs: 10 },
    );
    return child;
  };
  let child = await start();
  return {
    kind,
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
