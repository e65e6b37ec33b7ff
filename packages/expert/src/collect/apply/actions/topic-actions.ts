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
    observe: async ({ admin, signal }, { topic, onlyIfEmpty }) => {
      const seen = await observeTopic(admin, topic, signal);
      return onlyIfEmpty ? { ...seen, written: await isWritten(admin, topic, seen.partitionCount ?? 0, signal) } : seen;
    },
    carryOut: async ({ admin }, { topic }) => throwRefusals(await admin.deleteTopics([topic]), [UNKNOWN_TOPIC]),
  },
  addPartitions: {
    observe: ({ admin, signal }, { topic }) => observeTopic(admin, topic, signal),
    carryOut: async ({ admin }, { topic, partitionCount }) => throwRefusals(await admin.createPartitions([{ topic, partitionCount }])),
  },
};

/** Its leaders are not asked: one of them may be away. */
async function observeTopic(admin: Admin, topic: string, signal: AbortSignal): Promise<ObservedOf["createTopic"]> {
  const [described] = await admin.describeTopics([topic], { signal });
  if (described?.error?.code === UNKNOWN_TOPIC) return { partitionCount: null, written: false };
  const { partitions, topicId } = valuesOf([described!])[0]!;
  return { partitionCount: partitions.length, written: false, topicId };
}

/** Errors: those of a partition whose end cannot be seen, since it may have records. */
async function isWritten(admin: Admin, topic: string, partitionCount: number, signal: AbortSignal): Promise<boolean> {
  const ends = await admin.listOffsets(
    Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition, spec: "latest" as const })),
    { signal },
  );
  return valuesOf(ends).some(({ offset }) => offset !== 0);
}
