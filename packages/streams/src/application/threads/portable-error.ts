import { OttlaError } from "@ottla/base";
import { isPortable } from "@ottla/base/node";
import { type RecordPlace, StreamsError, type StreamsErrorCode } from "../../streams-error.ts";
import { plainText, reasonOf } from "../../thrown.ts";

const CAUSES_MAX = 5;

/** An error on its way between threads, which would lose its class and its fields. */
export interface PortableError {
  readonly isStreams: boolean;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly place: RecordPlace;
  readonly cause: PortableError | undefined;
}

export function portableError(error: unknown, depth = 0): PortableError {
  if (!(error instanceof Error))
    return { isStreams: false, code: undefined, message: reasonOf(error), stack: undefined, place: {}, cause: undefined };
  const place: RecordPlace = error instanceof StreamsError ? error.place : {};
  return {
    isStreams: error instanceof StreamsError,
    code: "code" in error && typeof error.code === "string" ? error.code : undefined,
    message: error.message,
    stack: error.stack,
    place: isPortable(place) ? place : { ...place, key: plainText(place.key) },
    cause: error.cause === undefined || depth >= CAUSES_MAX ? undefined : portableError(error.cause, depth + 1),
  };
}

/** The error that a message stands for. */
export function errorOf({ isStreams, code, message, stack, place, cause: before }: PortableError): Error {
  const cause = before === undefined ? undefined : errorOf(before);
  const error = isStreams ? new StreamsError(code as StreamsErrorCode, message, { cause, place }) : plain(code, message, cause);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function plain(code: string | undefined, message: string, cause: Error | undefined): Error {
  const options = cause === undefined ? {} : { cause };
  return code === undefined ? new Error(message, options) : new OttlaError(code, message, options);
}
