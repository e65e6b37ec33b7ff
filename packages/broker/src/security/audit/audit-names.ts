import type { AuditAcl } from "@ottla/base";
import { type AclBinding, AclOperation, AclPermissionType, PatternType, ResourceType } from "@ottla/protocol";
import { nameOf } from "../acls/acl-words.ts";

/** The longest name that an event tells whole, in characters. */
const NAME_MAX = 256;

/** A name that a client chose, at most so long that an event stays short. */
export function shortName(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX)}…`;
}

/** An ACL in Kafka's words. */
export function auditAcl(acl: AclBinding): AuditAcl {
  return {
    principal: shortName(acl.principal),
    host: shortName(acl.host),
    operation: nameOf(AclOperation, acl.operation),
    permission: nameOf(AclPermissionType, acl.permissionType),
    resourceType: nameOf(ResourceType, acl.resourceType),
    resourceName: shortName(acl.resourceName),
    patternType: nameOf(PatternType, acl.patternType),
  };
}
