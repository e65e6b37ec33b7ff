import { SeededRandom } from "@ottla/base/simulated";
import type { Arrange } from "../processors/async/async-operator.ts";
import type { OpenCall } from "../processors/async/open-call.ts";
import { StreamsError } from "../streams-error.ts";

/** In which order a driver gives on calls that ended meanwhile: as their records came, as they ended, or as a seed says. Within a key of `order: "byKey"` always as the records came. */
export type CallOrder = "arrival" | "completion" | { readonly seed: number };

/** The order as a function of what has ended. Throws `STREAMS_BAD_ARGUMENT`. */
export function arrangeBy(order: CallOrder): Arrange {
  if (order === "completion") return (ended) => ended;
  if (order === "arrival") return byArrival;
  if (!Number.isSafeInteger(order?.seed)) {
    throw new StreamsError("STREAMS_BAD_ARGUMENT", 'callOrder has to be "arrival", "completion" or { seed: a whole number }.');
  }
  const random = new SeededRandom(order.seed);
  return (ended) => {
    const shuffled = byArrival(ended);
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = random.nextInt(at + 1);
      [shuffled[at], shuffled[other]] = [shuffled[other] as OpenCall, shuffled[at] as OpenCall];
    }
    return shuffled;
  };
}

function byArrival(ended: readonly OpenCall[]): OpenCall[] {
  return [...ended].sort((a, b) => a.sequence - b.sequence);
}
