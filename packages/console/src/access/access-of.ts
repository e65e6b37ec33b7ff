import type { IncomingMessage } from "node:http";
import type { Clock, Logger } from "@ottla/base";
import type { RelayedClients } from "@ottla/base/node";
import type { Context } from "hono";
import type { ConsoleAccess } from "./console-access.ts";
import { ConsoleLogins } from "./console-logins.ts";
import type { ConsoleUsers } from "./console-users.ts";
import { OidcLogin } from "./oidc/oidc-login.ts";

/** What is said of who gets in. */
interface AccessWish {
  readonly users: ConsoleUsers | undefined;
  readonly publicUrl: string | undefined;
  readonly isTls: boolean;
  readonly relayed: RelayedClients | undefined;
}

/** Who gets in, and how. */
export function accessOf(
  { users, publicUrl, isTls, relayed }: AccessWish,
  world: { readonly clock: Clock; readonly logger: Logger },
): ConsoleAccess {
  return {
    logins: users === undefined ? undefined : new ConsoleLogins(users, world.clock),
    oidc: users?.oidc === undefined ? undefined : new OidcLogin(users.oidc, world),
    isSecure: isTls || publicUrl?.startsWith("https:") === true,
    addressOf: (c) => {
      const { incoming } = c.env as { readonly incoming?: IncomingMessage };
      if (incoming === undefined) return "unknown";
      return relayed?.addressOf(incoming.socket) ?? incoming.socket.remoteAddress ?? "unknown";
    },
    originOf: (c) => (publicUrl === undefined ? `${isTls ? "https" : "http"}://${hostOf(c)}` : new URL(publicUrl).origin),
  };
}

function hostOf(c: Context): string {
  return c.req.header("host") ?? "localhost";
}
