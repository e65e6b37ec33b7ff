import type { CallLimit } from "../cluster/call-limit.ts";
import type { AdminContext } from "./admin-context.ts";
import type { Node } from "./node-types.ts";

/** Groups of one coordinator, as many as go into one request. */
interface CoordinatorGroups {
  readonly coordinator: Node;
  readonly groupIds: readonly string[];
}

/** Groups by who coordinates them, in pieces of at most so many. Those whose coordinator is not found are left out: who asks for one alone is told why. */
export async function groupsByCoordinator(
  { cluster, lane }: AdminContext,
  groupIds: readonly string[],
  perRequest: number,
  limit: CallLimit,
): Promise<readonly CoordinatorGroups[]> {
  await cluster.retrying("FindCoordinator", limit, () => cluster.coordinators.findMany(lane, "group", groupIds)).catch(() => {});
  const found = await Promise.all(
    groupIds.map((groupId) =>
      cluster
        .retrying(`FindCoordinator for "${groupId}"`, limit, () => cluster.coordinators.find(lane, "group", groupId))
        .then((address) => [{ groupId, address }])
        .catch(() => []),
    ),
  );
  return [...Map.groupBy(found.flat(), ({ address }) => address.nodeId).values()].flatMap((all) => {
    const { nodeId, host, port } = all[0]!.address;
    const coordinator: Node = { nodeId, host, port, rack: undefined };
    return Array.from({ length: Math.ceil(all.length / perRequest) }, (_, i) => ({
      coordinator,
      groupIds: all.slice(i * perRequest, (i + 1) * perRequest).map(({ groupId }) => groupId),
    }));
  });
}
