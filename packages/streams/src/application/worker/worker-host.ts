import type { Clock, Logger } from "@ottla/base";
import type { Client } from "@ottla/client";
import type { TaskOptions } from "../../runtime/task-options.ts";
import type { HostTasks } from "../assignment/member-data.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import type { RestoreListener } from "../restore/changelog-restore.ts";
import type { WriteFailure } from "./record-output.ts";

/** What a worker is told and tells. */
export interface WorkerHost {
  readonly plan: TopologyPlan;
  readonly options: ResolvedOptions;
  readonly counts: PartitionCounts;
  readonly client: Client;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of all workers of an application. */
  readonly processId: string;
  /** Among them, from 1. */
  readonly number: number;
  /** For all tasks alike. */
  readonly task: Pick<
    TaskOptions,
    "applicationId" | "topology" | "globalStores" | "systemTimeMs" | "elapsedMs" | "cache" | "onError" | "onDropped" | "spans"
  >;
  readonly onWriteFailure: WriteFailure;
  readonly onRestore: RestoreListener;
  /** Who can be asked for which tasks, as of the last rebalance. */
  onHosts(hosts: readonly HostTasks[]): void;
  /** The same of copies of tasks that run elsewhere. */
  readonly onStandby: RestoreListener;
  /** It has all its tasks running, or not; as whom it is in the group. */
  onRunning(isRunning: boolean, memberId: string | undefined): void;
}

/** What of a worker its place in the group needs. */
export type GroupHost = Pick<WorkerHost, "client" | "options" | "plan" | "processId" | "number" | "counts" | "clock" | "logger">;
