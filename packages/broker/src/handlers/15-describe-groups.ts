// DescribeGroups v0-6. v3 authorized operations (KIP-430), v4 instance ids (KIP-345), v6 GROUP_ID_NOT_FOUND (KIP-1043).
import { ErrorCode } from "@ottla/protocol";
import {
  type DescribedGroup,
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  describeGroupsApi,
  makeDescribedGroup,
  makeDescribedGroupMember,
  makeDescribeGroupsResponse,
} from "@ottla/protocol/apis/describe-groups";
import { GROUP_OPERATIONS, NOT_ASKED } from "../authorized-operations.ts";
import { EMPTY_ASSIGNMENT, type Group, protocolMetadata } from "../groups/classic-group.ts";
import type { Handler, RequestContext } from "../handler.ts";

export const describeGroupsHandler: Handler<DescribeGroupsRequest, DescribeGroupsResponse> = {
  api: describeGroupsApi,
  minVersion: 0,
  maxVersion: 6,

  handle(context, { groups, includeAuthorizedOperations }) {
    const authorizedOperations = includeAuthorizedOperations ? GROUP_OPERATIONS : NOT_ASKED;
    return makeDescribeGroupsResponse({ groups: groups.map((groupId) => describe(context, groupId, authorizedOperations)) });
  },
};

function describe({ broker, nodeId, version }: RequestContext, groupId: string, authorizedOperations: number): DescribedGroup {
  const group = broker.groups.group(groupId, nodeId);
  if (typeof group === "number") return makeDescribedGroup({ groupId, errorCode: group, authorizedOperations: NOT_ASKED });
  if (group) return described(group, authorizedOperations);
  if (version < 6) return makeDescribedGroup({ groupId, groupState: "Dead", authorizedOperations });
  const errorMessage = `Group ${groupId} not found.`;
  return makeDescribedGroup({
    groupId,
    groupState: "Dead",
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage,
    authorizedOperations: NOT_ASKED,
  });
}

function described(group: Group, authorizedOperations: number): DescribedGroup {
  const isStable = group.state === "Stable";
  return makeDescribedGroup({
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? "",
    protocolData: isStable ? (group.protocolName ?? "") : "",
    members: [...group.members.values()].map((member) =>
      makeDescribedGroupMember({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        memberMetadata: isStable ? protocolMetadata(member, group.protocolName) : EMPTY_ASSIGNMENT,
        memberAssignment: member.assignment,
      }),
    ),
    authorizedOperations,
  });
}
