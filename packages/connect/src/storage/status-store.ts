/** States of connectors and tasks by Apache Connect's names; STOPPED is a connector's only. */
export type ConnectState = "UNASSIGNED" | "RUNNING" | "PAUSED" | "FAILED" | "RESTARTING" | "STOPPED" | "DESTROYED";

/** How a connector or a task is. */
export interface RunStatus {
  readonly state: ConnectState;
  /** `host:port` of the worker that runs it. */
  readonly workerId: string;
  /** What it failed with. */
  readonly trace?: string | undefined;
  /** Of its plugin; absent where it does not run. */
  readonly version?: string | undefined;
  /** Counts restarts of a worker's view; a later one goes before. */
  readonly generation: number;
}

/** Whose status: a connector's own, or one of its tasks'. */
export interface StatusOwner {
  readonly connector: string;
  readonly task?: number | undefined;
}

/** States of all connectors, as every worker sees them. */
export interface StatusStore {
  start(): Promise<void>;
  /** Null: it is gone. Never rejects: a state that could not be written is written with the next. */
  put(owner: StatusOwner, status: RunStatus | null): void;
  get(owner: StatusOwner): RunStatus | undefined;
  /** Of a connector's tasks, by number. */
  tasks(connector: string): ReadonlyMap<number, RunStatus>;
  /** A connector was seen to use a topic (KIP-558). */
  addTopic(connector: string, task: number, topic: string): void;
  /** Sorted. */
  topics(connector: string): readonly string[];
  resetTopics(connector: string): void;
  stop(): Promise<void>;
}
