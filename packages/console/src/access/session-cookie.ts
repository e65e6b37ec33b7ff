import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";

/** Beside HTTPS no other host and no page in the clear may set it. */
function nameOf(c: Context, isSecure: boolean): string {
  // Cookies are of a host, whatever the port: another console there has another one.
  const port = /:(\d+)$/.exec(c.req.header("host") ?? "")?.[1] ?? "";
  return `${isSecure ? "__Host-" : ""}ottla_session${port === "" ? "" : `_${port}`}`;
}

const options = (isSecure: boolean): CookieOptions => ({ path: "/", httpOnly: true, sameSite: "Strict", secure: isSecure });

/** The token that a request shows. */
export function sessionTokenOf(c: Context, isSecure: boolean): string | undefined {
  return getCookie(c, nameOf(c, isSecure));
}

/** Sent by the browser to this host alone, never seen by a script, never with a request of another site. It ends with the browser. */
export function setSessionCookie(c: Context, token: string, isSecure: boolean): void {
  setCookie(c, nameOf(c, isSecure), token, options(isSecure));
}

export function deleteSessionCookie(c: Context, isSecure: boolean): void {
  deleteCookie(c, nameOf(c, isSecure), options(isSecure));
}
