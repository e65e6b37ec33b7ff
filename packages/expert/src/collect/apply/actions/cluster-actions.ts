import type { AclFilter } from "@ottla/client";
import { isSameAcl } from "../../../plan/kinds/acl-changes.ts";
import type { PlannedAcl } from "../../../plan/cluster-change.ts";
import type { ObservedOf } from "../../../plan/observed.ts";
import type { ActionsTable, ApplyWorld } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";

/** A request has at most so many ACLs in Kafka. */
const ACLS_PER_REQUEST = 5000;

/** Transactions, ACLs, quotas and features. */
export const clusterActions: Pick<ActionsTable, "abortTransaction" | "addAcls" | "removeAcls" | "setQuota" | "upgradeFeature"> = {
  abortTransaction: {
    observe: async ({ admin, signal }, { topic, partition, producerId }) => {
      const [producers] = valuesOf(await admin.describeProducers([{ topic, partition }], { signal }));
      const open = producers!.find((each) => each.producerId === producerId)?.currentTransactionStartOffset;
      return { startOffset: open ?? null };
    },
    carryOut: ({ admin }, { topic, partition, producerId, producerEpoch, coordinatorEpoch }) =>
      admin.abortTransaction({ topic, partition, producerId, producerEpoch, coordinatorEpoch }),
  },
  addAcls: {
    observe: observeAcls,
    carryOut: async ({ admin }, { acls }) => {
      for (const some of inRequests(acls)) throwRefusals(await admin.createAcls(some));
    },
  },
  removeAcls: {
    observe: observeAcls,
    carryOut: async ({ admin }, { acls }) => {
      for (const some of inRequests(acls)) throwRefusals(await admin.deleteAcls(some.map((acl): AclFilter => acl)));
    },
  },
  setQuota: {
    observe: async ({ admin, signal }, { entity, quotas }) => {
      const match = (name: string | null | undefined) => (name === undefined ? undefined : name === null ? "default" : { name });
      const found = await admin.describeClientQuotas(
        { user: match(entity.user), clientId: match(entity.clientId), ip: match(entity.ip), strict: true },
        { signal },
      );
      const there = found[0]?.quotas;
      return { quotas: Object.fromEntries(Object.keys(quotas).map((name) => [name, there?.get(name) ?? null])) };
    },
    carryOut: async ({ admin }, { entity, quotas }) => {
      const changes = Object.entries(quotas).map(([name, value]) =>
        value === null ? { op: "delete" as const, name } : { op: "set" as const, name, value },
      );
      throwRefusals(await admin.alterClientQuotas([{ entity, changes }]));
    },
  },
  upgradeFeature: {
    observe: async ({ admin, signal }, { feature }) => ({ level: (await admin.describeFeatures({ signal })).finalized.get(feature) ?? 0 }),
    carryOut: async ({ admin }, { feature, level }) => throwRefusals(await admin.updateFeatures([{ name: feature, level }])),
  },
};

async function observeAcls(
  { admin, signal }: ApplyWorld,
  { acls }: { readonly acls: readonly PlannedAcl[] },
): Promise<ObservedOf["addAcls"]> {
  // Of one resource there are few; of many, all at once is one request.
  const resources = new Set(acls.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`));
  const [first] = acls;
  const filter: AclFilter =
    resources.size === 1 && first ? { resourceType: first.resourceType, resourceName: first.resourceName, patternType: "any" } : {};
  const there = await admin.describeAcls(filter, { signal });
  return { present: acls.filter((acl) => there.some((each) => isSameAcl(each, acl))) };
}

function inRequests(acls: readonly PlannedAcl[]): readonly (readonly PlannedAcl[])[] {
  return Array.from({ length: Math.ceil(acls.length / ACLS_PER_REQUEST) }, (_, i) =>
    acls.slice(i * ACLS_PER_REQUEST, (i + 1) * ACLS_PER_REQUEST),
  );
}
