import type { AclBinding } from "@ottla/protocol";

/** Two ACLs are one when they say the same: a text that says all that one says. */
export function aclKey({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: AclBinding): string {
  return JSON.stringify([resourceType, patternType, operation, permissionType, host, principal, resourceName]);
}
