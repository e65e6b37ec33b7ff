import type { Clock } from "@ottla/base";
import { isPortable, systemClock } from "@ottla/base/node";
import { StreamsError } from "../../streams-error.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import { portableOptions } from "./portable-options.ts";
import type { TopologyPlace } from "./topology-module.ts";

/** Refuses at once what would only show in a thread: `STREAMS_BAD_ARGUMENT`. */
export function checkThreads(place: TopologyPlace | undefined, options: ResolvedOptions, clock: Clock): void {
  if (place === undefined) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `With workers: ${options.workers} tasks run on threads, where a topology's functions cannot go. Put what builds it into a module and give that: streams(new URL("./topology.ts", import.meta.url), { … }).`,
    );
  }
  if (clock !== systemClock)
    throw new StreamsError("STREAMS_BAD_ARGUMENT", "Threads go by the system's clock: another one is for workers: 0.");
  portableOptions(options);
  if (!isPortable(place.data))
    throw new StreamsError("STREAMS_BAD_ARGUMENT", "The data for a topology's module has functions, or what else cannot go to a thread.");
}
