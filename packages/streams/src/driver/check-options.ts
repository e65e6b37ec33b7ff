import { StreamsError } from "../streams-error.ts";
import { checkTopicName } from "../topology/names.ts";
import type { Topology } from "../topology/topology.ts";

/** What has to be looked at of a driver's options; of which types they are is what is in question. */
interface GivenOptions {
  readonly applicationId?: string;
  readonly initialWallClockMs?: number;
  readonly cacheMaxBytes?: number;
  readonly stateDir?: string;
  readonly onError?: object;
}

/** Refuses what no driver can run, or run with (`STREAMS_BAD_ARGUMENT`, `STREAMS_BAD_NAME`), before anything is opened. */
export function checkDriverOptions(topology: Topology, options: GivenOptions): void {
  if (typeof topology?.builder !== "object") refuse("runs what StreamsBuilder's build() gives, or a Topology", topology);
  if (typeof options !== "object" || options === null) refuse("takes its options as an object", options);
  const { applicationId, initialWallClockMs = 0, cacheMaxBytes = 0, stateDir, onError } = options;
  // Part of topics' names, and a folder.
  if (applicationId !== undefined) checkTopicName(applicationId);
  if (!Number.isSafeInteger(initialWallClockMs) || initialWallClockMs < 0)
    refuse("begins at whole milliseconds of at least 0 (initialWallClockMs)", initialWallClockMs);
  if (typeof cacheMaxBytes !== "number" || !(cacheMaxBytes >= 0))
    refuse("caches a number of bytes of at least 0 (cacheMaxBytes)", cacheMaxBytes);
  if (stateDir !== undefined && (typeof stateDir !== "string" || stateDir === ""))
    refuse("keeps its state in a folder (stateDir)", stateDir);
  if (onError !== undefined && (typeof onError !== "object" || onError === null))
    refuse('asks handlers by name, as in { process: "continue" } (onError)', onError);
}

function refuse(wanted: string, given: unknown): never {
  const told =
    typeof given === "string" ? JSON.stringify(given) : typeof given === "number" || given === null ? String(given) : typeof given;
  throw new StreamsError("STREAMS_BAD_ARGUMENT", `A driver ${wanted}, and was given ${told}.`);
}
