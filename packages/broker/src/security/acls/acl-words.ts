import { type AclBinding, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import type { Rule } from "./acl-authorizer.ts";

/** A number's name as ACLs are written, such as `DESCRIBE_CONFIGS`; the number itself where there is none. */
export function nameOf(names: Readonly<Record<string, number>>, number: number): string {
  return Object.entries(names).find(([, value]) => value === number)?.[0] ?? String(number);
}

/** What was asked, in words: `READ on TOPIC orders`. */
export function describeRequest(operation: number, resourceType: number, resourceName: string): string {
  return `${nameOf(AclOperation, operation)} on ${nameOf(ResourceType, resourceType)} ${resourceName}`;
}

/** An ACL in one line. */
function describeAcl({ permissionType, principal, operation, resourceType, resourceName, patternType, host }: AclBinding): string {
  const pattern = nameOf(PatternType, patternType);
  return `${nameOf(AclPermissionType, permissionType)} ${principal} ${nameOf(AclOperation, operation)} on ${nameOf(ResourceType, resourceType)} ${resourceName} (${pattern}) from ${host}`;
}

/** What decided, in words. */
export function describeRule(rule: Rule): string {
  switch (rule.kind) {
    case "super-user":
      return "the principal is one of super.users";
    case "acl":
      return describeAcl(rule.acl);
    case "no-acl":
      return "no ACL concerns the resource";
    case "none-matches":
      return "no ACL of the resource allows it";
  }
}
