import { isMainThread, workerData } from "node:worker_threads";

// A part's thread is waited for, and knows no commands; neither does the one that judges large schemas for the registry.
if (isMainThread) await (await import("./run-main.ts")).runMain(new URL(import.meta.url));
else if (workerData === "judge") await (await import("@ottla/registry/judge-thread")).runJudgeThread();
else await (await import("./parts/part-worker.ts")).runPartWorker();
