import type { Admin } from "@ottla/client";
import type { ObservedOf } from "../../../plan/observed.ts";
import type { ActionsTable } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";

const UNKNOWN_TOPIC = "UNKNOWN_TOPIC_OR_PARTITION";

/** Topics that come, go and grow. */
export const topicActions: Pick<ActionsTable, "createTopic" | "deleteTopic" | "addPartitions"> = {
  createTopic: {
    observe: ({ admin, signal }, { topic }) => observeTopic(admin, topic, signal),
    carryOut: async ({ admin }, { topic, partitionCount, replicationFactor, configs }) => {
      throwRefusals(await admin.createTopics([{ name: topic, partitionCount, replicationFactor, configs }]), ["TOPIC_ALREADY_EXISTS"]);
    },
  },
  deleteTopic: {
    observe: ({ admin, signal }, { topic }) => observeTopic(admin, topic, signal),
    carryOut: async ({ admin }, { topic }) => throwRefusals(await admin.deleteTopics([topic]), [UNKNOWN_TOPIC]),
  },
  addPartitions: {
    observe: ({ admin, signal }, { topic }) => observeTopic(admin, topic, signal),
    carryOut: async ({ admin }, { topic, partitionCount }) => throwRefusals(await admin.createPartitions([{ topic, partitionCount }])),
  },
};

async function observeTopic(admin: Admin, topic: string, signal: AbortSignal): Promise<ObservedOf["createTopic"]> {
  const [described] = await admin.describeTopics([topic], { signal });
  if (described?.error?.code === UNKNOWN_TOPIC) return { partitionCount: null, written: false };
  const partitions = valuesOf([described!])[0]!.partitions;
  const ends = await admin.listOffsets(
    partitions.map(({ partition }) => ({ topic, partition, spec: "latest" as const })),
    { signal },
  );
  return { partitionCount: partitions.length, written: ends.some(({ value }) => (value?.offset ?? 0) > 0) };
}
