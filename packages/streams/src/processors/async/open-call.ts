import type { Headers } from "../../record.ts";
import type { RecordPosition } from "../../stores/record-position.ts";
import type { InputRecord } from "../operator.ts";

/** A record that waits for its call, its call's end, or those before it. What it was when it came stays: time, headers and place are those of its result, too. */
export interface OpenCall extends RecordPosition {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
  readonly headers: Headers;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** What the task was processing when it came; undefined: a punctuator forwarded it. */
  readonly input: InputRecord | undefined;
  /** The order of arrival, within the operator. */
  readonly sequence: number;
  readonly lane: Lane | undefined;
  attempt: number;
  /** Of the try that runs; undefined: none does. */
  controller: AbortController | undefined;
  /** When the try is given up, or the next one begins, by the machine's clock. */
  dueMs: number;
  /** Undefined: not yet. */
  outcome: CallOutcome | undefined;
  /** Its outcome could not be given on, since an earlier record of its key was not done. */
  isPassedOver: boolean;
}

/** How the last try ended. */
type CallOutcome = { readonly result: unknown } | { readonly error: Error };

/** The records of one key that are not done, in their order. Done ones leave at the front. */
export interface Lane {
  readonly identity: unknown;
  readonly calls: OpenCall[];
  /** How many at the front of `calls` are done. */
  done: number;
}
