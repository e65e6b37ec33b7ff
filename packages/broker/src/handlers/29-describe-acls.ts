// DescribeAcls v1-3 (KIP-140; v1 pattern types, KIP-290; v3 user resources, KIP-373). A filter with an unknown number is INVALID_REQUEST; Kafka closes the connection.
import { TimeSlice } from "@ottla/base";
import { type AclBinding, ErrorCode, errorInfo, madeWhenWritten } from "@ottla/protocol";
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
import { UNKNOWN_NUMBERS } from "../security/acls/acl-rules.ts";
import { selectAcls } from "../security/acls/acl-selection.ts";

export const describeAclsHandler: Handler<DescribeAclsRequest, DescribeAclsResponse> = {
  api: describeAclsApi,
  minVersion: 1,
  maxVersion: 3,
  authorisation: ofCluster("DESCRIBE", (errorCode) => makeDescribeAclsResponse({ errorCode, errorMessage: errorInfo(errorCode).message })),

  async handle({ broker }, request) {
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
    const slice = new TimeSlice(broker.clock);
    const [found = []] = (await selectAcls(broker.metadata.acls(), [filter], slice)) ?? [];
    const resources = madeWhenWritten(await byResource(found, slice), (acls) => {
      const { resourceType, resourceName, patternType } = acls[0]!;
      return makeDescribeAclsResource({
        resourceType,
        resourceName,
        patternType,
        acls: madeWhenWritten(acls, (acl) => makeAclDescription(acl)),
      });
    });
    return makeDescribeAclsResponse({ resources });
  },
};

/** Those of one pattern together. */
async function byResource(found: readonly AclBinding[], slice: TimeSlice): Promise<readonly (readonly AclBinding[])[]> {
  const byPattern = new Map<string, AclBinding[]>();
  for (const acl of found) {
    const key = `${acl.resourceType}:${acl.patternType}:${acl.resourceName}`;
    const others = byPattern.get(key);
    if (others) others.push(acl);
    else byPattern.set(key, [acl]);
    if (slice.isOver) await slice.rest();
  }
  return [...byPattern.values()];
}
