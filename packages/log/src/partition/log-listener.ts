/** What a log tells of itself: where it is, and what a restart has to know of it. */
export interface ListenedLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string | undefined;
  readonly name: string;
  readonly logStartOffset: number;
  readonly recoveryPoint: number;
}

/** Told by a log to its owner, so that checkpoints follow. */
export interface LogListener {
  /** The log start was moved by DeleteRecords. The outcome is given when this has resolved. Errors: disk errors. */
  logStartMoved(log: ListenedLog): Promise<void>;
  /** More of the log is on the disk. */
  flushed(log: ListenedLog): void;
  /** The log refuses appends from now on. */
  failed(log: ListenedLog, error: unknown): void;
}
