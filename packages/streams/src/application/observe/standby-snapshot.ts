import { taskName } from "../plan/task-id.ts";
import type { TaskStores } from "../state/task-stores.ts";
import type { StandbySnapshot } from "./snapshots.ts";

/** A copy of a task as it is. */
export function standbySnapshot({ id, changelogs, offsetSum, endSum }: TaskStores): StandbySnapshot {
  return {
    taskId: taskName(id),
    ...id,
    changelogs: changelogs.map(({ store, topic, partition, position }) => ({ store, topic, partition, position })),
    lag: endSum - offsetSum,
  };
}
