// DescribeGroups v0-6, of classic groups. v3 authorized operations (KIP-430), v4 instance ids (KIP-345), v6 GROUP_ID_NOT_FOUND (KIP-1043).
import { TimeSlice } from "@ottla/base";
import { ErrorCode, ResourceType } from "@ottla/protocol";
import {
  type DescribedGroup,
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  describeGroupsApi,
  makeDescribedGroup,
  makeDescribedGroupMember,
  makeDescribeGroupsResponse,
} from "@ottla/protocol/apis/describe-groups";
import { NOT_ASKED } from "../authorized-operations.ts";
import { type ClassicGroup, EMPTY_ASSIGNMENT, protocolMetadata } from "../groups/classic/classic-group.ts";
import { eachItem, need } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";

export const describeGroupsHandler: Handler<DescribeGroupsRequest, DescribeGroupsResponse> = {
  api: describeGroupsApi,
  minVersion: 0,
  maxVersion: 6,
  authorisation: eachItem({
    need: need("DESCRIBE", "GROUP", "each group"),
    items: ({ groups }) => groups,
    nameOf: (groupId) => groupId,
    narrow: (request, groups) => ({ ...request, groups }),
    refuse: (groupId, errorCode) => makeDescribedGroup({ groupId, errorCode, authorizedOperations: NOT_ASKED }),
    join: (response, refused) => ({ ...response, groups: [...refused, ...response.groups] }),
  }),

  async handle(context, { groups, includeAuthorizedOperations }) {
    const operationsOn = (groupId: string): number =>
      includeAuthorizedOperations ? context.access.operationsOn(ResourceType.GROUP, groupId) : NOT_ASKED;
    const described: DescribedGroup[] = [];
    const slice = new TimeSlice(context.broker.clock);
    let answerBytes = 0;
    for (const groupId of groups) {
      const group = answerBytes > ANSWER_BYTES_MAX ? tooMuch(groupId) : describe(context, groupId, operationsOn(groupId));
      described.push(group);
      answerBytes += bytesOf(group);
      if (slice.isOver) await slice.rest();
    }
    return makeDescribeGroupsResponse({ groups: described });
  },
};

/** Groups that come when an answer is this large already are refused: a request may name a large group many times over. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

function tooMuch(groupId: string): DescribedGroup {
  const errorMessage = `The answer would be larger than ${ANSWER_BYTES_MAX} bytes: ask for fewer groups at a time.`;
  return makeDescribedGroup({ groupId, errorCode: ErrorCode.INVALID_REQUEST, errorMessage, authorizedOperations: NOT_ASKED });
}

function bytesOf({ members }: DescribedGroup): number {
  let bytes = 0;
  for (const { memberMetadata, memberAssignment } of members) bytes += 100 + memberMetadata.length + memberAssignment.length;
  return bytes;
}

function describe({ broker, session: { nodeId }, version }: RequestContext, groupId: string, authorizedOperations: number): DescribedGroup {
  const group = broker.groups.group(groupId, nodeId);
  if (typeof group === "number") return makeDescribedGroup({ groupId, errorCode: group, authorizedOperations: NOT_ASKED });
  if (group?.type === "classic") return described(group, authorizedOperations);
  if (version < 6) return makeDescribedGroup({ groupId, groupState: "Dead", authorizedOperations });
  const errorMessage = group ? `Group ${groupId} is not a classic group.` : `Group ${groupId} not found.`;
  return makeDescribedGroup({
    groupId,
    groupState: "Dead",
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage,
    authorizedOperations: NOT_ASKED,
  });
}

function described(group: ClassicGroup, authorizedOperations: number): DescribedGroup {
  const isStable = group.state === "Stable";
  return makeDescribedGroup({
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? "",
    protocolData: isStable ? (group.protocolName ?? "") : "",
    members: Array.from(group.members.values(), (member) =>
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
