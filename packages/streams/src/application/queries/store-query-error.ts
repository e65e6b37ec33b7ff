import { StreamsError, type StreamsErrorCode } from "../../streams-error.ts";
import type { Position } from "./store-query.ts";

/** How far a store that is being restored has come. */
export interface StoreProgress {
  readonly store: string;
  readonly partition: number;
  /** Everything of the changelog before it is in the store; `end` is where it has to come. */
  readonly position: number;
  readonly end: number;
}

/** Codes of questions that got no answer. */
export type StoreQueryErrorCode = Extract<
  StreamsErrorCode,
  | "STREAMS_UNKNOWN_STORE"
  | "STREAMS_STORE_KIND"
  | "STREAMS_STORE_UNAVAILABLE"
  | "STREAMS_STORE_RESTORING"
  | "STREAMS_STORE_MOVED"
  | "STREAMS_QUERY_BEHIND"
  | "STREAMS_QUERY_REMOTE"
  | "STREAMS_BAD_ARGUMENT"
  | "STREAMS_CLOSED"
>;

/** What else is known of it. */
export interface StoreQueryDetails {
  readonly store?: string;
  readonly partition?: number;
  /** `STREAMS_STORE_MOVED`: `host:port` of the instance that has it, or is about to. */
  readonly host?: string;
  /** `STREAMS_STORE_RESTORING`, as far as it has begun. */
  readonly progress?: readonly StoreProgress[];
  /** `STREAMS_QUERY_BEHIND`: how far the copy is. */
  readonly position?: Position;
}

/**
 * A question to a store that got no answer. `STREAMS_UNKNOWN_STORE`: the topology has none of the name. `STREAMS_STORE_KIND`: the store is of another kind than the question. `STREAMS_STORE_RESTORING`: it is here, and not yet
 * filled. `STREAMS_STORE_MOVED`: another instance has it, which `details.host` names. `STREAMS_STORE_UNAVAILABLE`: nobody that is known has it now. `STREAMS_QUERY_BEHIND`: the copy is not as new as the question asks.
 * `STREAMS_QUERY_REMOTE`: the instance that has it did not answer.
 */
export class StoreQueryError extends StreamsError {
  declare readonly code: StoreQueryErrorCode;
  readonly details: StoreQueryDetails;

  constructor(code: StoreQueryErrorCode, message: string, details: StoreQueryDetails = {}, cause?: unknown) {
    super(code, message, cause === undefined ? {} : { cause });
    this.details = details;
  }
}
