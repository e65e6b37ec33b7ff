export interface ConnectorTaskSnapshot {
  readonly task: number;
  /** `RUNNING`, `PAUSED`, `FAILED`, `UNASSIGNED`, `RESTARTING`, … */
  readonly state: string;
  readonly worker: string;
  /** The kind of what it failed with, as `org.apache.kafka.connect.errors.ConnectException`: what it said may hold secrets and is left out. */
  readonly failure?: string;
}

/** Failed, or started again and again after a failure, as some workers do by themselves. */
export function isFailing({ state, failure }: ConnectorTaskSnapshot): boolean {
  return state === "FAILED" || (state === "RESTARTING" && failure !== undefined);
}

/** A connector as its worker's REST interface shows it. */
export interface ConnectorSnapshot {
  readonly connector: string;
  readonly type: "source" | "sink" | "unknown";
  readonly state: string;
  readonly tasks: readonly ConnectorTaskSnapshot[];
}
