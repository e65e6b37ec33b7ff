import { isMainThread } from "node:worker_threads";

// A part's thread is waited for, and knows no commands.
if (isMainThread) await (await import("./run-main.ts")).runMain(new URL(import.meta.url));
else await (await import("./parts/part-worker.ts")).runPartWorker();
