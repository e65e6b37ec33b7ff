import type { Headers } from "../record.ts";

/** A task, as spans name it. */
export interface SpannedTask {
  readonly applicationId: string;
  /** As `0_1`. */
  readonly taskId: string;
  readonly partition: number;
}

/** A record before it is processed. */
export interface SpannedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/**
 * Makes spans of what a task does. Each function is called in the task's loop, calls `work` exactly once before it returns, and lets pass what that throws.
 */
export interface TaskSpans {
  /** Around records that are processed one after another. */
  batch<T>(work: () => T): T;
  /** `work` is given the headers that the record goes on with, and so those of all that is written because of it. */
  record(record: SpannedRecord, work: (headers: Headers) => void): void;
  /** Around what follows of a record whose call has ended. */
  resumed(headers: Headers, work: () => void): void;
  /** Around a call of a punctuator that `node` has set up. */
  punctuated(node: string, work: () => void): void;
  /** In the middle of the above: `node` failed at its last attempt, and its record is dropped or stops the task. */
  failed(node: string, error: Error): void;
}

/** Where an application's tasks get their spans from. */
export interface SpanSource {
  /** Asked once for each task. */
  ofTask(task: SpannedTask): TaskSpans;
}
