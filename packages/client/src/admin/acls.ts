import { AclOperation as Operation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { describeAclsApi, makeDescribeAclsRequest } from "@ottla/protocol/apis/describe-acls";
import type { CallOptions } from "../options/call-options.ts";
import { type Outcome, outcomeOf, throwIfRefused } from "../outcome.ts";
import type { Acl, AclFilter, AclOperation, AclPatternType, AclResourceType, NewAcl } from "./acl-types.ts";
import { type AdminContext, askAnyBroker, askController } from "./admin-context.ts";

/** Names and numbers of the protocol. What is newer than this client has no name. */
export const aclResourceTypes: Readonly<Record<AclResourceType, number>> = {
  topic: ResourceType.TOPIC,
  group: ResourceType.GROUP,
  cluster: ResourceType.CLUSTER,
  transactionalId: ResourceType.TRANSACTIONAL_ID,
  delegationToken: ResourceType.DELEGATION_TOKEN,
  user: ResourceType.USER,
};
export const aclOperations: Readonly<Record<AclOperation, number>> = {
  all: Operation.ALL,
  read: Operation.READ,
  write: Operation.WRITE,
  create: Operation.CREATE,
  delete: Operation.DELETE,
  alter: Operation.ALTER,
  describe: Operation.DESCRIBE,
  clusterAction: Operation.CLUSTER_ACTION,
  describeConfigs: Operation.DESCRIBE_CONFIGS,
  alterConfigs: Operation.ALTER_CONFIGS,
  idempotentWrite: Operation.IDEMPOTENT_WRITE,
  createTokens: Operation.CREATE_TOKENS,
  describeTokens: Operation.DESCRIBE_TOKENS,
  twoPhaseCommit: Operation.TWO_PHASE_COMMIT,
};
export const aclPatternTypes: Readonly<Record<AclPatternType | "any" | "match", number>> = {
  any: PatternType.ANY,
  match: PatternType.MATCH,
  literal: PatternType.LITERAL,
  prefixed: PatternType.PREFIXED,
};
const permissions: Readonly<Record<Acl["permission"], number>> = { deny: AclPermissionType.DENY, allow: AclPermissionType.ALLOW };

export async function createAcls(
  context: AdminContext,
  acls: readonly NewAcl[],
  options: CallOptions = {},
): Promise<readonly ({ readonly acl: Acl } & Outcome<void>)[]> {
  const wanted = acls.map(
    ({ patternType = "literal", host = "*", permission = "allow", ...acl }): Acl => ({ ...acl, patternType, host, permission }),
  );
  const creations = wanted.map((acl) =>
    makeAclCreation({
      resourceType: aclResourceTypes[acl.resourceType],
      resourceName: acl.resourceName,
      resourcePatternType: aclPatternTypes[acl.patternType],
      principal: acl.principal,
      host: acl.host,
      operation: aclOperations[acl.operation],
      permissionType: permissions[acl.permission],
    }),
  );
  return askController(
    context,
    createAclsApi,
    () => makeCreateAclsRequest({ creations }),
    ({ results }) =>
      wanted.map((acl, at) => ({ acl, ...outcomeOf(results[at]?.errorCode ?? -1, results[at]?.errorMessage, () => undefined) })),
    options,
  );
}

export async function describeAcls(context: AdminContext, filter: AclFilter = {}, options: CallOptions = {}): Promise<readonly Acl[]> {
  return askAnyBroker(
    context,
    describeAclsApi,
    () => makeDescribeAclsRequest(wireFilter(filter)),
    ({ errorCode, errorMessage, resources }) => {
      throwIfRefused(errorCode, errorMessage);
      return resources.flatMap(({ acls, ...resource }) => acls.flatMap((acl) => aclOf({ ...resource, ...acl })));
    },
    options,
  );
}

export async function deleteAcls(
  context: AdminContext,
  filters: readonly AclFilter[],
  options: CallOptions = {},
): Promise<readonly ({ readonly filter: AclFilter } & Outcome<readonly Acl[]>)[]> {
  const request = makeDeleteAclsRequest({ filters: filters.map((filter) => makeDeleteAclsFilter(wireFilter(filter))) });
  return askController(
    context,
    deleteAclsApi,
    () => request,
    ({ filterResults }) =>
      filters.map((filter, at) => {
        const { errorCode = -1, errorMessage, matchingAcls = [] } = filterResults[at] ?? {};
        // One that could not be removed is the filter's failure.
        const failed = errorCode === 0 ? matchingAcls.find((acl) => acl.errorCode !== 0) : undefined;
        const message = failed ? failed.errorMessage : errorMessage;
        return { filter, ...outcomeOf(failed?.errorCode ?? errorCode, message, () => matchingAcls.flatMap(aclOf)) };
      }),
    options,
  );
}

function wireFilter({ resourceType, resourceName, patternType = "any", principal, host, operation, permission }: AclFilter) {
  return {
    resourceTypeFilter: resourceType === undefined ? ResourceType.ANY : aclResourceTypes[resourceType],
    resourceNameFilter: resourceName ?? null,
    patternTypeFilter: aclPatternTypes[patternType],
    principalFilter: principal ?? null,
    hostFilter: host ?? null,
    operation: operation === undefined ? Operation.ANY : aclOperations[operation],
    permissionType: permission === undefined ? AclPermissionType.ANY : permissions[permission],
  };
}

interface WireAcl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** None where a number is newer than this client. */
function aclOf({ resourceName, principal, host, ...numbers }: WireAcl): readonly Acl[] {
  const resourceType = nameOf(aclResourceTypes, numbers.resourceType);
  const patternType = nameOf(aclPatternTypes, numbers.patternType);
  const operation = nameOf(aclOperations, numbers.operation);
  const permission = nameOf(permissions, numbers.permissionType);
  if (!resourceType || !operation || !permission || (patternType !== "literal" && patternType !== "prefixed")) return [];
  return [{ resourceType, resourceName, patternType, principal, host, operation, permission }];
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, number: number): Name | undefined {
  return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === number);
}
