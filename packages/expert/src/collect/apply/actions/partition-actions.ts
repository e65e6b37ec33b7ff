import type { Admin, PartitionDescription } from "@ottla/client";
import { placeKey } from "../../../plan/kinds/by-place.ts";
import type { PartitionPlace } from "../../../plan/cluster-change.ts";
import { PlanError } from "../../../plan/plan-error.ts";
import type { ActionsTable } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";
import { copyProgress } from "./copy-progress.ts";
import { moveThrottles, setThrottles, takeThrottlesBack } from "./move-throttles.ts";

/** Where replicas are and who leads. */
export const partitionActions: Pick<ActionsTable, "reassign" | "cancelReassignment" | "electLeaders"> = {
  reassign: {
    observe: async ({ admin, signal }, { moves }) => {
      const [described, ongoing] = await Promise.all([
        describePlaces(admin, moves, signal),
        admin.listPartitionReassignments(placesOf(moves), { signal }),
      ]);
      return {
        replicas: moves.map(({ topic, partition }, i) => ({ topic, partition, replicas: described[i]!.replicas })),
        moving: placesOf(ongoing),
      };
    },
    prepare: async ({ admin }, { moves, throttleBytesPerS }) =>
      throttleBytesPerS === undefined
        ? {}
        : { throttles: await moveThrottles(admin, moves, await describePlaces(admin, moves), throttleBytesPerS) },
    carryOut: async ({ admin }, { moves }, memo) => {
      await setThrottles(admin, memo);
      throwRefusals(await admin.alterPartitionReassignments(moves));
    },
    finish: ({ admin }, memo) => takeThrottlesBack(admin, memo),
    progress: copyProgress,
  },
  cancelReassignment: {
    observe: async ({ admin, signal }, { partitions }) => {
      const ongoing = await admin.listPartitionReassignments(placesOf(partitions), { signal });
      return {
        targets: ongoing.map(({ topic, partition, replicas, removingReplicas }) => ({
          topic,
          partition,
          replicas: replicas.filter((node) => !removingReplicas.includes(node)),
        })),
      };
    },
    carryOut: async ({ admin }, { partitions }) => {
      const changes = placesOf(partitions).map((place) => ({ ...place, replicas: null }));
      throwRefusals(await admin.alterPartitionReassignments(changes), ["NO_REASSIGNMENT_IN_PROGRESS"]);
    },
  },
  electLeaders: {
    observe: async ({ admin, signal }, { partitions }) => {
      const described = await describePlaces(admin, partitions, signal);
      return {
        leaders: partitions.map(({ topic, partition }, i) => ({
          topic,
          partition,
          leader: described[i]!.leader ?? null,
          preferred: described[i]!.replicas[0] ?? 0,
        })),
      };
    },
    carryOut: async ({ admin }, { election, partitions }) => {
      throwRefusals(await admin.electLeaders(election, placesOf(partitions)), ["ELECTION_NOT_NEEDED"]);
    },
  },
};

function placesOf(places: readonly PartitionPlace[]): { readonly topic: string; readonly partition: number }[] {
  return places.map(({ topic, partition }) => ({ topic, partition }));
}

/** The partitions in the order asked for. A partition that is not there is UNKNOWN_TOPIC_OR_PARTITION. */
async function describePlaces(
  admin: Admin,
  places: readonly PartitionPlace[],
  signal?: AbortSignal,
): Promise<readonly PartitionDescription[]> {
  const topics = [...new Set(places.map(({ topic }) => topic))];
  const described = valuesOf(await admin.describeTopics(topics, { signal }));
  const found = new Map(
    described.flatMap(({ name, partitions }) => partitions.map((each) => [placeKey({ topic: name, partition: each.partition }), each])),
  );
  return places.map((place) => {
    const partition = found.get(placeKey(place));
    if (partition === undefined) throw new PlanError("PLAN_STALE", `There is no partition ${place.topic}-${place.partition}.`);
    return partition;
  });
}
