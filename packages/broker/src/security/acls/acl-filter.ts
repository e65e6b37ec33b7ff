import { ACL_WILDCARD, type AclBinding, type AclFilter, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";

/** Whether a filter means this ACL. Source: Kafka's ResourcePatternFilter and AccessControlEntryFilter. */
export function matchesFilter(filter: AclFilter, acl: AclBinding): boolean {
  return (
    (filter.resourceType === ResourceType.ANY || filter.resourceType === acl.resourceType) &&
    (filter.operation === AclOperation.ANY || filter.operation === acl.operation) &&
    (filter.permissionType === AclPermissionType.ANY || filter.permissionType === acl.permissionType) &&
    (filter.principal === null || filter.principal === acl.principal) &&
    (filter.host === null || filter.host === acl.host) &&
    matchesPattern(filter, acl)
  );
}

function matchesPattern({ patternType, resourceName }: AclFilter, acl: AclBinding): boolean {
  if (patternType !== PatternType.ANY && patternType !== PatternType.MATCH && patternType !== acl.patternType) return false;
  if (resourceName === null || resourceName === acl.resourceName) return true;
  if (patternType !== PatternType.MATCH) return false;
  return acl.patternType === PatternType.PREFIXED ? resourceName.startsWith(acl.resourceName) : acl.resourceName === ACL_WILDCARD;
}

/** Whether a filter has a number that this version does not know. */
export function isUnknownFilter({ resourceType, patternType, operation, permissionType }: AclFilter): boolean {
  const knows = (numbers: Readonly<Record<string, number>>, number: number): boolean => Object.values(numbers).includes(number);
  return !(
    knows(ResourceType, resourceType) &&
    knows(PatternType, patternType) &&
    knows(AclOperation, operation) &&
    knows(AclPermissionType, permissionType)
  );
}
