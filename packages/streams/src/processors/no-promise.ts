import { StreamsError } from "../streams-error.ts";

/** What a user's function gave. Refuses promises (`STREAMS_BAD_ARGUMENT`): nothing would wait for them, and as values they would be written as empty objects. */
export function noPromise<T>(result: T): T {
  if (result instanceof Promise) refusePromise(result);
  return result;
}

/** Whether a predicate accepts. A promise would always. */
export function accepted(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  return Boolean(noPromise(answer));
}

function refusePromise(promise: Promise<unknown>): never {
  // Nobody listens to it any more: its failure must not end the process.
  promise.catch(() => {});
  throw new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    "its function gave a promise, for which nothing waits: give the result at once, or call what takes time in mapAsync or enrichAsync.",
  );
}
