import { isAtLeast, OttlaError } from "@ottla/base";
import { Hono } from "hono";
import { z } from "zod";
import { loginError } from "../access/request-guard.ts";
import { ROUTE_RIGHTS } from "../access/rights.ts";
import { deleteSessionCookie, sessionTokenOf, setSessionCookie } from "../access/session-cookie.ts";
import { knownVisitorOf } from "../access/visitor.ts";
import type { ConsoleContext } from "./console-context.ts";

const loginShape = z.strictObject({ name: z.string().min(1).max(200), password: z.string().max(1_000) });

/** Who is logged in, and how somebody logs in and out. */
export function sessionRoutes({ access, audit, readOnly }: ConsoleContext) {
  const { logins, oidc, isSecure, addressOf, originOf } = access;
  return new Hono()
    .get("/session", (c) => {
      const visitor = knownVisitorOf(c);
      const rights = Object.entries(ROUTE_RIGHTS).filter(
        ([, { role }]) => visitor !== undefined && (role === "anyone" || isAtLeast(visitor.role, role)),
      );
      return c.json({
        isLoginNeeded: logins !== undefined,
        byPassword: logins !== undefined && logins.users.users.size > 0,
        byOidc: oidc === undefined ? null : { title: oidc.title },
        readOnly,
        user: visitor === undefined ? null : { name: visitor.name ?? null, role: visitor.role, how: visitor.how },
        rights: rights.map(([route]) => route),
      });
    })
    .post("/login", async (c) => {
      const { name, password } = loginShape.parse(await c.req.json());
      const host = addressOf(c);
      if (logins === undefined) throw new OttlaError("NOT_FOUND", "Nobody logs in here.");
      const user = await logins.check(name, password, host);
      if (typeof user === "string") {
        audit.login({ host }, "PASSWORD", user === "refused" ? "invalid-credentials" : "rate-limited");
        throw loginError(user);
      }
      // Whoever was logged in here before is not any more, and a token that was known before is none.
      logins.sessions.end(sessionTokenOf(c, isSecure));
      setSessionCookie(c, logins.sessions.begin({ name: user.name, role: user.role, how: "password", proof: user.proof }), isSecure);
      audit.login({ name: user.name, host }, "PASSWORD");
      return c.json({ name: user.name, role: user.role });
    })
    .post("/logout", async (c) => {
      const visitor = knownVisitorOf(c);
      const token = sessionTokenOf(c, isSecure);
      const session = logins?.sessions.find(token);
      logins?.sessions.end(token);
      deleteSessionCookie(c, isSecure);
      if (visitor !== undefined && session !== undefined)
        audit.told(
          { visitor, action: "logout", resource: { type: "USER", ...(visitor.name !== undefined && { name: visitor.name }) } },
          { outcome: "succeeded" },
        );
      const idToken = session?.owner.idToken;
      return c.json({ goTo: idToken === undefined ? null : ((await oidc?.logoutAddress(idToken, `${originOf(c)}/`)) ?? null) });
    });
}
