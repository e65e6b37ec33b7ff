import type { Context } from "hono";
import type { ConsoleLogins } from "./console-logins.ts";
import type { OidcLogin } from "./oidc/oidc-login.ts";

/** Who gets in, and how. */
export interface ConsoleAccess {
  /** Undefined where nobody logs in. */
  readonly logins: ConsoleLogins | undefined;
  /** Undefined where no identity provider is known. */
  readonly oidc: OidcLogin | undefined;
  /** Whether browsers reach the console by HTTPS. */
  readonly isSecure: boolean;
  /** Where a request's connection comes from. */
  readonly addressOf: (context: Context) => string;
  /** How browsers reach it, such as `https://console.example`. */
  readonly originOf: (context: Context) => string;
}
