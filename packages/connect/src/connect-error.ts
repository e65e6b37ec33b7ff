import { OttlaError } from "@ottla/base";

/**
 * What a program may ask of an error of Connect:
 * `CONNECT_CONFIG` settings that are wrong or contradict each other;
 * `CONNECT_DATA` a value that is not what its schema says, or bytes that a converter cannot read;
 * `CONNECT_RETRIABLE` the same may work later;
 * `CONNECT_SOURCE`, `CONNECT_SINK` the system at the other end refuses;
 * `CONNECT_THREAD` the thread that a task ran on is no more;
 * `CONNECT_STATE` the connector is not in the state that this needs.
 */
export type ConnectErrorCode =
  | "CONNECT_CONFIG"
  | "CONNECT_DATA"
  | "CONNECT_RETRIABLE"
  | "CONNECT_SOURCE"
  | "CONNECT_SINK"
  | "CONNECT_THREAD"
  | "CONNECT_STATE";

/** Stages by the names that Apache Connect's dead-letter headers have. */
export type ConnectStage =
  | "TRANSFORMATION"
  | "KEY_CONVERTER"
  | "VALUE_CONVERTER"
  | "HEADER_CONVERTER"
  | "TASK_POLL"
  | "TASK_PUT"
  | "KAFKA_PRODUCE"
  | "KAFKA_CONSUME";

/** Where a record was when something went wrong with it, as far as it is known. */
export interface ConnectPlace {
  readonly connector?: string;
  readonly task?: number;
  readonly stage?: ConnectStage;
  /** The transform's name, where the stage is TRANSFORMATION. */
  readonly transform?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: bigint;
  /** From the value's outside inwards, `after.price`. */
  readonly field?: string;
}

/** What cannot be done in a pipeline. The message names the connector, the record and the stage as far as they are known. */
export class ConnectError extends OttlaError {
  override readonly name = "ConnectError";
  declare readonly code: ConnectErrorCode;
  readonly place: ConnectPlace;

  constructor(code: ConnectErrorCode, message: string, options: { readonly cause?: unknown; readonly place?: ConnectPlace } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.place = options.place ?? {};
  }
}

/** Thrown by a plugin: the same call may work after so much time. */
export class RetriableError extends ConnectError {
  readonly afterMs: number | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly afterMs?: number } = {}) {
    super("CONNECT_RETRIABLE", message, options);
    this.afterMs = options.afterMs;
  }
}
