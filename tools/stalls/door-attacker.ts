/** The thread that sends what `registry-door.ts` says, when it is told to, and tells which statuses came back how often once all connections are closed, or nothing came for ten seconds. */
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** What each connection sends. */
export interface DoorAttack {
  readonly port: number;
  readonly connections: number;
  /** Each is written, and on its way, before the next. */
  readonly pieces: readonly string[];
}

const SILENCE_MS = 10_000;
const { port, connections, pieces } = workerData as DoorAttack;
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

function attack(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1").setNoDelay(true).setEncoding("latin1");
    socket.setTimeout(SILENCE_MS, () => {
      count("silence");
      socket.destroy();
    });
    socket.on("data", (text: unknown) => {
      for (const [, status] of String(text).matchAll(/HTTP\/1\.1 (\d+)/g)) count(status!);
    });
    socket.on("error", () => count("reset"));
    socket.once("close", () => resolve());
    const send = (at: number): void => {
      const piece = pieces[at];
      if (piece !== undefined && !socket.destroyed) socket.write(piece, () => send(at + 1));
    };
    socket.once("connect", () => send(0));
  });
}

parentPort?.postMessage("ready");
await new Promise((resolve) => parentPort?.once("message", resolve));
await Promise.all(Array.from({ length: connections }, attack));
parentPort?.postMessage([...counts].map(([what, times]) => `${times} × ${what}`).join(", "));
