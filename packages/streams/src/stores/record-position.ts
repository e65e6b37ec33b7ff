import type { Headers } from "../record.ts";

/** Of the record that is being processed; one object for the whole life of a task, its fields change. */
export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly headers: Headers;
}
