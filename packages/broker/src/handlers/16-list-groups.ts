// ListGroups v0-5. v4 filter by state (KIP-518), v5 filter by type (KIP-848). Lists the groups of the broker asked; clients ask each.
import {
  type ListGroupsRequest,
  type ListGroupsResponse,
  listGroupsApi,
  makeListedGroup,
  makeListGroupsResponse,
} from "@ottla/protocol/apis/list-groups";
import type { Handler } from "../handler.ts";

export const listGroupsHandler: Handler<ListGroupsRequest, ListGroupsResponse> = {
  api: listGroupsApi,
  minVersion: 0,
  maxVersion: 5,

  handle({ broker, nodeId }, { statesFilter, typesFilter }) {
    const groups = broker.groups.groups(nodeId);
    if (typeof groups === "number") return makeListGroupsResponse({ errorCode: groups });
    const passesState = filter(statesFilter);
    const passesType = filter(typesFilter);
    return makeListGroupsResponse({
      groups: groups
        .filter(({ state, type }) => passesState(state) && passesType(type))
        .map(({ groupId, protocolType, state, type }) =>
          makeListedGroup({ groupId, protocolType: protocolType ?? "", groupState: state, groupType: type }),
        ),
    });
  },
};

/** No names let everything pass; case does not count. */
function filter(names: readonly string[]): (name: string) => boolean {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  return (name) => wanted.size === 0 || wanted.has(name.toLowerCase());
}
