import { type Child, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import { requireProgram } from "./system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A Redis of one test: Debian's. */
export interface RunningRedis {
  readonly port: number;
  /** SIGKILL and a new start on what it kept. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port of loopback that keeps every change before it answers. */
export async function startRedis(): Promise<RunningRedis> {
  await requireProgram("redis-server", "redis-server");
  const folder = makeTemporaryFolder("redis");
  const [port = 0] = await findFreePorts(1);
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--save",
    "",
  ];
  const start = async (): Promise<Child> => {
    const child = startChild("redis-server", settings);
    await waitUntil("Redis is ready", () => child.outputTail().includes("Ready to accept connections"), { timeoutMs: 10_000, everyMs: 5 });
    return child;
  };
  let child = await start();
  return {
    port,
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
