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
const PRINCIPALS_MAX = 1_000;
/** Addresses of one principal that are told. */
const HOSTS_MAX = 20;

/**
 * Who may do this with a resource, out of the ACLs that concern it, in Kafka's order: super users, what denies, what allows, and what holds where there is none. Of so many principals at most, in the order of
 * their names; everybody else comes first. Pure. Ranges of addresses are taken as they are written.
 */
export function whoMay(
  acls: readonly Acl[],
  operation: string,
  { superUsers, allowsEveryoneIfNoAcl }: AuthorizerFacts,
  principalsMax = PRINCIPALS_MAX,
): AccessVerdict[] {
  const relevant = acls.filter((acl) => isOf(acl, acl.permission === "deny" ? [operation, "all"] : allowing(operation)));
  const everybody = relevant.filter(({ principal }) => principal === EVERYBODY);
  const byPrincipal = Map.groupBy(relevant, ({ principal }) => principal);
  const unnamed: AccessVerdict["reason"] = acls.length === 0 ? "no-acl" : "none-matches";
  const named = new Set([...superUsers, ...acls.map(({ principal }) => principal)]);
  named.delete(EVERYBODY);
  return [EVERYBODY, ...[...named].sort().slice(0, principalsMax)].flatMap((principal) => {
    if (superUsers.includes(principal)) return [{ principal, host: "*", isAllowed: true, because: undefined, reason: "super-user" }];
    const own = principal === EVERYBODY ? everybody : [...(byPrincipal.get(principal) ?? []), ...everybody];
    const verdictAt = (host: string): AccessVerdict => {
      const here = own.filter((acl) => acl.host === "*" || acl.host === host);
      const because = here.find(({ permission }) => permission === "deny") ?? here[0];
      if (because !== undefined) return { principal, host, isAllowed: because.permission === "allow", because, reason: "acl" };
      return { principal, host, isAllowed: acls.length === 0 && allowsEveryoneIfNoAcl, because, reason: unnamed };
    };
    const elsewhere = verdictAt("*");
    const hosts = [...new Set(own.map(({ host }) => host))].filter((host) => host !== "*").sort();
    const others = hosts.slice(0, HOSTS_MAX).map(verdictAt);
    return [elsewhere, ...others.filter(({ isAllowed }) => isAllowed !== elsewhere.isAllowed)];
  });
}

/** What allows it, and what allows more. */
function allowing(operation: string): readonly string[] {
  return [operation, "all", ...(IMPLYING_OPERATIONS[operation] ?? [])];
}

function isOf(acl: Acl, operations: readonly string[]): boolean {
  return operations.includes(acl.operation);
}
