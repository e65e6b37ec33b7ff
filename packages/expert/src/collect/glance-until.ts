import { pause } from "@ottla/base";
import type { Admin } from "@ottla/client";
import { type ClusterObservation, glanceAtGroups } from "../doctor/cluster-observation.ts";
import type { LookOptions } from "./sample-groups.ts";

/** A member that joins and goes again within moments is there at one of some glances. */
const GLANCE_EVERY_MS = 200;
/** The share of the time that a cluster may be busy with glances is one in so many. */
const REST_FACTOR = 10;
const GLANCE_TIMEOUT_MS = 2000;

/**
 * Waits between two looks, and lists the groups meanwhile: one small request to each broker, 5 times a second at most, and less often where the answer takes longer than 20 ms. A glance that fails is none.
 * Resolves with what is known by then, when the time is over or the signal ends it; never rejects.
 */
export async function glanceUntil(
  admin: Admin,
  observation: ClusterObservation,
  untilMs: number,
  { clock, signal }: LookOptions,
): Promise<ClusterObservation> {
  let known = observation;
  let restMs = GLANCE_EVERY_MS;
  for (;;) {
    const leftMs = untilMs - clock.monotonicMs();
    // What comes at the same time as the next look shows nothing that it does not.
    if (leftMs <= restMs) {
      await pause(clock, leftMs, signal);
      return known;
    }
    await pause(clock, restMs, signal);
    if (signal.aborted) return known;
    const beganMs = clock.monotonicMs();
    try {
      const listed = await admin.listGroups({ signal, timeoutMs: GLANCE_TIMEOUT_MS });
      known = glanceAtGroups(
        known,
        new Map(listed.flatMap(({ groupId, state }) => (state === undefined ? [] : [[groupId, state] as const]))),
      );
    } catch {
      // The next look tells what is wrong.
    }
    restMs = Math.max(GLANCE_EVERY_MS, REST_FACTOR * (clock.monotonicMs() - beganMs));
  }
}
