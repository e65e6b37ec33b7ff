import { isMainThread, workerData } from "node:worker_threads";

// A part's thread is waited for, and knows no commands; neither do the one that judges large schemas for the registry and those that run connectors' tasks, or the process that examines a cluster for the console.
if (isMainThread && process.send !== undefined && process.argv[2] === "ottla-examination")
  await (await import("@ottla/console/examination-process")).runExaminationProcess();
else if (isMainThread) await (await import("./run-main.ts")).runMain(new URL(import.meta.url));
else if (workerData === "judge") await (await import("@ottla/registry/judge-thread")).runJudgeThread();
else if ((workerData as { readonly kind?: unknown } | null)?.kind === "ottla connect tasks")
  await (await import("@ottla/connect/task-thread")).runTaskThread();
else await (await import("./parts/part-worker.ts")).runPartWorker();
