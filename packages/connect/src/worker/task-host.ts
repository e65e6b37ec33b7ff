import { SinkTask } from "./sink-task.ts";
import { crashable } from "./task-crash.ts";
import { SourceTask } from "./source-task.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "./task-world.ts";

/** Where tasks run: on this thread, or on others. */
export interface TaskHost {
  start(plan: TaskPlan, world: TaskWorld): RunningTask;
  /** Ends what it runs on, when its tasks have ended. */
  close?(): Promise<void>;
}

/** Tasks on the thread that it is called in: for workers inside of programs, and inside of threads of tasks. */
export const loopTaskHost: TaskHost = {
  start: (plan, world) => crashable(plan, () => (plan.kind === "source" ? new SourceTask(plan, world) : new SinkTask(plan, world))),
};
