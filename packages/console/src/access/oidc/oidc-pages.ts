import { type ActionAudit, OttlaError } from "@ottla/base";
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { ConsoleAccess } from "../console-access.ts";
import { sessionTokenOf, setSessionCookie } from "../session-cookie.ts";
import { LOGIN_WITHIN_S } from "./oidc-login.ts";

const BEGUN_COOKIE = "ottla_login";
const CALLBACK = "/login/oidc/callback";

/**
 * The way to an identity provider and back. These are pages and not part of the API: a browser comes back to them from another site. What it brings back must be what it was sent away with, by a cookie that came along.
 */
export function oidcPages({ access, audit }: { readonly access: ConsoleAccess; readonly audit: ActionAudit }) {
  const { logins, oidc, isSecure, addressOf, originOf } = access;
  // Lax: it comes along when the provider sends the browser back, and with nothing else of another site.
  const cookie: CookieOptions = { path: "/login/oidc", httpOnly: true, sameSite: "Lax", secure: isSecure, maxAge: LOGIN_WITHIN_S };
  const failed = (c: Context, error: unknown): Response => {
    const code = error instanceof OttlaError ? error.code : "OIDC_FAILED";
    return c.redirect(`/?login=${encodeURIComponent(code)}`, 303);
  };
  return new Hono()
    .use(async (c, next) => {
      await next();
      c.header("Cache-Control", "no-store");
      c.header("Referrer-Policy", "no-referrer");
    })
    .get("/login/oidc", async (c) => {
      if (oidc === undefined) return c.redirect("/", 303);
      try {
        const { address, cookie: begun } = await oidc.begin(`${originOf(c)}${CALLBACK}`, localPath(c.req.query("to")));
        setCookie(c, BEGUN_COOKIE, begun, cookie);
        return c.redirect(address.href, 303);
      } catch (error) {
        return failed(c, error);
      }
    })
    .get(CALLBACK, async (c) => {
      const host = addressOf(c);
      const begun = getCookie(c, BEGUN_COOKIE);
      deleteCookie(c, BEGUN_COOKIE, cookie);
      if (oidc === undefined || logins === undefined) return c.redirect("/", 303);
      const giveBack = logins.limit.take(host);
      if (giveBack === undefined) {
        audit.login({ host }, "OIDC", "rate-limited");
        return failed(c, new OttlaError("LOGIN_LIMITED", "Too many logins from here were wrong; wait a minute."));
      }
      try {
        const { to, ...owner } = await oidc.finish(new URL(c.req.url).search, begun);
        giveBack();
        logins.sessions.end(sessionTokenOf(c, isSecure));
        setSessionCookie(c, logins.sessions.begin({ ...owner, how: "oidc" }), isSecure);
        audit.login({ name: owner.name, host }, "OIDC");
        return c.redirect(to, 303);
      } catch (error) {
        audit.login({ host }, "OIDC", "invalid-credentials");
        return failed(c, error);
      }
    });
}

/** Somebody else's link may say where to go after the login: to a page of this console alone. */
function localPath(to: string | undefined): string {
  const base = "http://console.invalid";
  if (to === undefined || !/^\/(?![/\\])/.test(to) || !URL.canParse(to, base)) return "/";
  const url = new URL(to, base);
  return url.origin === base ? url.pathname + url.search : "/";
}
