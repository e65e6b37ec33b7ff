import type { HeldTask, HostTasks } from "../assignment/member-data.ts";
import type { TaskId } from "../plan/task-id.ts";

/** What a worker's place in its group asks and tells it, whatever the protocol. */
export interface GroupEvents {
  /** The tasks whose state is here, with how far it is; `isRunning`: with those that are up to date since they run. */
  held(isRunning: boolean): readonly HeldTask[];
  /** The group is about to be divided anew: a commit would be refused. Classic protocol only. */
  onRejoin(): void;
  /** Another one with each division that the worker asks for. Classic protocol only. */
  nonce(): number;
  /** These copies are to be kept here from now on; `probeInMs`: after so much time it is to ask for another division. What is to run comes as partitions do. */
  onStandbys(standbys: readonly TaskId[], probeInMs: number | undefined): void;
  /** Who can be asked for which tasks. */
  onHosts(hosts: readonly HostTasks[]): void;
  /** All that the topology reads is there, or not: while it is not, the worker does not run, whatever tasks it has. */
  onReady(isReady: boolean): void;
  /** What the group says cannot be gone on with. */
  onFailure(error: Error): void;
  /** The whole application is to end, and the group is to be told. */
  isShutdownRequested(): boolean;
}
