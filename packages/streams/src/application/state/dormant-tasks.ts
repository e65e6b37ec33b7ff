import type { Clock, Disk, Logger } from "@ottla/base";
import { TaskState } from "../../stores/persistent/task-state.ts";
import type { HeldTask } from "../assignment/member-data.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import { filesOf, lockIfFree } from "./task-folder.ts";
import type { TaskStores } from "./task-stores.ts";
import { reasonOf } from "../../thrown.ts";

/** What reading and telling of them needs of the world. */
export interface DormantTasksHost {
  readonly disk: Disk;
  /** The application's in its state directory; undefined: it has none. */
  readonly folder: string | undefined;
  readonly plan: Pick<TopologyPlan, "subtopologies">;
  readonly clock: Pick<Clock, "nextTurn">;
  readonly logger: Logger;
}

/**
 * Tasks whose state is on the disk, and which are not open (KIP-441): told to who divides the tasks, so that an instance that comes back has its tasks again, and a copy is where it is least work. Read once, before the worker joins its
 * group; from then on what was closed here is known as it was saved.
 */
export class DormantTasks {
  readonly #host: DormantTasksHost;
  readonly #offsetSums = new Map<string, HeldTask>();

  constructor(host: DormantTasksHost) {
    this.#host = host;
  }

  /** Looks what is there, a task in each turn of the loop. What cannot be read is nobody's state; never rejects. */
  async read(mayGoOn: () => boolean): Promise<void> {
    const { disk, folder, plan, clock, logger } = this.#host;
    if (folder === undefined) return;
    for (const name of this.#names(folder)) {
      const id = idOf(name);
      const changelogs = plan.subtopologies.find((each) => each.id === id?.subtopology)?.changelogs ?? [];
      if (id === undefined || changelogs.length === 0 || !this.#isThere(name)) continue;
      if (!mayGoOn()) return;
      try {
        const offsetSum = savedOffsets(disk, `${folder}/${name}`, changelogs, id.partition);
        if (offsetSum !== undefined) this.#offsetSums.set(name, { ...id, offsetSum });
      } catch (error) {
        // Whoever is given the task finds out, and makes it again.
        logger.debug("the state of a task that is not here is not told", { task: name, error: reasonOf(error) });
      }
      await new Promise<void>((resolve) => clock.nextTurn(resolve));
    }
  }

  /** These were closed here. */
  note({ id, name, folder, savedOffsetSum }: TaskStores): void {
    if (folder !== undefined && savedOffsetSum > 0) this.#offsetSums.set(name, { ...id, offsetSum: savedOffsetSum });
  }

  /** Those that are still there; none that `isOpen` here. */
  held(isOpen: (name: string) => boolean): HeldTask[] {
    return [...this.#offsetSums.values()].filter((task) => {
      const name = taskName(task);
      if (isOpen(name)) return false;
      // It may have been cleaned up, or made anew, since.
      if (this.#isThere(name)) return true;
      this.#offsetSums.delete(name);
      return false;
    });
  }

  #names(folder: string): readonly string[] {
    try {
      return this.#host.disk.stat(folder) === undefined ? [] : this.#host.disk.list(folder);
    } catch (error) {
      this.#host.logger.warn("the state of tasks that are not here is not told", { folder, error: reasonOf(error) });
      return [];
    }
  }

  #isThere(name: string): boolean {
    const { disk, folder } = this.#host;
    try {
      const path = `${folder}/${name}`;
      return disk.stat(path) !== undefined && filesOf(disk, path).length > 0;
    } catch {
      return false;
    }
  }
}

/** Undefined: somebody has it, or nothing of it was ever saved. */
function savedOffsets(
  disk: Disk,
  folder: string,
  changelogs: readonly { readonly topic: string }[],
  partition: number,
): number | undefined {
  const lock = lockIfFree(disk, folder);
  if (lock === undefined) return undefined;
  lock.release();
  const state = TaskState.open(disk, folder);
  try {
    return changelogs.reduce((sum, { topic }) => sum + (state.offset(topic, partition) ?? 0), 0) || undefined;
  } finally {
    state.close();
  }
}

function idOf(name: string): TaskId | undefined {
  const [, subtopology, partition] = /^(\d+)_(\d+)$/.exec(name) ?? [];
  return partition === undefined ? undefined : { subtopology: Number(subtopology), partition: Number(partition) };
}
