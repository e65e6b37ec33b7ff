import { Worker } from "node:worker_threads";

/** Many clients that produce or fetch as fast as they may. */
export interface FloodTask {
  readonly bootstrap: string;
  /** With a partition for each client. */
  readonly topic: string;
  readonly clients: number;
  readonly clientId: string;
  readonly what: "produce" | "fetch";
}

export interface Flood {
  /** Of records, so far. */
  bytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the clients on a thread of their own. */
export async function startFlood(task: FloodTask): Promise<Flood> {
  const worker = new Worker(new URL("./flood-worker.ts", import.meta.url), { workerData: task, execArgv: ["--conditions=source"] });
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  // It is heard of by whoever asks next.
  failed.catch(() => {});
  const answer = (): Promise<number> =>
    Promise.race([failed, new Promise<number>((resolve) => worker.once("message", (bytes: number) => resolve(bytes)))]);
  await answer();
  return {
    bytes() {
      const bytes = answer();
      worker.postMessage("bytes");
      return bytes;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
