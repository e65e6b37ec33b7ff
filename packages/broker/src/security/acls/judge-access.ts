import type { AclBinding } from "@ottla/protocol";
import { AclAuthorizer } from "./acl-authorizer.ts";
import { hostOf } from "./acl-host.ts";
import { AclIndex } from "./acl-index.ts";
import type { AuthorizerSettings } from "./authorizer-settings.ts";

/** What somebody wants to do; numbers are those of the protocol. */
export interface AskedAccess {
  /** `User:alice`. */
  readonly principal: string;
  /** The client's address. */
  readonly host: string;
  readonly operation: number;
  readonly resourceType: number;
  readonly resourceName: string;
}

/** Whether it is allowed, and what decided: `at` is the place of that ACL in the list. */
export interface Judgement {
  readonly isAllowed: boolean;
  readonly kind: "super-user" | "acl" | "no-acl" | "none-matches";
  readonly at: number | undefined;
}

/** What a broker with these ACLs and settings would say. */
export function judgeAccess(acls: readonly AclBinding[], asked: AskedAccess, settings: AuthorizerSettings): Judgement {
  const index = new AclIndex();
  for (const acl of acls) index.add(acl);
  const asker = { principal: asked.principal, host: hostOf(asked.host) };
  const { isAllowed, rule } = new AclAuthorizer(index, settings).authorize(asker, asked.operation, asked.resourceType, asked.resourceName);
  return { isAllowed, kind: rule.kind, at: rule.kind === "acl" ? acls.indexOf(rule.acl) : undefined };
}
