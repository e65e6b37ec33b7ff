// CreateAcls v1-3 (KIP-140; v1 pattern types, KIP-290; v3 user resources, KIP-373). An ACL that is there already is none to make, and no error. One with an unknown number
// is refused; Kafka closes the connection.
import { type AclBinding, ErrorCode, errorInfo } from "@ottla/protocol";
import {
  type AclCreation,
  type CreateAclsRequest,
  type CreateAclsResponse,
  createAclsApi,
  makeAclCreationResult,
  makeCreateAclsResponse,
} from "@ottla/protocol/apis/create-acls";
import { ofCluster } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES } from "../handler.ts";
import { aclKey } from "../metadata/acl-key.ts";
import { commitChange, STORAGE_MESSAGE } from "../metadata/commit-change.ts";
import { isUnknownFilter } from "../security/acls/acl-filter.ts";
import { ACLS_MAX, ACLS_PER_REQUEST_MAX, newAclFault, UNKNOWN_NUMBERS } from "../security/acls/acl-rules.ts";

export const createAclsHandler: Handler<CreateAclsRequest, CreateAclsResponse> = {
  api: createAclsApi,
  minVersion: 1,
  maxVersion: 3,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  authorisation: ofCluster("ALTER", (errorCode, { creations }) => allRefused(creations, errorCode, errorInfo(errorCode).message)),

  async handle({ broker }, { creations }) {
    const acls = creations.map(aclOf);
    if (broker.access === undefined) return allRefused(creations, ErrorCode.SECURITY_DISABLED, "No Authorizer is configured.");
    const faults = acls.map((acl) => (isUnknownFilter(acl) ? UNKNOWN_NUMBERS : newAclFault(acl)));
    const good = acls.filter((_, at) => faults[at] === undefined);
    let excess: string | undefined;
    const committed = await commitChange(broker, () => {
      const fresh = new Map<string, AclBinding>();
      for (const acl of good) if (!broker.metadata.hasAcl(acl)) fresh.set(aclKey(acl), acl);
      excess = excessOf(fresh.size, broker.metadata.aclCount);
      return excess === undefined ? Array.from(fresh.values(), (acl) => ({ kind: "acl" as const, acl })) : [];
    });
    if (excess !== undefined) return allRefused(creations, ErrorCode.INVALID_REQUEST, excess);
    const results = faults.map((fault) => {
      if (fault !== undefined) return makeAclCreationResult({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage: fault });
      return makeAclCreationResult({ errorCode: committed, errorMessage: committed === ErrorCode.NONE ? null : STORAGE_MESSAGE });
    });
    return makeCreateAclsResponse({ results });
  },
};

function aclOf(creation: AclCreation): AclBinding {
  const { resourceType, resourceName, resourcePatternType, principal, host, operation, permissionType } = creation;
  return { resourceType, resourceName, patternType: resourcePatternType, principal, host, operation, permissionType };
}

function excessOf(fresh: number, present: number): string | undefined {
  if (fresh > ACLS_PER_REQUEST_MAX) return `One request makes ${ACLS_PER_REQUEST_MAX} ACLs at most; this one would make ${fresh}.`;
  if (present + fresh > ACLS_MAX)
    return `There may be ${ACLS_MAX} ACLs at most, and there are ${present}; use prefixed ones, or remove those that nobody needs.`;
  return undefined;
}

function allRefused(creations: readonly unknown[], errorCode: number, errorMessage: string): CreateAclsResponse {
  return makeCreateAclsResponse({ results: creations.map(() => makeAclCreationResult({ errorCode, errorMessage })) });
}
