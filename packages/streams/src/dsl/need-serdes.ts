import { StreamsError } from "../streams-error.ts";

/** For programs that no compiler has looked at: `STREAMS_BAD_ARGUMENT` where serdes are missing. */
export function needSerdes(areThere: boolean, what: string): asserts areThere {
  if (!areThere)
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${what} needs serdes: give key and value among the options of the call itself, beside store.`,
    );
}
