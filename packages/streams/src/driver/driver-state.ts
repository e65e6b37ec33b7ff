import { nodeDisk } from "@ottla/base/node";
import { TaskState } from "../stores/persistent/task-state.ts";
import { checkName } from "../topology/names.ts";

/** What a driver has on the disk: a directory for its task and one for its global stores, called as Java calls them. */
export class DriverState {
  readonly task: TaskState;
  readonly global: TaskState | undefined;

  private constructor(task: TaskState, global: TaskState | undefined) {
    this.task = task;
    this.global = global;
  }

  /** Throws `STREAMS_BAD_NAME`, and what {@link TaskState.open} throws. */
  static open(stateDir: string, applicationId: string, storeCount: number, hasGlobalStores: boolean): DriverState {
    checkName(applicationId);
    const directory = `${stateDir}/${applicationId}`;
    const task = TaskState.open(nodeDisk, `${directory}/0_0`, undefined, storeCount);
    try {
      return new DriverState(task, hasGlobalStores ? TaskState.open(nodeDisk, `${directory}/global`, undefined, storeCount) : undefined);
    } catch (error) {
      task.close();
      throw error;
    }
  }

  close(): void {
    this.task.close();
    this.global?.close();
  }
}
