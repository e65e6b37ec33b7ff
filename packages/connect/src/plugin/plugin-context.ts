import type { Logger } from "@ottla/base";

/** What a dry run has. */
export interface CheckContext {
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** What a dry run found. */
export interface CheckFinding {
  readonly severity: "error" | "warning" | "info";
  /** The config key that it is about. */
  readonly key?: string | undefined;
  /** What is wrong and what to do, in a sentence. */
  readonly message: string;
}

/** What every task has. */
export interface TaskContext extends CheckContext {
  readonly connector: string;
}
