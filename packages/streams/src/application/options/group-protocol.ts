import { shown } from "../../known-options.ts";
import { StreamsError } from "../../streams-error.ts";
import type { ApplicationOptions, ApplicationProtocol } from "./application-options.ts";

/** What the coordinator of a streams group decides, and by which config of the group. */
const decidedByGroup: Readonly<Partial<Record<keyof ApplicationOptions, string>>> = {
  sessionTimeoutMs: "streams.session.timeout.ms",
  heartbeatIntervalMs: "streams.heartbeat.interval.ms",
  numStandbyReplicas: "streams.num.standby.replicas",
  maxWarmupReplicas: "streams.num.warmup.replicas",
  acceptableRecoveryLag: "streams.acceptable.recovery.lag",
  rackAwareAssignmentTags: "streams.rack.aware.assignment.tags",
  probingRebalanceIntervalMs: "streams.task.offset.interval.ms",
};

/** Reads `groupProtocol`; throws `STREAMS_BAD_ARGUMENT` for one that does not exist, and for options that would have no effect with it. */
export function protocolOf(options: Readonly<Record<string, unknown>>, nameOf: (option: string) => string): ApplicationProtocol {
  const given = options["groupProtocol"] ?? "classic";
  const protocol = typeof given === "string" ? given.toLowerCase() : given;
  if (protocol !== "classic" && protocol !== "streams")
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${nameOf("groupProtocol")} is ${shown(given)}: it is classic or streams.`);
  if (protocol === "streams") {
    for (const [option, config] of Object.entries(decidedByGroup)) {
      if (options[option] === undefined) continue;
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `${nameOf(option)} has no effect with ${nameOf("groupProtocol")} "streams", where the broker decides it: remove it, and set ${config} of the group (kafka-configs --alter --entity-type groups --entity-name ${String(options["applicationId"])} --add-config ${config}=…).`,
      );
    }
  }
  return protocol;
}
