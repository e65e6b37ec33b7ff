import { type ActionAudit, OttlaError } from "@ottla/base";
import { basicCredentials } from "@ottla/base/node";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { ConsoleLogins } from "./console-logins.ts";
import { ROUTE_RIGHTS, type RouteRight } from "./rights.ts";
import { sessionTokenOf } from "./session-cookie.ts";
import { requireRole, setVisitor, type Visitor } from "./visitor.ts";

/** A page of the console sends it with everything that changes something; a form of another page cannot. */
const OWN_PAGE_HEADER = "x-ottla-console";
const NEVER = new AbortController().signal;

/** What the guard stands on. */
export interface GuardWorld {
  /** Undefined where nobody logs in. */
  readonly logins: ConsoleLogins | undefined;
  readonly audit: ActionAudit;
  /** Whether it is reached by HTTPS. */
  readonly isSecure: boolean;
  /** Where a request's connection comes from. */
  readonly addressOf: (context: Context) => string;
}

/** Lets a request in where who sent it may what its route does, and tells the audit of it, before anything else is done. */
export function requestGuard({ logins, audit, isSecure, addressOf }: GuardWorld): MiddlewareHandler {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
    const path = route?.path.replace(/^\/api/, "") ?? c.req.path;
    const right: RouteRight = ROUTE_RIGHTS[`${route?.method ?? c.req.method} ${path}`] ?? {
      role: "admin",
      does: `${c.req.method} ${path}`,
    };
    const host = addressOf(c);
    const visitor = await identified(c, { logins, isSecure }, host);
    if (visitor !== undefined) setVisitor(c, visitor);
    if (right.role === "anyone") return next();
    if (visitor === undefined) throw new OttlaError("LOGIN_NEEDED", "Log in first: this console knows its users.");
    const event = { visitor, action: right.does ?? `${c.req.method} ${path}`, resource: resourceOf(c.req.path, `/api${path}`, right) };
    try {
      requireRole(visitor, right.role, "That");
    } catch (error) {
      audit.told(event, { outcome: "denied", error: "ROLE_NEEDED" });
      throw error;
    }
    if (right.does === undefined) return next();
    if (right.tellsBegin === true) audit.expect(c, event);
    else await audit.begin(c, event);
    await next();
    if (right.tellsItself !== true || c.res.status >= 400) audit.end(c, await endOf(c));
    return undefined;
  };
}

/** Undefined for who has not logged in. Errors: `LOGIN_REFUSED`, `LOGIN_LIMITED`, `LOGIN_BUSY`, `FOREIGN_PAGE`. */
async function identified(
  c: Context,
  { logins, isSecure }: Pick<GuardWorld, "logins" | "isSecure">,
  host: string,
): Promise<Visitor | undefined> {
  if (logins === undefined) return { name: undefined, role: "admin", how: "nobody-logs-in", host, signal: NEVER };
  const session = logins.sessions.find(sessionTokenOf(c, isSecure));
  if (session !== undefined) {
    const isSafe = c.req.method === "GET" || c.req.method === "HEAD";
    if (!isSafe && c.req.header(OWN_PAGE_HEADER) === undefined)
      throw new OttlaError("FOREIGN_PAGE", `A page that changes something sends the header ${OWN_PAGE_HEADER}.`);
    const { name, role, how } = session.owner;
    return { name, role, how, host, signal: session.signal };
  }
  const given = basicCredentials(c.req.header("authorization") ?? "");
  if (given === undefined) return undefined;
  const { signal } = logins;
  const user = await logins.check(given.name, given.password, host);
  if (typeof user === "string") throw loginError(user);
  return { name: user.name, role: user.role, how: "password", host, signal };
}

/** Why somebody was not let in; never whether there is such a user. */
export function loginError(answer: "refused" | "busy" | "limited"): OttlaError {
  if (answer === "limited") return new OttlaError("LOGIN_LIMITED", "Too many logins from here were wrong; wait a minute.");
  if (answer === "busy") return new OttlaError("LOGIN_BUSY", "Too many logins are looked at; come again.");
  return new OttlaError("LOGIN_REFUSED", "Name and password do not fit.");
}

function resourceOf(path: string, pattern: string, { to }: RouteRight): { readonly type: string; readonly name?: string } {
  const [type, parameter] = to ?? ["CLUSTER"];
  const place = pattern.split("/").indexOf(`:${parameter}`);
  const name = place < 0 ? undefined : decoded(path.split("/")[place] ?? "");
  return { type, ...(name !== undefined && { name }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function endOf(c: Context): Promise<{ readonly outcome: "succeeded" | "failed" | "denied"; readonly error?: string }> {
  if (c.res.status < 400) return { outcome: "succeeded" };
  const error = await c.res
    .clone()
    .json()
    .then((body) => String((body as { readonly code?: unknown }).code))
    .catch(() => String(c.res.status));
  return { outcome: c.res.status === 403 ? "denied" : "failed", error };
}
