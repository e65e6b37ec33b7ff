import { isMainThread, workerData } from "node:worker_threads";

// A part's thread is waited for, and knows no commands; neither do the one that judges large schemas for the registry, those that run connectors' tasks, and the one that examines a cluster for the console.
if (isMainThread) await (await import("./run-main.ts")).runMain(new URL(import.meta.url));
else if (workerData === "judge") await (await import("@ottla/registry/judge-thread")).runJudgeThread();
else if ((workerData as { readonly kind?: unknown } | null)?.kind === "ottla connect tasks")
  await (await import("@ottla/connect/task-thread")).runTaskThread();
else if ((workerData as { readonly kind?: unknown } | null)?.kind === "ottla console examination")
  await (await import("@ottla/console/examination-thread")).runExaminationThread();
else await (await import("./parts/part-worker.ts")).runPartWorker();
