import type { Clock } from "@ottla/base";
import type { ClusterWatch } from "../watch/cluster-watch.ts";
import type { Doctor } from "./doctor.ts";

/** The first pages are drawn before. */
const AFTER_MS = 3_000;

/** Has the cluster examined once somebody has come and its topics and groups were looked at, so that findings are there before they are asked for. Gives what calls it off. */
export function examineEarly({
  watch,
  doctor,
  clock,
}: {
  readonly watch: Pick<ClusterWatch, "onLook" | "topics" | "groups">;
  readonly doctor: Pick<Doctor, "beginPatiently">;
  readonly clock: Clock;
}): () => void {
  let callOff = watch.onLook(() => {
    if (watch.topics.seenAtMs === undefined || watch.groups.seenAtMs === undefined) return;
    callOff();
    const timer = clock.schedule(AFTER_MS, () => doctor.beginPatiently());
    callOff = () => timer.cancel();
  });
  return () => callOff();
}
