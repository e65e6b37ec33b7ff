import type { RungFailure } from "./rung.ts";

/** An error with what Node and the client put on it. */
interface CodedError {
  readonly code?: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** The root of the trouble, in its own words: of several addresses that failed, the first. A lost connection that TLS lost is a failure of TLS. */
export function failureOf(error: unknown): RungFailure {
  if (error instanceof AggregateError && error.errors.length > 0) return failureOf(error.errors[0]);
  let root = error as CodedError;
  // What a client says of a whole call stands before what the connection said: the latter is what there is to mend.
  while (isOfCall(root) && root.cause instanceof Error) root = root.cause;
  for (let cause: CodedError | undefined = root; cause; cause = cause.cause as CodedError | undefined)
    if (cause.code?.startsWith("TLS_")) return { code: cause.code, message: cause.message };
  return { code: root.code, message: root.message };
}

function isOfCall({ code }: CodedError): boolean {
  return code === "NO_BROKER_REACHABLE" || code === "CALL_TIMEOUT";
}
