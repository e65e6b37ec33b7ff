import { mapInSlices, sortInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import type { AdminContext } from "./admin-context.ts";
import { describeClassicGroup } from "./describe-groups.ts";
import { askEachGroup, askGroup } from "./group-coordinator.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { Admin, GroupListing, Named } from "./admin-types.ts";
import type { Outcome } from "../outcome.ts";
import { outcomeOf, throwIfRefused } from "../outcome.ts";

const STATES_VERSION = 4;
const TYPES_VERSION = 5;
const MEMBERS_VERSION = 3;

type ListOptions = NonNullable<Parameters<Admin["listGroups"]>[0]>;

export async function listGroups({ cluster, lane }: AdminContext, options: ListOptions = {}): Promise<readonly GroupListing[]> {
  const limit = cluster.limit(options);
  await cluster.retrying("Metadata", limit, () => cluster.metadata.refreshBrokers());
  const lists = await Promise.all(
    [...cluster.metadata.current.brokers.keys()].map((nodeId) =>
      cluster.retrying(`ListGroups on broker ${nodeId}`, limit, async () => {
        const response = await lane.call(nodeId, listGroupsApi, (version) =>
          makeListGroupsRequest({
            statesFilter: version >= STATES_VERSION ? (options.states ?? []) : [],
            typesFilter: version >= TYPES_VERSION ? (options.types ?? []) : [],
          }),
        );
        throwIfRefused(response.errorCode);
        return mapInSlices(new TimeSlice(cluster.deps.clock), response.groups, (group) => ({
          groupId: group.groupId,
          protocolType: group.protocolType,
          state: group.groupState || undefined,
          type: group.groupType || undefined,
          coordinator: nodeId,
        }));
      }),
    ),
  );
  const groups = new Map(lists.flat().map((group) => [group.groupId, group]));
  return sortInSlices(new TimeSlice(cluster.deps.clock), [...groups.values()], (a, b) => (a.groupId < b.groupId ? -1 : 1));
}

export function deleteGroups(
  context: AdminContext,
  groupIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<void>[]> {
  return askEachGroup(
    context,
    groupIds,
    options,
    deleteGroupsApi,
    (groupId) => makeDeleteGroupsRequest({ groupsNames: [groupId] }),
    (response) => throwIfRefused(response.results[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR),
  );
}

type MemberOutcome = Outcome<void> & { readonly memberId: string; readonly groupInstanceId: string | undefined };

export async function removeGroupMembers(
  context: AdminContext,
  groupId: string,
  members: readonly { readonly memberId?: string; readonly groupInstanceId?: string }[] | undefined,
  options: CallOptions = {},
): Promise<readonly MemberOutcome[]> {
  const limit = context.cluster.limit(options);
  const all = members ?? (await describeClassicGroup(context, groupId, limit)).members;
  if (all.length === 0) return [];
  const identities = all.map((member) =>
    makeMemberIdentity({
      // A static member is named by its instance alone: its member id changes with every restart.
      memberId: member.groupInstanceId === undefined ? (member.memberId ?? "") : "",
      groupInstanceId: member.groupInstanceId ?? null,
      reason: "removed by an administrator",
    }),
  );
  return askGroup(
    context,
    groupId,
    leaveGroupApi,
    makeLeaveGroupRequest({ groupId, members: identities }),
    (response) => {
      throwIfRefused(response.errorCode);
      return response.members.map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId ?? undefined,
        ...outcomeOf(member.errorCode, undefined, () => undefined),
      }));
    },
    limit,
    { min: MEMBERS_VERSION },
  );
}
