import { SinkTask } from "./sink-task.ts";
import { crashable } from "./task-crash.ts";
import { SourceTask } from "./source-task.ts";
import type { RunningTask, TaskPlan, TaskWorld } from "./task-world.ts";

/** Where tasks run: on this thread, or each connector's on one of its own. */
export interface TaskHost {
  start(plan: TaskPlan, world: TaskWorld): RunningTask;
}

/** Tasks on the thread of the worker: for tests, and for a worker that has a thread of its own. */
export const loopTaskHost: TaskHost = {
  start: (plan, world) => crashable(plan, () => (plan.kind === "source" ? new SourceTask(plan, world) : new SinkTask(plan, world))),
};
