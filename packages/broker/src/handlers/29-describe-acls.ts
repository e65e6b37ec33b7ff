// DescribeAcls v1-3 (KIP-140; v1 pattern types, KIP-290; v3 user resources, KIP-373). A filter with an unknown number is INVALID_REQUEST; Kafka closes the connection.
import { ErrorCode, errorInfo, madeWhenWritten } from "@ottla/protocol";
import {
  type DescribeAclsRequest,
  type DescribeAclsResponse,
  describeAclsApi,
  makeAclDescription,
  makeDescribeAclsResource,
  makeDescribeAclsResponse,
} from "@ottla/protocol/apis/describe-acls";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { isUnknownFilter } from "../security/acls/acl-filter.ts";
import { AclSelection, UNKNOWN_NUMBERS } from "../security/acls/acl-rules.ts";

export const describeAclsHandler: Handler<DescribeAclsRequest, DescribeAclsResponse> = {
  api: describeAclsApi,
  minVersion: 1,
  maxVersion: 3,
  authorisation: ofCluster("DESCRIBE", (errorCode) => makeDescribeAclsResponse({ errorCode, errorMessage: errorInfo(errorCode).message })),

  handle({ broker }, request) {
    const { resourceTypeFilter, resourceNameFilter, patternTypeFilter, principalFilter, hostFilter, operation, permissionType } = request;
    const filter = {
      resourceType: resourceTypeFilter,
      resourceName: resourceNameFilter,
      patternType: patternTypeFilter,
      principal: principalFilter,
      host: hostFilter,
      operation,
      permissionType,
    };
    if (isUnknownFilter(filter)) return makeDescribeAclsResponse({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage: UNKNOWN_NUMBERS });
    if (broker.access === undefined)
      return makeDescribeAclsResponse({
        errorCode: ErrorCode.SECURITY_DISABLED,
        errorMessage: "No Authorizer is configured on the broker",
      });
    const found = new AclSelection(broker.metadata.acls()).matching(filter);
    const byPattern = Map.groupBy(found, (acl) => `${acl.resourceType}:${acl.patternType}:${acl.resourceName}`);
    const resources = madeWhenWritten([...byPattern.values()], (acls) => {
      const { resourceType, resourceName, patternType } = acls[0]!;
      return makeDescribeAclsResource({ resourceType, resourceName, patternType, acls: acls.map((acl) => makeAclDescription(acl)) });
    });
    return makeDescribeAclsResponse({ resources });
  },
};
