import { OttlaError } from "@ottla/base";

/** Codes of {@link StreamsError}; they stay. */
export type StreamsErrorCode =
  | "STREAMS_TOPOLOGY"
  | "STREAMS_NAME_TAKEN"
  | "STREAMS_NAME_MISSING"
  | "STREAMS_BAD_NAME"
  | "STREAMS_BAD_ARGUMENT"
  | "STREAMS_CO_PARTITIONING"
  | "STREAMS_KEY_SCHEMA_ID"
  | "STREAMS_STORE_NOT_CONNECTED"
  | "STREAMS_UNKNOWN_TOPIC"
  | "STREAMS_NEGATIVE_TIMESTAMP"
  | "STREAMS_DESERIALIZATION"
  | "STREAMS_SERIALIZATION"
  | "STREAMS_PROCESSING"
  | "STREAMS_HANDLER"
  | "STREAMS_CALL_TIMEOUT"
  | "STREAMS_CALL_PENDING"
  | "STREAMS_NULL_KEY"
  | "STREAMS_STATE_CORRUPTED"
  | "STREAMS_STATE_WRITE"
  | "STREAMS_INTERNAL_TOPIC"
  | "STREAMS_OFFSET_LOST"
  | "STREAMS_RESTORE"
  | "STREAMS_TASK_TIMEOUT"
  | "STREAMS_NOT_CLOSED"
  | "STREAMS_WRITE"
  | "STREAMS_UNKNOWN_STORE"
  | "STREAMS_STORE_KIND"
  | "STREAMS_STORE_UNAVAILABLE"
  | "STREAMS_STORE_RESTORING"
  | "STREAMS_STORE_MOVED"
  | "STREAMS_QUERY_BEHIND"
  | "STREAMS_QUERY_REMOTE"
  | "STREAMS_TOO_MANY_STREAMS"
  | "STREAMS_CLOSED"
  | "STREAMS_TOPOLOGY_MODULE"
  | "STREAMS_WORKER_DIED"
  | "STREAMS_SHUTDOWN";

/** Where a record was when something went wrong with it. */
export interface RecordPlace {
  /** The node of the topology. */
  readonly node?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly key?: unknown;
}

/** What a topology or one of its records cannot be. The message names the node, topic, partition, offset and key as far as there are such. */
export class StreamsError extends OttlaError {
  override readonly name = "StreamsError";
  declare readonly code: StreamsErrorCode;
  readonly place: RecordPlace;

  constructor(code: StreamsErrorCode, message: string, options: { readonly cause?: unknown; readonly place?: RecordPlace } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.place = options.place ?? {};
  }
}

/** One of the instances asked for the end of all of them. */
export function applicationShutDown(applicationId: string): StreamsError {
  return new StreamsError(
    "STREAMS_SHUTDOWN",
    `An instance of application ${applicationId} asked for the end of the whole application (onError.fatal answered "shutdownApplication" there): its log says why.`,
  );
}
