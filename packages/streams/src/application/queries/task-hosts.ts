import type { HostTasks } from "../assignment/member-data.ts";
import type { TaskId } from "../plan/task-id.ts";

/** Who has a task, of the instances that say where they can be asked. */
export interface TaskPlace {
  /** `host:port`; undefined: nobody that can be asked. */
  readonly active: string | undefined;
  readonly standbys: readonly string[];
}

/** Which instance is to have which task, as the last rebalance told this one. Members of this instance are told the same; the last one counts. */
export class TaskHosts {
  #hosts: readonly HostTasks[] = [];

  replace(hosts: readonly HostTasks[]): void {
    this.#hosts = hosts;
  }

  all(): readonly HostTasks[] {
    return this.#hosts;
  }

  of(task: TaskId): TaskPlace {
    const has = (tasks: readonly TaskId[]) =>
      tasks.some(({ subtopology, partition }) => subtopology === task.subtopology && partition === task.partition);
    return {
      active: this.#hosts.find(({ active }) => has(active))?.applicationServer,
      standbys: this.#hosts.filter(({ standby }) => has(standby)).map(({ applicationServer }) => applicationServer),
    };
  }
}
