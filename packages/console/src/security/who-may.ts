import { IMPLYING_OPERATIONS } from "@ottla/base";
import type { Acl } from "@ottla/client";

/** What the authorizer has beside its ACLs. */
export interface AuthorizerFacts {
  readonly superUsers: readonly string[];
  readonly allowsEveryoneIfNoAcl: boolean;
}

/** Whether somebody may, from somewhere. */
export interface AccessVerdict {
  /** `User:*`: whoever is not named. */
  readonly principal: string;
  /** `*`: from wherever no other line of this principal says. */
  readonly host: string;
  readonly isAllowed: boolean;
  /** The ACL that decides. */
  readonly because: Acl | undefined;
  /** Where none does. */
  readonly reason: "super-user" | "acl" | "no-acl" | "none-matches";
}

const EVERYBODY = "User:*";

/**
 * Who may do this with a resource, out of the ACLs that concern it, in Kafka's order: super users, what denies, what allows, and what holds where there is none. Pure. Ranges of addresses are taken as they are written.
 */
export function whoMay(acls: readonly Acl[], operation: string, { superUsers, allowsEveryoneIfNoAcl }: AuthorizerFacts): AccessVerdict[] {
  const principals = [...new Set([...superUsers, ...acls.map(({ principal }) => principal), EVERYBODY])].sort();
  return principals.flatMap((principal) => {
    if (superUsers.includes(principal)) return [{ principal, host: "*", isAllowed: true, because: undefined, reason: "super-user" }];
    const own = acls.filter((acl) => acl.principal === principal || acl.principal === EVERYBODY);
    const verdictAt = (host: string): AccessVerdict => {
      const here = own.filter((acl) => acl.host === "*" || acl.host === host);
      const because =
        here.find((acl) => acl.permission === "deny" && isOf(acl, [operation, "all"])) ??
        here.find((acl) => acl.permission === "allow" && isOf(acl, [operation, "all", ...(IMPLYING_OPERATIONS[operation] ?? [])]));
      if (because !== undefined) return { principal, host, isAllowed: because.permission === "allow", because, reason: "acl" };
      const isAllowed = acls.length === 0 && allowsEveryoneIfNoAcl;
      return { principal, host, isAllowed, because, reason: acls.length === 0 ? "no-acl" : "none-matches" };
    };
    const elsewhere = verdictAt("*");
    const hosts = [...new Set(own.map(({ host }) => host))].filter((host) => host !== "*").sort();
    return [elsewhere, ...hosts.map(verdictAt).filter(({ isAllowed }) => isAllowed !== elsewhere.isAllowed)];
  });
}

function isOf(acl: Acl, operations: readonly string[]): boolean {
  return operations.includes(acl.operation);
}
