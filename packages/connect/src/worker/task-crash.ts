import { AsyncLocalStorage } from "node:async_hooks";
import { ConnectError } from "../connect-error.ts";
import type { RunningTask, TaskPlan } from "./task-world.ts";

interface Crashable {
  crash(error: Error): void;
}

const current = new AsyncLocalStorage<Crashable>();

/**
 * A task whose plugin may throw where nobody catches it: in a timer, from an emitter, in a promise that nobody awaits. {@link crashTask}, called from the process's or thread's handler of such errors, fails the
 * task that it came from, and no other.
 */
export function crashable(plan: TaskPlan, start: () => RunningTask): RunningTask {
  const ended = Promise.withResolvers<void>();
  let crash: Error | undefined;
  const context: Crashable = {
    crash(error) {
      if (crash !== undefined) return;
      crash = new ConnectError(
        "CONNECT_SOURCE",
        `Connector "${plan.connector}", task ${plan.task}: its plugin threw where nobody catches: ${error.message}`,
        {
          cause: error,
          place: { connector: plan.connector, task: plan.task },
        },
      );
      // It has failed once nothing of it writes any more.
      void running.stop();
    },
  };
  const running = current.run(context, start);
  running.ended.then(
    () => (crash === undefined ? ended.resolve() : ended.reject(crash)),
    (error: unknown) => ended.reject(crash ?? error),
  );
  ended.promise.catch(() => {});
  return {
    ended: ended.promise,
    pause: () => running.pause(),
    resume: () => running.resume(),
    stop: () => running.stop(),
    metrics: () => running.metrics(),
  };
}

/** Fails the task in whose code an error was thrown that nobody caught; false: it came from no task. */
export function crashTask(error: unknown): boolean {
  const context = current.getStore();
  context?.crash(error instanceof Error ? error : new Error(String(error)));
  return context !== undefined;
}
