import { Worker } from "node:worker_threads";

/** One client that sends a small record now and then, and waits for each. */
export interface QuietTask {
  readonly bootstrap: string;
  readonly topic: string;
  readonly seconds: number;
}

/** The 99th percentile of how long a record takes, in ms; measured on a thread of its own. */
export function quietP99Ms(bootstrap: string, topic: string, seconds: number): Promise<number> {
  const workerData: QuietTask = { bootstrap, topic, seconds };
  const worker = new Worker(new URL("./quiet-worker.ts", import.meta.url), { workerData, execArgv: ["--conditions=source"] });
  return new Promise((resolve, reject) => {
    worker.once("message", (p99Ms: number) => resolve(p99Ms));
    worker.once("error", reject);
  });
}
