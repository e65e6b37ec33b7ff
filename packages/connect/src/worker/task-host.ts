import { inTime } from "./in-time.ts";
import { SinkTask } from "./sink-task.ts";
import { graceMsOf } from "./task-settings.ts";
import { crashable } from "./task-crash.ts";
import { SourceTask } from "./source-task.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "./task-world.ts";

/** Where tasks run: on this thread, or on others. */
export interface TaskHost {
  start(plan: TaskPlan, world: TaskWorld): RunningTask;
  /** Ends what it runs on, when its tasks have ended. */
  close?(): Promise<void>;
}

/** Behind a task's own grace. */
export const STOP_MORE_MS = 5_000;

/** The same on a thread that nobody ends: a task that does not end in its time is left behind, and told of, so that whoever waits for its end goes on. */
export const leavingTaskHost: TaskHost = {
  start(plan, world) {
    const running = loopTaskHost.start(plan, world);
    const stopMs = graceMsOf(world.worker) + STOP_MORE_MS;
    return {
      ended: running.ended,
      pause: () => running.pause(),
      resume: () => running.resume(),
      metrics: () => running.metrics(),
      async stop() {
        if (!(await inTime(running.stop(), stopMs, world.clock)))
          world.logger.warn("a task did not end in time and is left behind", { task: plan.task, connector: plan.connector, stopMs });
      },
    };
  },
};

/** Tasks on the thread that it is called in: for workers inside of programs, and inside of threads of tasks. */
export const loopTaskHost: TaskHost = {
  start(plan, outer) {
    const mask = outer.mask ?? new SecretMask(plan.secrets);
    const world = { ...outer, mask, logger: mask.logger(outer.logger) };
    const running = crashable(plan, () => (plan.kind === "source" ? new SourceTask(plan, world) : new SinkTask(plan, world)));
    const ended = running.ended.catch((error: unknown) => {
      throw mask.error(error);
    });
    ended.catch(() => {});
    return { ...running, ended };
  },
};
