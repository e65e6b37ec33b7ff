import type { Admin } from "@ottla/client";
import type { PartitionPlace } from "../../../plan/cluster-change.ts";
import type { ObservedOf } from "../../../plan/observed.ts";
import type { ActionsTable } from "../change-actions.ts";
import { throwRefusals } from "../outcome-values.ts";

const NO_GROUP = "GROUP_ID_NOT_FOUND";

/** Groups and their commits. */
export const groupActions: Pick<
  ActionsTable,
  "setGroupOffsets" | "deleteGroupOffsets" | "setShareGroupOffsets" | "deleteShareGroupOffsets" | "deleteGroup"
> = {
  setGroupOffsets: {
    observe: ({ admin, signal }, { group, offsets }) => observeGroup(admin, group, offsets, signal),
    carryOut: async ({ admin }, { group, offsets }) => throwRefusals(await admin.alterGroupOffsets(group, offsets)),
  },
  deleteGroupOffsets: {
    observe: ({ admin, signal }, { group, partitions }) => observeGroup(admin, group, partitions, signal),
    carryOut: async ({ admin }, { group, partitions }) => throwRefusals(await admin.deleteGroupOffsets(group, partitions), [NO_GROUP]),
  },
  setShareGroupOffsets: {
    observe: ({ admin, signal }, { group }) => observeShareGroup(admin, group, signal),
    carryOut: async ({ admin }, { group, offsets }) => throwRefusals(await admin.alterShareGroupOffsets(group, offsets)),
  },
  deleteShareGroupOffsets: {
    observe: ({ admin, signal }, { group }) => observeShareGroup(admin, group, signal),
    carryOut: async ({ admin }, { group, topics }) => throwRefusals(await admin.deleteShareGroupOffsets(group, topics), [NO_GROUP]),
  },
  deleteGroup: {
    observe: ({ admin, signal }, { group, type }) =>
      type === "share" ? observeShareGroup(admin, group, signal) : observeGroup(admin, group, undefined, signal),
    carryOut: async ({ admin }, { group }) => throwRefusals(await admin.deleteGroups([group]), [NO_GROUP]),
  },
};

async function observeGroup(
  admin: Admin,
  group: string,
  places: readonly PartitionPlace[] | undefined,
  signal: AbortSignal,
): Promise<ObservedOf["deleteGroup"]> {
  const partitions = places?.map(({ topic, partition }) => ({ topic, partition }));
  const [[described], commits] = await Promise.all([
    admin.describeGroups([group], { signal }),
    admin.listGroupOffsets(group, partitions, { signal }),
  ]);
  if (described?.error && described.error.code !== NO_GROUP) throw described.error;
  throwRefusals(commits, [NO_GROUP]);
  const offsets = commits.flatMap(({ topic, partition, value }) => (value ? [{ topic, partition, offset: value.offset }] : []));
  // Brokers before KIP-1043 call a group that is not there dead.
  const state = described?.value === undefined || described.value.state === "Dead" ? null : described.value.state;
  return { state, offsets: offsets.sort(byPlace) };
}

/** With all of its partitions: the way back of some needs the others of their topics. */
async function observeShareGroup(admin: Admin, group: string, signal: AbortSignal): Promise<ObservedOf["setShareGroupOffsets"]> {
  const [described] = await admin.describeShareGroups([group], { signal });
  if (described?.error?.code === NO_GROUP) return { state: null, offsets: [] };
  if (described?.error) throw described.error;
  const seen = await admin.listShareGroupOffsets(group, undefined, { signal });
  throwRefusals(seen);
  const offsets = seen.flatMap(({ topic, partition, value }) =>
    value?.startOffset === undefined ? [] : [{ topic, partition, offset: value.startOffset }],
  );
  const state = described?.value === undefined || described.value.state === "Dead" ? null : described.value.state;
  return { state, offsets: offsets.sort(byPlace) };
}

function byPlace(a: PartitionPlace, b: PartitionPlace): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;
}
