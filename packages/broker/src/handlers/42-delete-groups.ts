// DeleteGroups v0-3 (KIP-229; v3 has room for a message, null as in Kafka). A group named twice is answered once.
import { TimeSlice } from "@ottla/base";
import {
  type DeletableGroupResult,
  type DeleteGroupsRequest,
  type DeleteGroupsResponse,
  deleteGroupsApi,
  makeDeletableGroupResult,
  makeDeleteGroupsResponse,
} from "@ottla/protocol/apis/delete-groups";
import { eachItem, need } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const deleteGroupsHandler: Handler<DeleteGroupsRequest, DeleteGroupsResponse> = {
  api: deleteGroupsApi,
  minVersion: 0,
  maxVersion: 3,
  authorisation: eachItem({
    need: need("DELETE", "GROUP", "each group"),
    items: ({ groupsNames }) => [...new Set(groupsNames)],
    nameOf: (groupId) => groupId,
    narrow: (request, groupsNames) => ({ ...request, groupsNames }),
    refuse: (groupId, errorCode) => makeDeletableGroupResult({ groupId, errorCode }),
    join: (response, refused) => ({ ...response, results: [...response.results, ...refused] }),
  }),

  async handle({ broker, session: { nodeId } }, { groupsNames }) {
    const deletions: { readonly groupId: string; readonly errorCode: number | Promise<number> }[] = [];
    const slice = new TimeSlice(broker.clock);
    for (const groupId of new Set(groupsNames)) {
      deletions.push({ groupId, errorCode: broker.groups.offsets.deleteGroup(groupId, nodeId) });
      if (slice.isOver) await slice.rest();
    }
    const results: DeletableGroupResult[] = [];
    for (const { groupId, errorCode } of deletions) {
      results.push(makeDeletableGroupResult({ groupId, errorCode: typeof errorCode === "number" ? errorCode : await errorCode }));
    }
    return makeDeleteGroupsResponse({ results });
  },
};
