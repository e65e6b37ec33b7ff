import { inTime } from "./in-time.ts";
import { graceMsOf } from "./task-settings.ts";
import type { TaskPlan, TaskWorld } from "./task-world.ts";

/** Ends what a task has of a plugin. One that fails at it, or does not end in the time that a task has, is told of and left behind: why the task ends is what matters. */
export async function closeInTime(
  what: string,
  close: () => Promise<unknown> | undefined,
  { connector, task }: Pick<TaskPlan, "connector" | "task">,
  { worker, clock, logger }: TaskWorld,
): Promise<void> {
  const graceMs = graceMsOf(worker);
  const closing = (async () => close())().catch((error: unknown) => logger.warn(`${what} could not be closed`, { connector, task, error }));
  if (!(await inTime(closing, graceMs, clock))) logger.warn(`${what} did not end in time and is left behind`, { connector, task, graceMs });
}
