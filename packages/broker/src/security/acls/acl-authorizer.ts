import { ACL_WILDCARD, type AclBinding, AclOperation, PatternType } from "@ottla/protocol";
import { type AclIndex, type Asker } from "./acl-index.ts";

/** What decided. "no-acl": no ACL concerns the resource, and `allow.everyone.if.no.acl.found` counts. "none-matches": some do, and none lets this through. */
export type Rule =
  | { readonly kind: "super-user" }
  | { readonly kind: "acl"; readonly acl: AclBinding }
  | { readonly kind: "no-acl" }
  | { readonly kind: "none-matches" };

/** Whether something may be done, and what decided it. */
export interface Verdict {
  readonly isAllowed: boolean;
  readonly rule: Rule;
}

/** What Kafka asks of whoever may write to some topic: a name that hardly anybody uses stands for "any". */
const SOME_NAME = "hardcode";

/**
 * Kafka's StandardAuthorizer: super users may do everything; then any ACL that denies counts, then any that allows, and where no ACL concerns the resource
 * `allow.everyone.if.no.acl.found`. Changes of the index hold for the next check.
 */
export class AclAuthorizer {
  readonly #index: AclIndex;
  readonly #superUsers: ReadonlySet<string>;
  readonly #unprotected: Verdict;

  constructor(index: AclIndex, settings: { readonly superUsers: ReadonlySet<string>; readonly allowsEveryoneIfNoAcl: boolean }) {
    this.#index = index;
    this.#superUsers = settings.superUsers;
    this.#unprotected = { isAllowed: settings.allowsEveryoneIfNoAcl, rule: { kind: "no-acl" } };
  }

  /** Whether `asker` may do `operation` to the resource of that very name. */
  authorize(asker: Asker, operation: number, resourceType: number, resourceName: string): Verdict {
    if (this.#superUsers.has(asker.principal)) return SUPER_USER;
    const { deny, allow, hasAny } = this.#index.find(asker, operation, resourceType, resourceName);
    if (deny) return { isAllowed: false, rule: { kind: "acl", acl: deny } };
    if (allow) return { isAllowed: true, rule: { kind: "acl", acl: allow } };
    return hasAny ? NONE_MATCHES : this.#unprotected;
  }

  /** Whether there is some resource of the type to which `asker` may do `operation`. What an operation implies does not count. Source: Kafka's `authorizeByResourceType`. */
  authorizeSome(asker: Asker, operation: number, resourceType: number): boolean {
    if (this.authorize(asker, operation, resourceType, SOME_NAME).isAllowed) return true;
    const denied = { literal: new Set<string>(), prefixed: new Set<string>() };
    const allowed: AclBinding[] = [];
    for (const { acl, isDeny, range } of this.#index.ofPrincipal(asker.principal, resourceType)) {
      if (acl.operation !== operation && acl.operation !== AclOperation.ALL) continue;
      if (acl.host !== ACL_WILDCARD && acl.host !== asker.host && !range?.(asker.host)) continue;
      if (!isDeny) allowed.push(acl);
      else if (acl.patternType === PatternType.PREFIXED) denied.prefixed.add(acl.resourceName);
      else if (acl.resourceName === ACL_WILDCARD) return false;
      else denied.literal.add(acl.resourceName);
    }
    return allowed.some(
      ({ patternType, resourceName }) =>
        (patternType === PatternType.LITERAL && resourceName === ACL_WILDCARD) ||
        !((patternType === PatternType.LITERAL && denied.literal.has(resourceName)) || beginsWithOne(resourceName, denied.prefixed)),
    );
  }
}

const SUPER_USER: Verdict = { isAllowed: true, rule: { kind: "super-user" } };
const NONE_MATCHES: Verdict = { isAllowed: false, rule: { kind: "none-matches" } };

function beginsWithOne(name: string, prefixes: ReadonlySet<string>): boolean {
  if (prefixes.size === 0) return false;
  for (let length = 1; length <= name.length; length++) if (prefixes.has(name.slice(0, length))) return true;
  return false;
}
