import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { OttlaError } from "@ottla/base";
import type { CommandContext } from "../../../command.ts";

/** A broker starts in well under a second; a machine that is busy is given this. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** A broker of one's own, in memory, with TLS, logins and ACLs that deny by default. */
export interface ThrowAwayBroker {
  readonly bootstrap: string;
  readonly security: { readonly username: string; readonly password: string; readonly caLocation: string };
  /** Ends the process, and waits for it. */
  stop(): Promise<void>;
}

/** Starts `ottla dev --memory --secure` as a child of this process, which ends it also when it ends itself. Errors: `BROKER_NOT_STARTED`. */
export async function startThrowAwayBroker({ main, signal }: CommandContext, brokers: number): Promise<ThrowAwayBroker> {
  const words = [
    "dev",
    "--memory",
    "--port",
    "0",
    "--json",
    "--secure",
    "--only",
    "broker",
    "--brokers",
    String(brokers),
    "--set",
    "auto.create.topics.enable=false",
  ];
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(main), ...words], {
    // The channel ends with this process, however it ends, and the broker with the channel.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    await ended(child);
  };
  try {
    const { bootstrap, security } = await readyLine(child, signal);
    return { bootstrap, security, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}

async function readyLine(child: ChildProcess, signal: AbortSignal): Promise<Pick<ThrowAwayBroker, "bootstrap" | "security">> {
  let complaint = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  const lines = createInterface({ input: child.stdout! });
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  try {
    const first = Promise.race([once(lines, "line", { signal: timeout }), once(child, "exit", { signal: timeout }).then(() => undefined)]);
    const line = (await first) as readonly [string] | undefined;
    if (line !== undefined) return JSON.parse(line[0]) as Pick<ThrowAwayBroker, "bootstrap" | "security">;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    complaint ||= (error as Error).message;
  }
  throw new OttlaError("BROKER_NOT_STARTED", `The broker to prove on did not start: ${complaint.trim() || "it said nothing"}`);
}
