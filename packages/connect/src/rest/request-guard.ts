import { type ActionAudit, type AuditResource, OttlaError, type Role } from "@ottla/base";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { anybody, type ConnectVisitor } from "../access/connect-visitor.ts";
import { ROUTE_RIGHTS, type RouteRight } from "../access/route-rights.ts";
import { RequestError } from "../worker/request-error.ts";

/** What the API is told of a request beside the request. */
interface RequestEnvironment {
  /** Left out: somebody who may do everything. */
  readonly visitor?: ConnectVisitor;
}

/** A route that nobody wrote down. */
const ELSE: RouteRight = { role: "admin", of: "all", does: "unknown" };
/** Nobody is told by which paths there are what somebody else may do. */
const NO_ROUTE: RouteRight = { role: "viewer", of: "some" };
const NOBODY = anybody("unknown");

/** Who sent a request. */
export function visitorOf(context: Context): ConnectVisitor {
  return (context.env as RequestEnvironment | undefined)?.visitor ?? NOBODY;
}

/** What is told of a request, as far as the guard knows it. */
const asked = new WeakMap<Context, { resource: AuditResource }>();

/**
 * For a connector whose name is known when the request was read; undefined: what belongs to none. The audit tells the name.
 * @throws RequestError 403
 */
export function requireRight(context: Context, role: Role, connector: string | undefined): void {
  const told = asked.get(context);
  if (told !== undefined && connector !== undefined) told.resource = resourceOf(connector);
  const { rights } = visitorOf(context);
  if (!rights.may(role, connector)) throw forbidden(role, connector === undefined ? "everything" : `the connector "${connector}"`);
}

/** Whether somebody may see a connector, or with undefined what belongs to none. */
export function maySee(context: Context, connector: string | undefined): boolean {
  return visitorOf(context).rights.may("viewer", connector);
}

/** Lets a request in where who sent it may what its route does, and tells the audit of it, before anything else is done. */
export function requestGuard(audit: ActionAudit | undefined): MiddlewareHandler {
  return async (context, next) => {
    const route = matchedRoutes(context).find(({ method }) => method !== "ALL");
    // What routes would read in another way than the guard is for neither.
    if (!isReadable(context.req.path))
      throw new RequestError(400, "The path is no text: a part of it is no UTF-8 behind its percent signs.");
    const right = route === undefined ? NO_ROUTE : (ROUTE_RIGHTS[`${route.method} ${route.path}`] ?? ELSE);
    if (right.role === "anyone") return next();
    const visitor = visitorOf(context);
    const name = right.of === "connector" ? segment(context, 2) : undefined;
    const action = right.does ?? `${context.req.method} ${route?.path ?? "of no route"}`;
    const told = { visitor, action, resource: resourceOf(name) };
    if (!isAllowed(visitor, right, name)) {
      audit?.told(told, { outcome: "denied", error: "403", ...via(visitor) });
      throw forbidden(right.role, name === undefined ? (right.of === "all" ? "everything" : "any connector") : `the connector "${name}"`);
    }
    if (right.does === undefined || audit === undefined) return next();
    asked.set(context, told);
    try {
      await audit.begin(context, told);
    } catch (error) {
      if (error instanceof OttlaError) throw new RequestError(503, error.message, { cause: error });
      throw error;
    }
    await next();
    const { status } = context.res;
    const outcome = status < 400 ? "succeeded" : status === 403 ? "denied" : "failed";
    audit.end(context, { outcome, ...(status >= 400 && { error: String(status) }), ...via(visitor) });
    return undefined;
  };
}

function isAllowed({ rights }: ConnectVisitor, { role, of }: RouteRight, name: string | undefined): boolean {
  if (role === "anyone") return true;
  return of === "some" ? rights.mayForSome(role) : rights.may(role, name);
}

function resourceOf(connector: string | undefined): AuditResource {
  return connector === undefined ? { type: "CONNECT" } : { type: "CONNECTOR", name: connector };
}

/** How somebody came, where it is not as all do. */
function via({ how }: ConnectVisitor): { readonly detail?: Readonly<Record<string, unknown>> } {
  return how === "worker" ? { detail: { passedOnBy: "a worker" } } : {};
}

/** A part of the path as routes read it. */
function segment(context: Context, at: number): string {
  return decodeURIComponent(context.req.path.split("/")[at] ?? "");
}

function forbidden(role: Role, what: string): RequestError {
  return new RequestError(403, `This login has not the role ${role} for ${what}; ask who keeps Connect's users.`);
}

/** Whether every part of a path is text. */
function isReadable(path: string): boolean {
  try {
    for (const part of path.split("/")) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
