import { type AclBinding, AclOperation, AclPermissionType, PatternType } from "@ottla/protocol";
import type { Asker } from "../acl-index.ts";

/** Kafka's rules, said as shortly as they can be: every ACL is looked at. The model that the real one is compared with. */
export class NaiveAuthorizer {
  readonly #acls: readonly AclBinding[];
  readonly #superUsers: ReadonlySet<string>;
  readonly #allowsEveryone: boolean;

  constructor(acls: readonly AclBinding[], superUsers: ReadonlySet<string>, allowsEveryone: boolean) {
    this.#acls = acls;
    this.#superUsers = superUsers;
    this.#allowsEveryone = allowsEveryone;
  }

  authorize(asker: Asker, operation: number, resourceType: number, name: string): boolean {
    if (this.#superUsers.has(asker.principal)) return true;
    const ofResource = this.#acls.filter((acl) => acl.resourceType === resourceType && concerns(acl, name));
    if (ofResource.length === 0) return this.#allowsEveryone;
    const mine = ofResource.filter((acl) => isMine(acl, asker));
    if (mine.some((acl) => acl.permissionType === AclPermissionType.DENY && [operation, AclOperation.ALL].includes(acl.operation)))
      return false;
    return mine.some((acl) => acl.permissionType === AclPermissionType.ALLOW && grants(acl.operation).includes(operation));
  }

  /** Tries every name that could make a difference. */
  authorizeSome(asker: Asker, operation: number, resourceType: number): boolean {
    if (this.authorize(asker, operation, resourceType, "hardcode")) return true;
    const own = this.#acls.filter(
      (acl) => acl.resourceType === resourceType && isMine(acl, asker) && [operation, AclOperation.ALL].includes(acl.operation),
    );
    const denies = own.filter((acl) => acl.permissionType === AclPermissionType.DENY);
    const allows = own.filter((acl) => acl.permissionType === AclPermissionType.ALLOW);
    if (denies.some((acl) => acl.patternType === PatternType.LITERAL && acl.resourceName === "*")) return false;
    return allows.some(
      ({ patternType, resourceName }) =>
        (patternType === PatternType.LITERAL && resourceName === "*") ||
        !denies.some((deny) =>
          deny.patternType === PatternType.PREFIXED
            ? resourceName.startsWith(deny.resourceName)
            : patternType === PatternType.LITERAL && deny.resourceName === resourceName,
        ),
    );
  }
}

function concerns({ patternType, resourceName }: AclBinding, name: string): boolean {
  if (patternType === PatternType.PREFIXED) return name.startsWith(resourceName);
  return resourceName === "*" || resourceName === name;
}

function isMine({ principal, host }: AclBinding, asker: Asker): boolean {
  return [asker.principal, "User:*"].includes(principal) && ["*", asker.host].includes(host);
}

function grants(given: number): readonly number[] {
  const { ALL, READ, WRITE, DELETE, ALTER, DESCRIBE, ALTER_CONFIGS, DESCRIBE_CONFIGS } = AclOperation;
  if (given === ALL) return Object.values(AclOperation);
  if ([READ, WRITE, DELETE, ALTER].includes(given as 3)) return [given, DESCRIBE];
  return given === ALTER_CONFIGS ? [given, DESCRIBE_CONFIGS] : [given];
}
