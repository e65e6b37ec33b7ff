import type { ApplicationState } from "../../application-state.ts";
import type { RestoreProgress } from "../../restore/changelog-restore.ts";
import type { ClusterFacts } from "../cluster-facts.ts";
import type { WorkerSnapshot } from "../snapshots.ts";

/** What is known of an instance and its cluster when somebody asks. */
export interface WhyFacts {
  readonly applicationId: string;
  readonly nowMs: number;
  readonly state: ApplicationState;
  readonly error: string | undefined;
  readonly isExactlyOnce: boolean;
  readonly commitIntervalMs: number;
  readonly maxTaskIdleMs: number;
  readonly workers: readonly WorkerSnapshot[];
  /** Workers that did not answer in time. */
  readonly silentWorkers: readonly number[];
  readonly restores: readonly RestoreProgress[];
  /** An error where it did not answer. */
  readonly cluster: ClusterFacts | { readonly error: string };
  /** Nodes that write to topics of users. */
  readonly outputs: ReadonlySet<string>;
}
