// DeleteGroups v0-2 (KIP-229). A group named twice is answered once.
import {
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  deleteGroupsApi,
  makeDeletableGroupResult,
  makeDeleteGroupsResponse,
} from "@ottla/protocol/apis/delete-groups";
import type { Handler } from "../handler.ts";

export const deleteGroupsHandler: Handler<DeleteGroupsRequest, DeleteGroupsResponse> = {
  api: deleteGroupsApi,
  minVersion: 0,
  maxVersion: 2,

  async handle({ broker, nodeId }, { groupsNames }) {
    const deletions = [...new Set(groupsNames)].map(async (groupId) =>
      makeDeletableGroupResult({ groupId, errorCode: await broker.groups.offsets.deleteGroup(groupId, nodeId) }),
    );
    return makeDeleteGroupsResponse({ results: await Promise.all(deletions) });
  },
};
