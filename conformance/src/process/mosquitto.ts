import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "./child.ts";
import { findFreePorts } from "./free-port.ts";
import { requireProgram } from "./system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { tryConnect } from "./try-connect.ts";
import { waitUntil } from "./wait-until.ts";

/** An MQTT server of one test: Debian's mosquitto. */
export interface RunningMosquitto {
  readonly port: number;
  readonly folder: string;
  /** SIGKILL and a new start on what it kept. */
  crash(): Promise<void>;
  /** Stands still for so long, then ends as it wishes (SIGTERM), with what it was told kept, and starts again. */
  standStill(forMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port of loopback that keeps what it is told at every change. `lines` come behind its settings, files that they name are made by `prepare`. */
export async function startMosquitto(
  lines: (folder: string) => readonly string[] = () => ["allow_anonymous true"],
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<RunningMosquitto> {
  process.env["PATH"] += ":/usr/sbin";
  await requireProgram("mosquitto", "mosquitto");
  const folder = makeTemporaryFolder("mosquitto");
  const [port = 0] = await findFreePorts(1);
  await prepare(folder);
  const settings = [
    `listener ${port} 127.0.0.1`,
    "persistence true",
    `persistence_location ${folder}/`,
    "autosave_on_changes true",
    "autosave_interval 1",
    "max_queued_messages 0",
    "set_tcp_nodelay true",
    ...(process.getuid?.() === 0 ? ["user root"] : []),
    ...lines(folder),
  ];
  writeFileSync(`${folder}/mosquitto.conf`, `${settings.join("\n")}\n`);
  let child: Child;
  const start = async (): Promise<void> => {
    child = startChild("mosquitto", ["-c", `${folder}/mosquitto.conf`]);
    await waitUntil("mosquitto listens", () => tryConnect(port), { timeoutMs: 10_000, everyMs: 10 }).catch((error: unknown) => {
      throw new Error(child.outputTail(), { cause: error });
    });
  };
  await start();
  return {
    port,
    folder,
    async crash() {
      await child.kill();
      await start();
    },
    async standStill(forMs) {
      child.process.kill("SIGSTOP");
      await sleep(forMs);
      child.process.kill("SIGCONT");
      await child.stop();
      await start();
    },
    async stop() {
      await child.kill();
      removeTemporaryFolder(folder);
    },
  };
}
