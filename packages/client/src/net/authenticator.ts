import type { Api } from "@ottla/protocol";
import type { BrokerVersions } from "./broker-versions.ts";

/** What an authenticator may do on a connection. */
export interface AuthenticationExchange {
  readonly versions: BrokerVersions;
  call<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response>;
}

/**
 * Shows a broker who we are. It runs on each new connection when the versions are known and before any other request, and again before the session ends (KIP-368); what
 * it throws fails the connection, and an error that time does not heal fails whoever wanted it.
 */
export interface Authenticator {
  /** Resolves to how long the broker lets the session last, in ms; 0 for as long as the connection. */
  authenticate(exchange: AuthenticationExchange): Promise<number>;
}

/** Such a listener asks for nothing. */
export const noAuthentication: Authenticator = { authenticate: () => Promise.resolve(0) };
