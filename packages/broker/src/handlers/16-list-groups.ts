// ListGroups v0-5. v4 filter by state (KIP-518), v5 filter by type (KIP-848). Lists the groups of the broker asked; clients ask each.
import { AclOperation, CLUSTER_NAME, ErrorCode, madeWhenWritten, ResourceType } from "@ottla/protocol";
import {
  type ListGroupsRequest,
  type ListGroupsResponse,
  listGroupsApi,
  makeListedGroup,
  makeListGroupsResponse,
} from "@ottla/protocol/apis/list-groups";
import type { Group } from "../groups/group.ts";
import { need } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const listGroupsHandler: Handler<ListGroupsRequest, ListGroupsResponse> = {
  api: listGroupsApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: {
    needs: [
      need("DESCRIBE", "CLUSTER", "the cluster", { errorCode: ErrorCode.NONE, note: "shows every group" }),
      need("DESCRIBE", "GROUP", "each group", { errorCode: ErrorCode.NONE, note: "else only the groups that it is allowed for" }),
    ],
  },

  async handle({ broker, access, session: { nodeId } }, { statesFilter, typesFilter }) {
    const passesState = filter(statesFilter);
    const passesType = filter(typesFilter);
    const seesAll = access.shows(AclOperation.DESCRIBE, ResourceType.CLUSTER, CLUSTER_NAME);
    const isSeen = (groupId: string): boolean => seesAll || access.shows(AclOperation.DESCRIBE, ResourceType.GROUP, groupId);
    const listed: Group[] = [];
    const errorCode = await broker.groups.eachGroup(nodeId, (group) => {
      if (passesState(group.state) && passesType(group.type) && isSeen(group.groupId)) listed.push(group);
    });
    const groups = madeWhenWritten(listed, ({ groupId, protocolType, state, type }) =>
      makeListedGroup({ groupId, protocolType: protocolType ?? "", groupState: state, groupType: type }),
    );
    return makeListGroupsResponse({ errorCode, groups });
  },
};

/** No names let everything pass; case does not count. */
function filter(names: readonly string[]): (name: string) => boolean {
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  return (name) => wanted.size === 0 || wanted.has(name.toLowerCase());
}
