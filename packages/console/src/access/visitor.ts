import { isAtLeast, OttlaError, type Role } from "@ottla/base";
import type { Context } from "hono";

/** Who asks. */
export interface Visitor {
  /** Undefined where nobody logs in. */
  readonly name: string | undefined;
  readonly role: Role;
  readonly how: "password" | "oidc" | "nobody-logs-in";
  /** Address that the connection comes from. */
  readonly host: string;
  /** Aborted when the login ends: what still goes on for it ends too. */
  readonly signal: AbortSignal;
}

/** By the context: the request in it is another one once its body was looked at. */
const visitors = new WeakMap<Context, Visitor>();

/** Who sent a request that was let in. */
export function visitorOf(context: Context): Visitor {
  const visitor = visitors.get(context);
  if (visitor === undefined) throw new OttlaError("LOGIN_NEEDED", "Log in first.");
  return visitor;
}

/** Undefined for who has not logged in. */
export function knownVisitorOf(context: Context): Visitor | undefined {
  return visitors.get(context);
}

/** The guard alone says who somebody is. */
export function setVisitor(context: Context, visitor: Visitor): void {
  visitors.set(context, visitor);
}

/** Errors: `ROLE_NEEDED`. */
export function requireRole({ role }: Pick<Visitor, "role">, needed: Role, what: string): void {
  if (!isAtLeast(role, needed))
    throw new OttlaError("ROLE_NEEDED", `${what} needs the role ${needed}; yours is ${role}. Ask an administrator.`);
}
