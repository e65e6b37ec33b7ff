import { OttlaError } from "@ottla/base";
import { ConnectError, type ConnectErrorCode, type ConnectPlace, RetriableError } from "../connect-error.ts";
import { retriableIn } from "../worker/retries.ts";

const CAUSES_MAX = 5;
const CHARACTERS_MAX = 20_000;

/** An error on its way between threads, which would lose its class and its fields. */
export interface PortableError {
  readonly kind: "connect" | "retriable" | "other";
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly place: ConnectPlace;
  readonly afterMs: number | undefined;
  readonly cause: PortableError | undefined;
}

/** The error as it can be cloned; texts are cut where they are very long. */
export function portableError(error: unknown, depth = 0): PortableError {
  if (!(error instanceof Error))
    return { ...NOTHING, kind: "other", name: "Error", message: String(error).slice(0, CHARACTERS_MAX), cause: undefined };
  const retriable = retriableIn(error) === error ? (error as { readonly afterMs?: number }) : undefined;
  return {
    kind: retriable !== undefined ? "retriable" : error instanceof ConnectError ? "connect" : "other",
    name: error.name,
    code: "code" in error && typeof error.code === "string" ? error.code : undefined,
    message: error.message.slice(0, CHARACTERS_MAX),
    stack: error.stack?.slice(0, CHARACTERS_MAX),
    place: error instanceof ConnectError ? error.place : {},
    afterMs: typeof retriable?.afterMs === "number" ? retriable.afterMs : undefined,
    cause: error.cause === undefined || depth >= CAUSES_MAX ? undefined : portableError(error.cause, depth + 1),
  };
}

const NOTHING = { code: undefined, stack: undefined, place: {}, afterMs: undefined } as const;

/** The error that a message stands for. */
export function errorOf(portable: PortableError): Error {
  const error = classed(portable);
  if (portable.stack !== undefined) error.stack = portable.stack;
  return error;
}

function classed({ kind, name, code, message, place, afterMs, cause: before }: PortableError): Error {
  const cause = before === undefined ? {} : { cause: errorOf(before) };
  if (kind === "retriable") return new RetriableError(message, { ...cause, ...(afterMs !== undefined && { afterMs }) });
  if (kind === "connect") return new ConnectError(code as ConnectErrorCode, message, { ...cause, place });
  const error = code === undefined ? new Error(message, cause) : new OttlaError(code, message, cause);
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  return error;
}
