import type { Admin, CallOptions } from "@ottla/client";
import { notObservedOf } from "./snapshot/not-observed-of.ts";

/** The groups that a list shows, and whether it may lack some. */
export interface ListedGroups {
  readonly groupIds: readonly string[];
  readonly mayLackSome: boolean;
}

/** What a list says that may lack groups. */
export const PARTIAL_GROUPS =
  "this login may not describe the cluster (Describe on the cluster), so that the list shows only groups that it may describe each by itself.";

/**
 * Groups of the classic and the consumer protocol. Brokers leave out what a login may not describe, and do not say so; what tells is that it may not describe the cluster, a right that would show all
 * groups. Errors: those of the brokers for the list itself.
 */
export async function listGroupsWithGaps(admin: Admin, options: CallOptions): Promise<ListedGroups> {
  const [groups, mayLackSome] = await Promise.all([
    admin.listGroups({ ...options, types: ["classic", "consumer"] }),
    admin.describeQuorum(options).then(
      () => false,
      (error: unknown) => notObservedOf(error).notObserved === "refused",
    ),
  ]);
  return { groupIds: groups.map(({ groupId }) => groupId), mayLackSome };
}
