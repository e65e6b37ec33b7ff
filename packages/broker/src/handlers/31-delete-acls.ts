// DeleteAcls v1-3 (KIP-140; v1 pattern types, KIP-290; v3 user resources, KIP-373). An ACL that several filters mean is told by each and goes once. A filter with an unknown
// number is refused alone; Kafka closes the connection.
import { mapInSlices } from "@ottla/base";
import { type AclBinding, type AclFilter, ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type DeleteAclsFilter,
  type DeleteAclsRequest,
  type DeleteAclsResponse,
  deleteAclsApi,
  makeDeleteAclsFilterResult,
  makeDeleteAclsMatchingAcl,
  makeDeleteAclsResponse,
} from "@ottla/protocol/apis/delete-acls";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { aclKey } from "../metadata/acl-key.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import { isUnknownFilter } from "../security/acls/acl-filter.ts";
import { ACLS_PER_REQUEST_MAX, ACLS_TOLD_MAX, BROAD_FILTERS_MAX, isBroad, UNKNOWN_NUMBERS } from "../security/acls/acl-rules.ts";
import { selectAcls } from "../security/acls/acl-selection.ts";

export const deleteAclsHandler: Handler<DeleteAclsRequest, DeleteAclsResponse> = {
  api: deleteAclsApi,
  minVersion: 1,
  maxVersion: 3,
  authorisation: ofCluster("ALTER", (errorCode, { filters }) => allRefused(filters, errorCode, errorInfo(errorCode).message)),

  async handle({ broker }, { filters: asked }) {
    const filters = asked.map(filterOf);
    if (broker.access === undefined) return allRefused(asked, ErrorCode.SECURITY_DISABLED, "No Authorizer is configured.");
    if (filters.filter(isBroad).length > BROAD_FILTERS_MAX)
      return allRefused(
        asked,
        ErrorCode.INVALID_REQUEST,
        `One request has ${BROAD_FILTERS_MAX} filters at most that do not name one resource.`,
      );
    let found: readonly (readonly AclBinding[])[] = [];
    let isTooMuch = false;
    const committed = await commitChange(broker, async (slice) => {
      found = (await selectAcls(broker.metadata.acls(), filters, slice, ACLS_TOLD_MAX)) ?? [];
      const going = new Map(await mapInSlices(slice, found.flat(), (acl) => [aclKey(acl), acl] as const));
      isTooMuch = found.length < filters.length || going.size > ACLS_PER_REQUEST_MAX;
      if (isTooMuch) return [];
      return Array.from(going.values(), (acl) => ({ kind: "acl-removed" as const, acl }));
    });
    if (isTooMuch)
      return allRefused(
        asked,
        ErrorCode.INVALID_REQUEST,
        `Cannot remove more than ${ACLS_PER_REQUEST_MAX} acls in a single delete operation.`,
      );
    if (committed !== ErrorCode.NONE) return allRefused(asked, committed, STORAGE_MESSAGE);
    const filterResults = found.map((acls, at) =>
      isUnknownFilter(filters[at]!)
        ? makeDeleteAclsFilterResult({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage: UNKNOWN_NUMBERS })
        : makeDeleteAclsFilterResult({ matchingAcls: acls.map((acl) => makeDeleteAclsMatchingAcl({ ...acl })) }),
    );
    return makeDeleteAclsResponse({ filterResults });
  },
};

function filterOf(filter: DeleteAclsFilter): AclFilter {
  const { resourceTypeFilter, resourceNameFilter, patternTypeFilter, principalFilter, hostFilter, operation, permissionType } = filter;
  return {
    resourceType: resourceTypeFilter,
    resourceName: resourceNameFilter,
    patternType: patternTypeFilter,
    principal: principalFilter,
    host: hostFilter,
    operation,
    permissionType,
  };
}

function allRefused(filters: readonly unknown[], errorCode: number, errorMessage: string): DeleteAclsResponse {
  return makeDeleteAclsResponse({ filterResults: filters.map(() => makeDeleteAclsFilterResult({ errorCode, errorMessage })) });
}
