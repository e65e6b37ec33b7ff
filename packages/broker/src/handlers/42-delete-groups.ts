// DeleteGroups v0-2 (KIP-229).
import { type DeleteGroupsRequest, type DeleteGroupsResponse, deleteGroupsApi, makeDeletableGroupResult, makeDeleteGroupsResponse } from "@ottla/protocol/apis/delete-groups";
import type { Handler } from "../handler.ts";

export const deleteGroupsHandler: Handler<DeleteGroupsRequest, DeleteGroupsResponse> = {
  api: deleteGroupsApi,
  minVersion: 0,
  maxVersion: 2,

  async handle({ broker, nodeId }, { groupsNames }) {
    const errorCodes = await Promise.all(groupsNames.map((groupId) => broker.groups.offsets.deleteGroup(groupId, nodeId)));
    return makeDeleteGroupsResponse({ results: groupsNames.map((groupId, i) => makeDeletableGroupResult({ groupId, errorCode: errorCodes[i] ?? 0 })) });
  },
};
