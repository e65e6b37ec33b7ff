import {
  type AclBinding,
  type AclFilter,
  AclOperation,
  AclPermissionType,
  ACL_WILDCARD,
  CLUSTER_NAME,
  PatternType,
  ResourceType,
} from "@ottla/protocol";
import { isRange, rangeFault } from "./acl-host.ts";
import { nameOf } from "./acl-words.ts";

/** ACLs that one request may make or remove; Kafka's bound. */
export const ACLS_PER_REQUEST_MAX = 10_000;
/** ACLs of a cluster: each takes about half a kilobyte of memory. */
export const ACLS_MAX = 200_000;
/** ACLs that one answer tells of removing, each as often as filters mean it. */
export const ACLS_TOLD_MAX = 100_000;
/** Filters of one request that concern more than one resource: each is compared with every ACL. */
export const BROAD_FILTERS_MAX = 200;

/** What is told of numbers that this version does not know. */
export const UNKNOWN_NUMBERS = "A resource type, pattern type, operation or permission has a number that this broker does not know.";

/** Why an ACL cannot be made, as a sentence; undefined where it can. Source: Kafka's AclApis and AclControlManager. */
export function newAclFault(acl: AclBinding): string | undefined {
  const { resourceType, resourceName, patternType, principal, host, operation, permissionType } = acl;
  if (resourceType === ResourceType.CLUSTER && resourceName !== CLUSTER_NAME)
    return `The only valid name for the CLUSTER resource is ${CLUSTER_NAME}`;
  if (resourceName === "") return "Invalid empty resource name";
  if (resourceType === ResourceType.ANY) return "Invalid resourceType ANY";
  if (patternType !== PatternType.LITERAL && patternType !== PatternType.PREFIXED)
    return `Invalid patternType ${nameOf(PatternType, patternType)}`;
  if (operation === AclOperation.ANY) return "Invalid operation ANY";
  if (permissionType === AclPermissionType.ANY) return "Invalid permissionType ANY";
  if (!principal.includes(":"))
    return `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`;
  if (host === "") return "Host pattern cannot be null or empty";
  return host !== ACL_WILDCARD && isRange(host) ? rangeFault(host) : undefined;
}

/** Whether a filter may concern ACLs of more than one resource pattern. */
export function isBroad({ resourceType, resourceName, patternType }: AclFilter): boolean {
  return (
    resourceType === ResourceType.ANY ||
    resourceName === null ||
    (patternType !== PatternType.LITERAL && patternType !== PatternType.PREFIXED)
  );
}
