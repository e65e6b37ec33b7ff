/** Values that make an event searchable: `topic`, `partition`, `offset`, `errorCode` … */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * An event is a constant message and fields.
 * error: a human must act. warn: will retry or degrade. info: state changed. debug: per request.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

/** Drops every event. */
export const silentLogger: Logger = { error() {}, warn() {}, info() {}, debug() {} };
