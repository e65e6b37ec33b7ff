import type { Api } from "@ottla/protocol";
import type { BrokerVersions } from "./broker-versions.ts";

/** What an authenticator may do on a connection. */
interface AuthenticationExchange {
  readonly versions: BrokerVersions;
  call<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response>;
}

/**
 * Shows a broker who we are. It runs on each new connection when the versions are known and before any other request; what it throws fails the connection,
 * and an error that time does not heal fails whoever wanted it.
 */
export interface Authenticator {
  authenticate(exchange: AuthenticationExchange): Promise<void>;
}

/** A plaintext listener asks for nothing. */
export const noAuthentication: Authenticator = { authenticate: () => Promise.resolve() };
